/** What a sweep leaves: the table as CSV and JSON, the page, the notebook; and what it says at its end. */
import * as path from 'node:path';
import type { Figure } from '../../lib/figures';
import { figureBundle, type PageFigure, plotlyMimeType } from '../../lib/surroundings';
import { makeFolder, replaceFile, root } from '../setup/project.mjs';
import { heatFigure, parallelFigure } from './figures';
import { writeSweepNotebook } from './notebook';
import { sweepPage } from './page';
import type { Program } from './programs';
import { bestTable, csvOf, type Results, type Row, variedKnobs } from './results';

/**
 * Writes what a sweep came to, and says where.
 *
 * @param folder - made if it is not there
 * @param notebook - whether a notebook is written and executed
 * @param say - takes a line
 */
export async function writeReport(
  results: Results,
  folder: string,
  notebook: boolean,
  say: (line: string) => void,
): Promise<void> {
  makeFolder(folder);
  replaceFile(path.join(folder, 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
  replaceFile(path.join(folder, 'results.csv'), csvOf(results.rows));
  const figures = figuresOf(results);
  replaceFile(path.join(folder, 'index.html'), await sweepPage(results, figures.map(ofPage)));
  const written = ['results.csv', 'results.json', 'index.html'];
  if (notebook && figures.length > 0) {
    const why = await writeSweepNotebook(results, folder);
    if (why) say(`No executed notebook: ${why}`);
    else written.push('sweep.ipynb');
  }
  say(`In ${path.relative(root, folder)}: ${written.join(', ')}`);
}

/** Both figures where there is something to compare. */
function figuresOf({ rows, measure, more }: Results): Figure[] {
  if (measure === undefined) return [];
  const done = rows.filter((row) => row.status === 'done' && typeof row.figures[measure] === 'number');
  if (done.length < 2 || variedKnobs(done).length === 0) return [];
  return [parallelFigure(rows, measure, more), heatFigure(rows, measure)];
}

function ofPage(figure: Figure): PageFigure {
  const bundle = figureBundle(figure);
  return { figure: bundle[plotlyMimeType], text: bundle['text/plain'] };
}

/** The best settings and what failed, in lines. */
export function summaryOf(results: Results, program: Program): string[] {
  const { rows, best, measure } = results;
  const count = (status: Row['status']) => rows.filter((row) => row.status === status).length;
  const parts = (['done', 'stopped', 'diverged', 'refused', 'failed', 'not tried'] as const)
    .filter((status) => count(status) > 0)
    .map((status) => `${count(status)} ${status}`);
  const lines = [`${rows.length} ${rows.length === 1 ? 'trial' : 'trials'}: ${parts.join(', ')}.`];
  const backends = new Set(rows.flatMap(({ backend }) => backend ?? []));
  if (backends.size > 1) {
    lines.push(`⚠ They ran on several backends (${[...backends].join(', ')}), which round differently.`);
  }
  if (measure === undefined || !best[0]?.done) return lines;
  lines.push('', ...aligned(bestTable(results, 5)));
  if (program.final) {
    lines.push('', `The validation digits chose the first; judge it once by the test digits:`);
    lines.push(`  ${program.final(best[0].setting)}`);
  }
  return lines;
}

function aligned({ heads, rows }: { heads: string[]; rows: string[][] }): string[] {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}
