/** A notebook of the benchmark's own, whose cells do what a program is asked for: the course's training in a page. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { NotebookFile } from '../../notebooks/notebook-file';
import { root } from '../../setup/project.mjs';
import type { Training } from '../peers';

const start = `import { startTensorflow } from './lib/tensorflow';

const { backend, version } = await startTensorflow();
console.log(JSON.stringify({ backend, version }));`;

const digits = `import { loadMnist } from './lib/data';
import { compileModel, createModel, trainModel } from './lib/model';

const { train } = await loadMnist({ validation: 0 });
const model = createModel();
compileModel(model);
/** An epoch, and its loss. */
async function epoch(batchSize: number): Promise<number> {
  return (await trainModel(model, train, { epochs: 1, batchSize })).epochs[0].loss;
}`;

/** The benchmark's GPT, as it stands in its file. */
function gpt(): string {
  const source = fs.readFileSync(path.join(root, 'tools', 'bench', 'gpt.ts'), 'utf8');
  const asCell = source.replaceAll("'../../lib/", "'./lib/").replace(/^export /gm, '');
  return `${asCell}
const gpt = new GptTraining(gptSizes);
/** Some steps, and the loss before the last one. */
async function steps(count: number): Promise<number> {
  let loss = NaN;
  for (let step = 0; step < count; step++) loss = gpt.step();
  return loss;
}`;
}

/** The clock stands in the cell, so that only the training is timed. */
function timed(request: Training): string {
  const work = 'steps' in request ? `steps(${request.steps})` : `epoch(${request.batchSize})`;
  const parts = 'steps' in request ? ` / ${request.steps}` : '';
  return `{
  const start = performance.now();
  const loss = await ${work};
  console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000${parts}, loss }));
}`;
}

/** @returns the id of the cell that starts TensorFlow, and says which */
export const startId = 'page-start';

/** @returns the id of the cell that does what is asked for */
export function idOf(request: Training): string {
  return 'steps' in request ? `page-steps-${request.steps}` : `page-epoch-${request.batchSize}`;
}

/**
 * @param requests - what its cells are to do
 * @returns a notebook with a cell for each, below those that prepare for them
 */
export function cellsFor(requests: readonly Training[]): NotebookFile {
  const cells = [[startId, start]];
  if (requests.some((request) => 'batchSize' in request)) cells.push(['page-digits', digits]);
  if (requests.some((request) => 'steps' in request)) cells.push(['page-gpt', gpt()]);
  for (const request of requests) cells.push([idOf(request), timed(request)]);
  return {
    file: 'page-benchmark.ipynb',
    name: 'page-benchmark',
    notebook: {
      cells: cells.map(([id, source]) => ({
        cell_type: 'code',
        id,
        metadata: {},
        source,
        outputs: [],
        execution_count: null,
      })),
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    },
  };
}
