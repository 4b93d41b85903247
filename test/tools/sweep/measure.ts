/**
 * `node --import tsx test/tools/sweep/measure.ts --on ray --trials 1000`: what an engine costs. Each trial waits and does
 * nothing, so what is not waiting is the engine's. Says the time, the overhead of a trial, the share of the time in which
 * the slots were busy, and every few seconds the processes below this one, their memory, and what lies in /dev/shm.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command, Option } from 'commander';
import { runLocally } from '../../../tools/sweep/local';
import { engines } from '../../../tools/sweep/options';
import { runOnRay } from '../../../tools/sweep/ray';
import type { Outcome } from '../../../tools/sweep/run-trial';
import { runOnSlurm } from '../../../tools/sweep/slurm';
import { startCluster } from './slurm-cluster';
import { descendants, faultyPlan } from './trials';

interface Options {
  on: (typeof engines)[number];
  trials: string;
  jobs: string;
  wait: string;
}

async function measure({ on, trials, jobs: asked, wait }: Options): Promise<void> {
  const jobs = Number(asked);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sweep-'));
  const faults = Array.from({ length: Number(trials) }, (_, index) => `wait-${wait}-${index}`);
  const plan = faultyPlan(folder, faults);
  const cluster = on === 'slurm' ? await startCluster() : undefined;
  if (cluster) process.env.SLURM_CONF = cluster.conf;
  const outcomes: Outcome[] = [];
  const engine = {
    ...{ signal: new AbortController().signal, folder: path.join(folder, 'report'), jobs },
    say: (line: string) => console.log(`${clock()} ${line}`),
    onOutcome: (_: unknown, outcome: Outcome) => {
      // Until then the engine has started.
      if (outcomes.push(outcome) === 1) first = performance.now();
    },
  };
  const before = fs.readdirSync('/dev/shm');
  const began = performance.now();
  const clock = () => `${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s`;
  let first = began;
  const timer = setInterval(() => console.log(`${clock()} ${outcomes.length} done, ${state()}`), 10_000);
  try {
    if (on === 'local') await runLocally(plan, plan.trials, jobs, engine);
    else if (on === 'ray') await runOnRay(plan, plan.trials, engine);
    else await runOnSlurm(plan, plan.trials, { ...engine, sbatch: ['--mem=100'] });
  } finally {
    clearInterval(timer);
    cluster?.stop();
  }
  const seconds = (performance.now() - first) / 1000;
  const rounds = (outcomes.length - jobs) / jobs;
  const each = seconds / rounds;
  console.log(`${clock()} ${outcomes.filter(({ status }) => status === 'done').length} done, ${state()}`);
  console.log(`until the first: ${((first - began) / 1000).toFixed(1)} s`);
  console.log(`a trial takes ${each.toFixed(2)} s of a slot, of which it waits ${Number(wait) / 1000} s`);
  console.log(`its own process takes ${mean(outcomes.map((one) => one.seconds)).toFixed(2)} s`);
  const left = fs.readdirSync('/dev/shm').filter((name) => !before.includes(name));
  console.log(`left in /dev/shm: ${left.join(', ') || 'nothing'}`);
  fs.rmSync(folder, { recursive: true, force: true });
}

function state(): string {
  const below = descendants();
  const memory = below.map(({ pid }) => memoryOf(pid)).reduce((sum, one) => sum + one, 0);
  const shared = fs.statfsSync('/dev/shm');
  const used = (shared.blocks - shared.bfree) * shared.bsize;
  return `${below.length} processes, ${(memory / 1e6).toFixed(0)} MB, /dev/shm ${(used / 1e6).toFixed(0)} MB`;
}

/** Bytes that lie in memory, those shared with others divided among them. */
function memoryOf(pid: number): number {
  try {
    const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return 1024 * Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

new Command('measure')
  .addOption(new Option('--on <engine>').choices(engines).default('local'))
  .option('--trials <count>', 'how many', '20')
  .option('--jobs <count>', 'at a time', String(os.availableParallelism()))
  .option('--wait <milliseconds>', 'what each trial does', '0')
  .action(measure)
  .parseAsync();
