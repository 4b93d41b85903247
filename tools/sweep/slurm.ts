/** Trials as an array of jobs of Slurm: submitted, watched by `squeue` and by the results that appear. */
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { makeFolder, readJson, replaceFile, root } from '../setup/project.mjs';
import type { EngineOptions } from './local';
import { type Plan, resultFile, type Trial } from './plan';
import { type Outcome, readOutcome } from './run-trial';

const command = promisify(execFile);

/** Slurm takes no larger array, unless it was told to. */
const largestArray = 1000;
/** Between two looks at the queue, in milliseconds: at first often, for short trials. */
const looks = { first: 500, last: 10_000 };
/** So long a controller may not answer, in milliseconds. */
const patience = 300_000;

/** How to submit. */
export interface SlurmOptions extends EngineOptions {
  /** of the sweep: plans, scripts and logs go there; every node must see it */
  folder: string;
  /** further options for sbatch */
  sbatch: readonly string[];
  /** trials at a time; as many as there is room for unless told */
  jobs?: number;
  /** told what happens besides */
  say(line: string): void;
}

/** A trial that Slurm has. */
interface Submitted {
  trial: Trial;
  /** `12_3` */
  task: string;
}

/** @returns why there is no Slurm; undefined if there is one */
export async function whyNoSlurm(): Promise<string | undefined> {
  try {
    await command('sbatch', ['--version']);
    return undefined;
  } catch {
    return 'there is no sbatch on this machine: run it where jobs are submitted to a cluster, or use --on local';
  }
}

/**
 * Makes trials as jobs, one core each. Those that an earlier run of the same sweep has left in the queue are not submitted
 * again.
 *
 * @throws Error if there is no Slurm, it refuses the jobs, or it does not answer for long
 */
export async function runOnSlurm(plan: Plan, trials: readonly Trial[], options: SlurmOptions): Promise<void> {
  const why = await whyNoSlurm();
  if (why) throw new Error(`Cannot sweep on Slurm: ${why}`);
  makeFolder(options.folder);
  const note = path.join(options.folder, 'slurm.json');
  const open = new Map(trials.map((trial) => [trial.key, trial]));
  const left = await stillQueued(note, open);
  if (left.length > 0) options.say(`Already in the queue: ${left.map(({ task }) => task).join(', ')}`);
  for (const { trial } of left) open.delete(trial.key);
  const submitted = [...left];
  const remember = () =>
    replaceFile(note, JSON.stringify(submitted.map(({ trial, task }) => ({ key: trial.key, task }))));
  const rest = [...open.values()];
  for (let from = 0; from < rest.length; from += largestArray) {
    submitted.push(...(await submit(plan, rest.slice(from, from + largestArray), options)));
    remember();
  }
  await watch(plan, submitted, options);
  fs.rmSync(note, { force: true });
}

/** What an earlier run has submitted, and is not yet done. */
async function stillQueued(note: string, open: ReadonlyMap<string, Trial>): Promise<Submitted[]> {
  const known: { key: string; task: string }[] = readJson(note) ?? [];
  const jobs = [...new Set(known.map(({ task }) => task.split('_')[0]))];
  const queue = jobs.length > 0 ? await queueOf(jobs) : new Map();
  return known.flatMap(({ key, task }) => {
    const trial = open.get(key);
    return trial && queue?.has(task) ? [{ trial, task }] : [];
  });
}

async function submit(
  plan: Plan,
  trials: Trial[],
  { folder, sbatch, jobs, say }: SlurmOptions,
): Promise<Submitted[]> {
  const name = `array-${Date.now()}`;
  const [planFile, script] = ['json', 'sh'].map((end) => path.join(folder, `${name}.${end}`));
  // What was kept of a trial that failed is not the result that is waited for.
  for (const trial of trials) fs.rmSync(resultFile(plan, trial), { force: true });
  replaceFile(planFile, JSON.stringify({ ...plan, trials }));
  replaceFile(script, arrayScript(plan, `0-${trials.length - 1}${jobs ? `%${jobs}` : ''}`, planFile, folder));
  const { stdout } = await command('sbatch', ['--parsable', ...sbatch, script]).catch((error) => {
    throw new Error(`Cannot sweep on Slurm: sbatch says: ${String(error.stderr || error.message).trim()}`);
  });
  const [job] = stdout.trim().split(';');
  say(`Submitted as job ${job}; scancel ${job} takes it back`);
  return trials.map((trial, index) => ({ trial, task: `${job}_${index}` }));
}

