/** `npm run sweep`: tries many settings of a training, or of a notebook's knobs, and compares them. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { hashOf } from './hashes';
import { replaceFile } from './notebooks/notebook-file';
import { watchNpm } from './setup/guarded.mjs';
import { makeFolder, Problem } from './setup/project.mjs';
import { runCommand, statuses } from './sweep/contract';
import { type EngineOptions, runLocally } from './sweep/local';
import { type SweepOptions, sweepCommand } from './sweep/options';
import type { Plan, Trial } from './sweep/plan';
import { prepare } from './sweep/prepare';
import type { Program } from './sweep/programs';
import { Progress } from './sweep/progress';
import { runOnRay, searchOnRay } from './sweep/ray';
import { summaryOf, writeReport } from './sweep/report';
import { figureNames, isBetterHigh, type Results, rank, rowsOf } from './sweep/results';
import { type Outcome, readOutcome } from './sweep/run-trial';
import { runOnSlurm } from './sweep/slurm';
import type { Space } from './sweep/space';
import { saveSweepStudy, studyOf } from './sweep/study';

/** Bytes that results and logs may take. */
const spaceNeeded = 50e6;

async function run(name: string, options: SweepOptions): Promise<void> {
  const { program, space, plan, count, learns } = prepare(name, options);
  requireSpaceIn(options.out);
  if (options.plan) return writePlan(plan, options.plan);
  makeFolderOfResults(options.out);
  const folder = folderOf(program, space, options);
  const outcomes = new Map<string, Outcome>();
  if (options.cache) takeKnown(plan, outcomes);
  const open = plan.trials.filter(({ key }) => !outcomes.has(key));
  const known = plan.trials.length - open.length;
  console.log(
    `${count} ${count === 1 ? 'trial' : 'trials'} of ${program.name}${known > 0 ? `, ${known} of them made before` : ''}`,
  );
  const { signal, dismiss } = stopOnRequest(options.maxTime);
  const progress = new Progress(count - known, options.by ?? program.measure);
  const onOutcome = (trial: Trial, outcome: Outcome) => {
    outcomes.set(trial.key, outcome);
    progress.tell(trial, outcome);
  };
  const failures: unknown[] = [];
  const note = (error: unknown) => void failures.push(error);
  if (learns) await learn(program, space, plan, options, folder, { signal, onOutcome }).catch(note);
  else if (open.length > 0) await makeTrials(plan, open, options, folder, { signal, onOutcome }).catch(note);
  dismiss();
  // Where the engine could not even begin there is nothing to report.
  if (failures.length > 0 && outcomes.size === 0) throw failures[0];
  // Who interrupts does not wait for a notebook.
  const notebook = options.notebook && !signal.aborted;
  await conclude(program, plan, outcomes, { ...options, notebook }, folder).catch(note);
  // What failed first is told, not what failed because of it.
  if (failures.length > 0) throw failures[0];
  if (!signal.aborted) return;
  console.log(`${signal.reason}; the same command goes on where it was.`);
  if (signal.reason !== timeIsOver) process.exitCode = statuses.interrupted;
}

/** Where no engine of the project makes the trials, as on Kubernetes: each is made by its index in this file. */
function writePlan(plan: Plan, file: string): void {
  try {
    makeFolder(path.dirname(path.resolve(file)));
    replaceFile(path.resolve(file), JSON.stringify(plan));
  } catch (error) {
    throw new Error(`Cannot write the plan ${file}: ${(error as Error).message}; name another file: --plan`);
  }
  const count = plan.trials.length;
  console.log(
    `${count} ${count === 1 ? 'trial' : 'trials'} in ${file}, by their indices from 0; the same command`,
  );
  console.log('without --plan afterwards finds what they came to, and makes what is missing.');
}

/** @throws Problem if results would not fit */
function requireSpaceIn(folder: string): void {
  let place = path.resolve(folder);
  while (!fs.existsSync(place) && place !== path.dirname(place)) place = path.dirname(place);
  const { bavail, bsize } = fs.statfsSync(place);
  if (bavail * bsize >= spaceNeeded) return;
  const free = `${((bavail * bsize) / 1e6).toFixed(0)} MB are free in ${place}`;
  throw new Problem(
    `Cannot sweep: ${free}, ${spaceNeeded / 1e6} MB are needed`,
    'free some, or name another folder: --out',
  );
}

/** @throws Error if no result could be kept: before the first trial, not after it */
function makeFolderOfResults(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new Error(
      `Cannot keep results in ${folder}: ${(error as Error).message}; name another folder: --out`,
    );
  }
}

