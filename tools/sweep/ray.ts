/** Trials on Ray: on a cluster of its own in a network namespace, or on one that runs already. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import * as readline from 'node:readline';
import { promisify } from 'node:util';
import { endGuarded, spawnGuarded } from '../setup/guarded.mjs';
import {
  makeFolder,
  pythonEnvironment,
  pythonOf,
  replaceFile,
  requireSpace,
  root,
} from '../setup/project.mjs';
import { findPython, makeLockedVenv } from '../setup/python.mjs';
import type { EngineOptions } from './local';
import { type Plan, planTrials, resultFile, type Trial } from './plan';
import type { Program } from './programs';
import { type Outcome, readOutcome } from './run-trial';
import type { Setting, Space } from './space';

const command = promisify(execFile);

const venv = path.join(root, '.sweep-venv');
const requirements = path.join(root, 'tools', 'sweep', 'requirements-sweep.txt');
/** Bytes that Ray and Optuna take (670 MB). */
const spaceNeeded = 0.8e9;

/** How Ray is run. */
export interface RayOptions extends EngineOptions {
  /** of the sweep: Ray's results and its log go there */
  folder: string;
  /** trials at a time */
  jobs: number;
  /** `host:port` of a cluster that runs already; without it one is started */
  address?: string;
  /** told what happens besides */
  say(line: string): void;
}

/** What a search that learns must know. */
export interface LearningSearch {
  search: 'tpe' | 'asha';
  space: Space;
  searchSeed: number;
  measure: string;
  more: boolean;
  /** settings to be tried */
  trials: number;
}

/** What sweep.py tells. */
interface RayEvent {
  event: 'ready' | 'trial' | 'end';
  nodes?: number;
  index?: number;
  lost?: string;
  setting?: Setting;
  status?: Outcome['status'];
  message?: string;
  step?: number;
  score?: number;
}

/** Sets Ray and Optuna up, unless that is done: as locked, with hashes, nothing built. */
export async function setUpRay(say: (line: string) => void): Promise<void> {
  const wanted = fs.readFileSync(requirements, 'utf8');
  const stamp = path.join(venv, '.descent-sweep.txt');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return;
  requireSpace(spaceNeeded);
  say(`Setting up Ray and Optuna in ${path.basename(venv)}/ (0.7 GB) …`);
  await makeLockedVenv(findPython(), venv, requirements, () => {});
  fs.writeFileSync(stamp, wanted);
}

/**
 * Ray listens on all interfaces whatever it is told, so a cluster of one's own lives where there is only the loopback.
 *
 * @returns the command that starts a program there, or why there is none
 */
export async function namespaceCommand(): Promise<string[] | string> {
  if (process.platform !== 'linux') return 'only Linux has network namespaces, and Ray listens everywhere';
  const ways = [
    ['unshare', '-n'],
    ['unshare', '-r', '-n'],
  ];
  for (const way of process.getuid?.() === 0 ? ways : ways.slice(1)) {
    try {
      await command(way[0], [...way.slice(1), 'true']);
      return way;
    } catch {
      // The next one.
    }
  }
  return 'this system allows no network namespace (unshare -n), and outside of one Ray listens on all interfaces';
}

/**
 * Makes the trials of a plan as one job of many tasks.
 *
 * @throws Error if Ray cannot be had, or ends before the trials do
 */
export async function runOnRay(plan: Plan, trials: readonly Trial[], options: RayOptions): Promise<void> {
  for (const trial of trials) fs.rmSync(resultFile(plan, trial), { force: true });
  const job = { search: 'plan', trials: trials.length, retries: plan.retries };
  await runRay({ ...plan, trials: [...trials] }, job, options, ({ index = 0, lost }) => {
    const trial = trials[index];
    const outcome = readOutcome(plan, trial) ?? lostOutcome(trial, lost ?? 'Its result is missing.');
    options.onOutcome(trial, outcome);
  });
}

/**
 * Has Optuna propose settings, one after the other from what the earlier ones came to.
 *
 * @param program - what is swept
 * @param plan - without trials; those that are made are added
 */