/** Of which the command line of sbatch may overrule each option. */
function arrayScript({ limit, retries }: Plan, array: string, plan: string, folder: string): string {
  const minutes = Math.ceil((limit * (retries + 1) + 60) / 60);
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  return `#!/bin/bash
#SBATCH --job-name=descent-sweep
#SBATCH --array=${array}
#SBATCH --cpus-per-task=1
#SBATCH --mem=1500M
#SBATCH --time=${minutes}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=${path.join(folder, 'slurm-%A_%a.log').replaceAll(' ', '\\ ')}
cd ${quote(root)} || exit 1
${quote(process.execPath)} --import tsx tools/sweep/make-trial.ts ${quote(plan)} "$SLURM_ARRAY_TASK_ID"
status=$?
# Killed, with no word of its own: once more, as after the loss of a node.
if [ "$status" -ge 128 ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${retries} ]; then
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"
fi
exit "$status"
`;
}

/** Until each trial has a result, or has left the queue without one. */
async function watch(plan: Plan, submitted: readonly Submitted[], options: SlurmOptions): Promise<void> {
  const { signal, onOutcome } = options;
  const waiting = new Map(submitted.map((one) => [one.task, one]));
  const jobs = [...new Set(submitted.map(({ task }) => task.split('_')[0]))];
  const [missed, held] = [new Map<string, number>(), new Map<string, number>()];
  let answered = Date.now();
  for (let pause = looks.first; waiting.size > 0; pause = Math.min(looks.last, pause * 1.1)) {
    if (!(await slept(pause, signal))) {
      await command('scancel', jobs).catch(() => {});
      return;
    }
    const queue = await queueOf(jobs);
    if (queue) answered = Date.now();
    else if (Date.now() - answered > patience)
      throw new Error('Cannot sweep on Slurm: squeue does not answer');
    for (const [task, { trial }] of waiting) {
      const outcome =
        readOutcome(plan, trial) ?? (queue && lostAt(task, trial, queue, missed, options.folder));
      if (!outcome) continue;
      waiting.delete(task);
      onOutcome(trial, outcome);
    }
    if (queue) await bringBack(queue, held);
  }
}

/**
 * A job that is requeued waits for two minutes, unless it is told not to. A node counts in whole seconds, and refuses for good
 * what starts in the second in which it was told to end the same job ("Job credential revoked").
 *
 * @param held - since when each waits, in milliseconds
 */
async function bringBack(queue: ReadonlyMap<string, string>, held: Map<string, number>): Promise<void> {
  for (const [task, state] of queue) {
    const since = held.get(task) ?? Date.now();
    if (state !== 'PD BeginTime') held.delete(task);
    else held.set(task, since);
    if (state !== 'PD BeginTime' || Date.now() - since < 2000) continue;
    await command('scontrol', ['update', `jobid=${task}`, 'StartTime=now']).catch(() => {});
  }
}

/** A result may appear a little after its job has gone: three looks without either, and it is lost. */
function lostAt(
  task: string,
  { key }: Trial,
  queue: ReadonlyMap<string, string>,
  missed: Map<string, number>,
  folder: string,
): Outcome | undefined {
  const times = queue.has(task) ? 0 : (missed.get(task) ?? 0) + 1;
  missed.set(task, times);
  if (times < 3) return undefined;
  const log = path.join(folder, `slurm-${task}.log`);
  const last = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trim().split('\n').at(-1) : '';
  const message = `Its job ${task} left the queue without a result${last ? `: ${last}` : ''}.`;
  return { key, status: 'failed', message, seconds: 0, progress: [], earlier: [], machine: 'slurm' };
}

/** @returns state and reason by task; undefined if the controller does not answer */
async function queueOf(jobs: readonly string[]): Promise<Map<string, string> | undefined> {
  try {
    const { stdout } = await command('squeue', ['-h', '-r', '-j', jobs.join(','), '-o', '%i %t %r']);
    const lines = stdout.split('\n').filter((line) => line.trim());
    return new Map(
      lines.map((line) => {
        const [task, ...state] = line.trim().split(' ');
        return [task, state.join(' ')];
      }),
    );
  } catch (error) {
    // So it says of a job that has been over for a while.
    return /Invalid job id/.test(String((error as { stderr?: string }).stderr)) ? new Map() : undefined;
  }
}

/** @returns whether the time went by without the signal */
function slept(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve(!signal.aborted);
    };
    const timer = setTimeout(wake, milliseconds);
    if (signal.aborted) wake();
    else signal.addEventListener('abort', wake);
  });
}
