/** A sweep as a page: the best settings, the figures and all trials; one file that needs no network. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { escapeHtml, figurePage, findPlotly, type PageFigure, projectRoot } from '../../lib/surroundings';
import { bestTable, figureNames, knobNames, type Results, written } from './results';

const style = `body { font: 15px/1.5 Helvetica, Arial, sans-serif; color: #222; max-width: 1000px; }
table { border-collapse: collapse; margin: 0 0 24px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 2px 12px 2px 0; border-bottom: 1px solid #e4e4e4; vertical-align: top; }
code { background: #f4f4f4; padding: 1px 4px; }`;

/**
 * @param results - of the sweep; whatever stands in them is shown as text
 * @param figures - its figures
 * @returns HTML, complete; without figures where there is no plotly.js
 */
export async function sweepPage(results: Results, figures: readonly PageFigure[]): Promise<string> {
  const file = await findPlotly();
  const plotly = file && fs.readFileSync(path.resolve(projectRoot(), file), 'utf8');
  const missing =
    plotly || figures.length === 0 ? '' : '<p>The figures lack: npm run setup brings plotly.js.</p>';
  return figurePage(plotly ? figures : [], plotly ?? '', {
    title: `Sweep of ${results.program}`,
    style,
    before: `<h1>Sweep of ${escapeHtml(results.program)}</h1>${summary(results)}${bestSettings(results)}${missing}`,
    after: trialTable(results),
  });
}

function summary({ rows, command, engine, search }: Results): string {
  const count = (wanted: string) => rows.filter(({ status }) => status === wanted).length;
  const parts = ['done', 'stopped', 'diverged', 'refused', 'failed', 'not tried']
    .filter((status) => count(status) > 0)
    .map((status) => `${count(status)} ${status}`);
  return `<p>${rows.length} trials (${parts.join(', ')}); search: ${escapeHtml(search)}, engine: ${escapeHtml(engine)}.</p>
<p><code>${escapeHtml(command)}</code></p>`;
}

function bestSettings(results: Results): string {
  if (!results.measure) return '';
  const { heads, rows } = bestTable(results);
  return `<h2>Best settings</h2>${table(heads, rows)}
<p>The best of many is better here than it will be on other digits or texts: these chose it.</p>`;
}

function trialTable({ rows, names }: Results): string {
  const [knobs, figures] = [knobNames(rows), figureNames(rows)];
  const cells = rows.map(({ setting, seed, status, figures: measured, message, attempts, seconds }) => [
    ...knobs.map((name) => setting[name]),
    String(seed ?? ''),
    status,
    ...figures.map((name) => {
      const value = measured[name];
      return typeof value === 'number' ? written(value) : (value ?? '');
    }),
    [attempts > 1 ? `${attempts} attempts` : '', message ?? ''].filter(Boolean).join(': '),
    seconds === undefined ? '' : seconds.toFixed(1),
  ]);
  const heads = [...knobs, 'seed', 'status', ...figures, 'remark', 'seconds'];
  const legend = Object.entries(names).map(
    ([name, sentence]) => `<li>${escapeHtml(name)}: ${escapeHtml(sentence)}</li>`,
  );
  return `<h2>All trials</h2>${legend.length > 0 ? `<ul>${legend.join('')}</ul>` : ''}${table(heads, cells)}`;
}

function table(heads: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${line(heads, 'th')}${rows.map((row) => line(row, 'td')).join('\n')}</table>`;
}