/** What failed before is tried again. */
function takeKnown(plan: Plan, outcomes: Map<string, Outcome>): void {
  for (const trial of plan.trials) {
    const outcome = readOutcome(plan, trial);
    if (outcome && outcome.status !== 'failed') outcomes.set(trial.key, outcome);
  }
}

async function makeTrials(
  plan: Plan,
  open: Trial[],
  { on, jobs: asked, sbatch, address }: SweepOptions,
  folder: string,
  engine: EngineOptions,
): Promise<void> {
  const say = console.log;
  const jobs = asked ?? os.availableParallelism();
  if (on === 'slurm') await runOnSlurm(plan, open, { ...engine, folder, sbatch, jobs: asked, say });
  else if (on === 'ray') await runOnRay(plan, open, { ...engine, folder, jobs, address, say });
  else await runLocally(plan, open, jobs, engine);
}

/** A search that decides from what came before, which Optuna does on Ray. */
async function learn(
  program: Program,
  space: Space,
  plan: Plan,
  options: SweepOptions,
  folder: string,
  engine: EngineOptions,
): Promise<void> {
  const { search, searchSeed, trials, by, jobs = os.availableParallelism(), address } = options;
  const measure = by ?? program.measure;
  if (measure === undefined) {
    throw new RangeError(
      `Cannot search in ${program.name} by ${search}: name what is to be small, --by figure`,
    );
  }
  console.log('What is tried depends on which trial ends first: another run may try other settings.');
  const wanted = { search: search as 'tpe' | 'asha', space, searchSeed, trials: trials as number };
  const how = { ...wanted, measure, more: isBetterHigh(measure) };
  // What Tune keeps of a search that was broken off.
  if (!options.cache) fs.rmSync(path.join(folder, `ray-${plan.code}`), { recursive: true, force: true });
  await searchOnRay(program, plan, how, { ...engine, folder, jobs, address, say: console.log });
}

const timeIsOver = 'The time is over';

/** Ctrl-C, the end of npm or of the time end all trials under way; a second Ctrl-C ends the program. */
function stopOnRequest(maxTime?: number): { signal: AbortSignal; dismiss: () => void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(statuses.interrupted);
    controller.abort('Interrupted');
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, stop);
  watchNpm('sweep', stop);
  const timer = maxTime && setTimeout(() => controller.abort(timeIsOver), maxTime * 1000);
  const dismiss = () => {
    if (timer) clearTimeout(timer);
    for (const name of signals) process.off(name, stop);
  };
  return { signal: controller.signal, dismiss };
}

function folderOf(program: Program, space: Space, options: SweepOptions): string {
  const { search, searchSeed, seeds, trials, name } = options;
  const hash = hashOf([space, search, searchSeed, seeds, trials]).slice(0, 6);
  return path.resolve(options.out, name ?? `${program.name}-${hash}`);
}

async function conclude(
  program: Program,
  plan: Plan,
  outcomes: Map<string, Outcome>,
  options: SweepOptions,
  folder: string,
): Promise<void> {
  const rows = rowsOf(plan, outcomes);
  const measure = measureOf(program, options, figureNames(rows));
  const more = measure !== undefined && isBetterHigh(measure);
  const results: Results = {
    program: program.name,
    command: commandHere(),
    ...{ engine: options.on, search: options.search, measure, more, code: plan.code, rows },
    best: measure === undefined ? [] : rank(rows, measure, more),
    names: [...outcomes.values()].find(({ names }) => names)?.names ?? {},
  };
  console.log(`\n${summaryOf(results, program).join('\n')}\n`);
  if (options.study && measure) {
    saveSweepStudy(studyOf(plan, outcomes, results.command, measure), options.study);
    console.log(`The table is in ${options.study}`);
  }
  await writeReport(results, folder, options.notebook, console.log).catch((error: Error) => {
    throw new Error(`Cannot write the report: ${error.message}; the results of the trials are kept`);
  });
  if (rows.some(({ status }) => status === 'failed')) process.exitCode = statuses.crashed;
}

/** @throws RangeError if something was measured, but not what was asked for */
function measureOf(program: Program, { by }: SweepOptions, figures: readonly string[]): string | undefined {
  if (by === undefined) return program.measure;
  if (figures.length === 0 || figures.includes(by)) return by;
  throw new RangeError(`Cannot compare by ${by}: what was measured is ${figures.join(', ')}`);
}

const commandHere = () => ['npm run sweep --', ...process.argv.slice(2).map(quoted)].join(' ');

const quoted = (text: string) =>
  /^[\w@%+=:,./…-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

runCommand(sweepCommand(run));
