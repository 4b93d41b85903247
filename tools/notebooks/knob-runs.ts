/** Executes notebooks with each knob at the ends of its range; what came of a trial is kept, and not tried again. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { hashOf, hashOfFiles } from '../hashes';
import { makeFolder } from '../setup/project.mjs';
import { type Execution, execute, inParallel } from './execute';
import { faultsOf, type Observation, observe, trialsOf } from './knob-trials';
import { codeCells, joined, type NotebookFile, replaceFile } from './notebook-file';
import { setKnobs } from './parameters';

/** How to try. */
export interface KnobOptions {
  /** where outcomes are kept, and executed copies of trials that failed */
  out: string;
  /** how many at a time */
  jobs: number;
  /** seconds that one cell may take */
  limit: number;
  /** whether an outcome that is there is taken */
  cache: boolean;
  /** knobs, or trials as `name=value`, to which it keeps; all if empty */
  only: readonly string[];
  /** executes a copy; in the real kernel unless told */
  attempt?: (...given: Parameters<typeof execute>) => Promise<Execution>;
  /** the folder that notebooks import from; the project's `lib/` unless told */
  library?: string;
}

/** What came of a trial; whether that is a fault is judged when it is read. */
interface Outcome {
  notebook: string;
  setting: string;
  /** seconds that one cell was allowed */
  limit: number;
  seconds: number;
  seen: Observation;
}

interface Planned {
  file: NotebookFile;
  setting: string;
  /** the file of its outcome, without the ending */
  place: string;
  known?: Outcome;
}

interface Failed {
  notebook: string;
  setting: string;
  why: string;
}

/**
 * Makes the trials of notebooks that have not been made, with a line for each, and ends with a table of those that
 * failed. It can be stopped at any time: what is kept is not tried again.
 *
 * @returns whether none failed
 * @throws Error if what is wanted is no trial, or there is no kernel
 */
export async function tryKnobs(files: readonly NotebookFile[], options: KnobOptions): Promise<boolean> {
  const planned = plan(files, options);
  if (planned.length === 0 && options.only.length > 0) {
    throw new Error(`Cannot try ${options.only.join(', ')}: no such trial is to be made`);
  }
  const unknown = planned.filter(({ known }) => !known);
  const known = planned.length - unknown.length;
  console.log(`${planned.length} trials, ${known} of them made before; ${unknown.length} left`);
  let left = unknown.length;
  const tasks = unknown.map((trial) => async () => {
    trial.known = await make(trial, options);
    const faults = faultsAt(trial);
    left--;
    const time = `${trial.known.seconds.toFixed(1)} s`;
    console.log(
      `${faults.length > 0 ? '✗' : '✓'} ${trial.file.name} ${trial.setting}: ${time}; ${left} left`,
    );
  });
  await inParallel(tasks, options.jobs);
  return conclude(planned);
}

function plan(files: readonly NotebookFile[], options: KnobOptions): Planned[] {
  const { out, cache, limit, library, only } = options;
  const isWanted = (setting: string) =>
    only.length === 0 || only.some((one) => one === setting || one === setting.split('=')[0]);
  const lib = hashOfFiles([library ?? 'lib']);
  return files.flatMap((file) => {
    const trials = trialsOf(file).filter(({ setting }) => isWanted(setting));
    for (const { setting, skipped } of trials) {
      if (skipped) console.log(`○ ${file.name} ${setting}: skipped, ${skipped}`);
    }
    const code = codeCells(file.notebook);
    const texts = code.map(({ id, source }) => [id, joined(source)]);
    return trials
      .filter(({ skipped }) => !skipped)
      .map(({ setting }) => {
        const place = path.join(out, `${file.name}-${hashOf([texts, setting, lib])}`);
        return {
          file,
          setting,
          place,
          known: cache ? readOutcome(`${place}.json`, setting, limit) : undefined,
        };
      });
  });
}

function readOutcome(file: string, setting: string, limit: number): Outcome | undefined {
  try {
    const outcome: Outcome = JSON.parse(fs.readFileSync(file, 'utf8'));
    // With more time it might have come to an end.
    const tooShort = outcome.seen.failure?.name === 'TimeoutError' && outcome.limit < limit;
    return outcome.setting === setting && !tooShort ? outcome : undefined;
  } catch {
    return undefined;
  }
}

async function make({ file, setting, place }: Planned, options: KnobOptions): Promise<Outcome> {
  const { limit, attempt = execute } = options;
  const { notebook } = setKnobs(file, [setting]).file;
  makeFolder(options.out);
  const execution = await attempt(notebook, `${place}.ipynb`, { limit });
  const { failure, seconds } = execution;
  // Before the first cell: that says nothing of the notebook.
  if (failure?.cell === 0) throw new Error(`Cannot try ${file.name}: ${failure.name}\n${failure.traceback}`);
  const seen = observe(execution.notebook, failure);
  if (faultsOf(seen, observe(file.notebook)).length === 0) fs.rmSync(`${place}.ipynb`, { force: true });
  const outcome = { notebook: file.name, setting, limit, seconds, seen };
  replaceFile(`${place}.json`, `${JSON.stringify(outcome, null, 1)}\n`);
  return outcome;
}

function faultsAt({ file, known }: Planned): string[] {
  return known ? faultsOf(known.seen, observe(file.notebook)) : [];
}

function conclude(planned: readonly Planned[]): boolean {
  const failed = planned.flatMap((trial) => {
    const { file, setting } = trial;
    return faultsAt(trial).map((why): Failed => ({ notebook: file.name, setting, why }));
  });
  if (failed.length > 0) console.log(tableOf(failed));
  const trials = new Set(failed.map(({ notebook, setting }) => `${notebook} ${setting}`)).size;
  console.log(`${planned.length - trials} trials passed, ${trials} failed.`);
  return trials === 0;
}

function tableOf(failed: readonly Failed[]): string {
  const rows = [{ notebook: 'notebook', setting: 'knob', why: 'why' }, ...failed];
  const widest = (of: (row: Failed) => string) => Math.max(...rows.map((row) => of(row).length));
  const [first, second] = [widest((row) => row.notebook), widest((row) => row.setting)];
  return rows
    .map(({ notebook, setting, why }) => `${notebook.padEnd(first)}  ${setting.padEnd(second)}  ${why}`)
    .join('\n');
}
