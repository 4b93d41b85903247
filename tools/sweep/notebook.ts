/** A sweep as a notebook, executed: its figures can be drawn over other knobs there. */
import * as path from 'node:path';
import { execute } from '../notebooks/execute';
import { type Cell, inLines, type Notebook } from '../notebooks/notebook-file';
import { root } from '../setup/project.mjs';
import { type Results, variedKnobs } from './results';

/** @returns the notebook, not yet executed */
export function sweepNotebook(results: Results, folder: string): Notebook {
  const place = path.relative(root, path.join(folder, 'results.json')).split(path.sep).join('/');
  const across = variedKnobs(results.rows).slice(0, 2);
  const cells = [
    markdown(
      'sweep-title',
      `# Sweep of ${results.program}\n\nMade by\n\n    ${results.command.replace(/\s+/g, ' ')}\n`,
    ),
    code(
      'sweep-results',
      `import { readFileSync } from 'fs';
import { show, showTable } from './lib/course';
import { heatFigure, parallelFigure } from './tools/sweep/figures';
import { bestTable, type Results } from './tools/sweep/results';

const results: Results = JSON.parse(readFileSync(${JSON.stringify(place)}, 'utf8'));
const { rows, measure = '', more } = results;
const bestSettings = bestTable(results);
showTable(bestSettings.heads, bestSettings.rows);`,
    ),
    markdown(
      'sweep-lines-text',
      'Each line is a trial: it crosses the axis of each knob at its value, and the last axis at what was measured.',
    ),
    code('sweep-lines', 'show(parallelFigure(rows, measure, more));'),
    markdown(
      'sweep-heat-text',
      'The mean over all trials that share two values. Name other knobs to see them.',
    ),
    code('sweep-heat', `show(heatFigure(rows, measure, ${JSON.stringify(across)}));`),
  ];
  return {
    cells,
    metadata: { kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'tslab' } },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

function markdown(id: string, source: string): Cell {
  return { cell_type: 'markdown', id, metadata: {}, source: inLines(source) };
}

function code(id: string, source: string): Cell {
  return { cell_type: 'code', id, metadata: {}, source: inLines(source), outputs: [], execution_count: null };
}

/**
 * Writes the notebook and executes it.
 *
 * @returns why it could not be executed; undefined if it was
 */
export async function writeSweepNotebook(results: Results, folder: string): Promise<string | undefined> {
  try {
    const { failure } = await execute(sweepNotebook(results, folder), path.join(folder, 'sweep.ipynb'));
    return failure && `${failure.id}: ${failure.traceback.split('\n')[0]}`;
  } catch (error) {
    return (error as Error).message;
  }
}