export async function searchOnRay(
  program: Program,
  plan: Plan,
  search: LearningSearch,
  options: RayOptions,
): Promise<void> {
  const seen = new Set<string>();
  const whole = { ...search, retries: plan.retries };
  await runRay(plan, whole, options, ({ setting, status = 'failed', message, step, score }) => {
    if (!setting) return;
    const [trial] = planTrials(program, [setting], plan).trials;
    if (seen.has(trial.key)) return;
    seen.add(trial.key);
    const placed = { ...trial, index: plan.trials.length };
    plan.trials.push(placed);
    const kept = readOutcome(plan, trial);
    const outcome = { ...lostOutcome(trial, message), status };
    // Where it was stopped there is the last figure, and no result.
    if (status === 'stopped') outcome.figures = { step, [search.measure]: score };
    options.onOutcome(placed, kept && status !== 'stopped' ? kept : outcome);
  });
}

function lostOutcome({ key }: Trial, message?: string): Outcome {
  return { key, status: 'failed', message, seconds: 0, progress: [], earlier: [], machine: 'ray' };
}

async function runRay(
  plan: Plan,
  job: object,
  options: RayOptions,
  onTrial: (event: RayEvent) => void,
): Promise<void> {
  const { folder, address, jobs, say, signal } = options;
  const way = address === undefined ? await namespaceCommand() : [];
  if (typeof way === 'string') {
    throw new Error(`Cannot start a Ray: ${way}. Name one that runs: --address host:port`);
  }
  if (address !== undefined) await requireAnswer(address);
  await setUpRay(say);
  makeFolder(folder);
  // Sockets lie in it, whose paths must be short.
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-ray-'));
  const [planFile, jobFile, token, log] = ['ray-plan.json', 'ray-job.json', 'token', 'ray.log'].map((name) =>
    path.join(name === 'token' ? scratch : folder, name),
  );
  try {
    fs.writeFileSync(token, randomBytes(32).toString('hex'), { mode: 0o600 });
    replaceFile(planFile, JSON.stringify(plan));
    const whole = { ...job, ...{ root, node: process.execPath, plan: planFile, jobs, address } };
    const own = address === undefined;
    replaceFile(
      jobFile,
      JSON.stringify({ ...whole, own, scratch, results: path.join(folder, `ray-${plan.code}`) }),
    );
    const [program, ...rest] = [
      ...way,
      pythonOf(venv),
      path.join(root, 'tools', 'sweep', 'sweep.py'),
      jobFile,
    ];
    const env = { ...pythonEnvironment(), ...settingsOfRay, ...(own && { RAY_AUTH_TOKEN_PATH: token }) };
    const child = spawnGuarded(program, rest, { cwd: root, env, grace: 15_000 });
    const end = () => endGuarded(child);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    child.stderr?.pipe(fs.createWriteStream(log));
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    let isWhole = false;
    for await (const line of readline.createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const event = parsed(line);
      if (event?.event === 'ready') say(`Ray is ready, ${event.nodes} node${event.nodes === 1 ? '' : 's'}`);
      if (event?.event === 'trial') onTrial(event);
      if (event?.event === 'end') isWhole = true;
    }
    const status = await ended;
    signal.removeEventListener('abort', end);
    if (isWhole || signal.aborted) return;
    const last = fs.readFileSync(log, 'utf8').trim().split('\n').at(-1);
    throw new Error(`Cannot sweep on Ray: it ended with status ${status}: ${last}. Its log: ${log}`);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Nothing is told to Ray's makers, nothing is written into the home folder. */
const settingsOfRay = {
  RAY_AUTH_MODE: 'token',
  RAY_USAGE_STATS_ENABLED: '0',
  RAY_CHDIR_TO_TRIAL_DIR: '0',
  PYTHONUNBUFFERED: '1',
};

function parsed(line: string): RayEvent | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** @throws Error unless something answers there: Ray itself tries for long, and says little */
async function requireAnswer(address: string): Promise<void> {
  const [, host, port] = /^(?:ray:\/\/)?\[?([^\]]+?)\]?:(\d+)$/.exec(address) ?? [];
  if (!host) throw new RangeError(`Cannot sweep on Ray: '${address}' is no address; write host:port`);
  await new Promise<void>((resolve, reject) => {
    const socket = net.connect({ host, port: Number(port), timeout: 5000 });
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`Cannot sweep on Ray: nothing answers at ${address} (${why})`));
    };
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => fail('no answer in 5 s'));
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
  });
}
