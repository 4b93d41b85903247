/** `node --import tsx tools/sweep/notebook-trial.ts 02 --set rate=0.5`: a notebook as a trial; its claims are what it measures. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Command } from 'commander';
import { execute } from '../notebooks/execute';
import { findNotebooks, type Notebook } from '../notebooks/notebook-file';
import { claimsOf } from '../notebooks/outcome';
import { setKnobs } from '../notebooks/parameters';
import { root } from '../setup/project.mjs';
import { type Figures, failingOf, runCommand, tell, tellFailure } from './contract';

async function run(name: string, { set }: { set: string[] }): Promise<void> {
  try {
    await trial(name, set);
  } catch (error) {
    tellFailure(failingOf(error), (error as Error).message);
    throw error;
  }
}

async function trial(name: string, settings: string[]): Promise<void> {
  const [found] = findNotebooks(path.join(root, 'notebooks'), [name]);
  const { notebook } = setKnobs(found, settings).file;
  const target = path.join(root, 'out', 'sweep', 'notebooks', `${found.name}-${process.pid}.ipynb`);
  const onCell = (done: number, of: number) => tell({ type: 'progress', done, of, figures: {} });
  try {
    const { notebook: executed, failure } = await execute(notebook, target, { onCell });
    if (!failure) return tell({ type: 'done', ...measuredIn(executed) });
    // A cell fails at the same knobs each time, a kernel that dies need not.
    const again = failure.cell === 0 || ['DeadKernelError', 'TimeoutError'].includes(failure.name);
    const message = `${failure.id}: ${failure.traceback.trim().split('\n')[0]}`;
    tellFailure(again ? 'crashed' : 'refused', message);
  } finally {
    fs.rmSync(target, { force: true });
  }
}

/** Each claim's figure by its cell and its place there: a sentence may name values of knobs. */
function measuredIn(notebook: Notebook): { figures: Figures; names: Record<string, string> } {
  const figures: Figures = {};
  const names: Record<string, string> = {};
  const count = new Map<string, number>();
  for (const { cell, sentence, measured } of claimsOf(notebook)) {
    const place = (count.get(cell) ?? 0) + 1;
    count.set(cell, place);
    const name = `${cell}/${place}`;
    figures[name] = typeof measured === 'number' ? measured : String(measured);
    names[name] = sentence;
  }
  return { figures, names };
}

runCommand(
  new Command('notebook-trial')
    .argument('<notebook>')
    .option('--set <name=value>', 'set a knob (repeatable)', (text, list: string[]) => [...list, text], [])
    .action(run),
);
