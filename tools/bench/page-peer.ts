/**
 * The course's own training in a page of the book, on the book's own worker, in a headless Chromium. The argument lists, as
 * JSON, what it will be asked for: `[{"batchSize": 32}, {"steps": 20}]` are an epoch of MNIST and steps of the GPT, as
 * `descent-peer.ts` makes them; `{"notebook": "02"}` is a notebook from the click on *Run all* to its last figure. Answers
 * one JSON line each: `{"seconds": …, "loss": …}`, the seconds of the epoch, of one step, of the notebook.
 */
import * as path from 'node:path';
import * as readline from 'node:readline';
import { findNotebooks } from '../notebooks/notebook-file';
import { whyNotBake } from '../pictures';
import { root } from '../setup/project.mjs';
import { cellsFor, idOf, startId } from './page/cells';
import { runAll, runCell, Site } from './page/site';
import type { Answer, Request, Training } from './peers';

const isTraining = (request: Request): request is Training => !('notebook' in request);

async function main(): Promise<void> {
  const reason = await whyNotBake();
  if (reason) throw new Error(reason);
  const requests = JSON.parse(process.argv[2]) as Request[];
  const own = cellsFor(requests.filter(isTraining));
  const wanted = requests.flatMap((request) => ('notebook' in request ? request.notebook : []));
  const folder = path.join(root, 'notebooks');
  const notebooks = wanted.length > 0 ? findNotebooks(folder, wanted) : [];
  const site = await Site.open([own, ...notebooks]);
  try {
    const page = await site.visit(own.name);
    const { backend, version } = JSON.parse(await runCell(page, startId));
    answer({ version: `TensorFlow.js, ${backend} ${version}, in ${site.browserName}` });
    for await (const line of readline.createInterface({ input: process.stdin })) {
      const request: Request = JSON.parse(line);
      if (isTraining(request)) answer(answerIn(await runCell(page, idOf(request))));
      else answer({ seconds: await readThrough(site, findNotebooks(folder, [request.notebook])[0].name) });
    }
  } finally {
    await site.close();
  }
}

/** A cell may print more than its answer. */
function answerIn(printed: string): Answer {
  return JSON.parse(printed.split('\n').find((line) => line.startsWith('{')) ?? 'null');
}

async function readThrough(site: Site, name: string): Promise<number> {
  const page = await site.visit(name);
  try {
    return await runAll(page);
  } finally {
    await page.context().close();
  }
}

function answer(content: object): void {
  process.stdout.write(`${JSON.stringify(content)}\n`);
}

main().catch((error: Error) => {
  console.error(error.message.split('\n')[0]);
  process.exitCode = 1;
});
