import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { runLocally } from '../../../tools/sweep/local';
import type { Plan } from '../../../tools/sweep/plan';
import { csvOf, rowsOf } from '../../../tools/sweep/results';
import { keepOutcome, type Outcome } from '../../../tools/sweep/run-trial';
import { runOnSlurm } from '../../../tools/sweep/slurm';
import { type Cluster, startCluster, whyNoCluster } from './slurm-cluster';
import { faultyPlan, startsOf } from './trials';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sweep-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Runs a plan; `signal` ends it. */
async function onSlurm(plan: Plan, signal = new AbortController().signal) {
  const outcomes = new Map<string, Outcome>();
  const said: string[] = [];
  await runOnSlurm(plan, plan.trials, {
    ...{ folder: path.join(folder, 'report'), sbatch: [], signal, say: (line: string) => said.push(line) },
    onOutcome: ({ key }, outcome) => outcomes.set(key, outcome),
  });
  return { outcomes, said };
}

test('runOnSlurm() says where there is no Slurm', async () => {
  vi.stubEnv('PATH', folder);
  await expect(onSlurm(faultyPlan(folder, ['none']))).rejects.toThrow(
    'Cannot sweep on Slurm: there is no sbatch on this machine',
  );
  vi.unstubAllEnvs();
});

const outcomeOf = (key: string): Outcome => ({
  ...{
    key,
    status: 'done',
    figures: { validationLoss: 1 },
    seconds: 1,
    progress: [],
    earlier: [],
    machine: 'x',
  },
});

const noCluster = whyNoCluster();

describe.skipIf(noCluster)(`runOnSlurm() on a cluster of one node${noCluster}`, { timeout: 240_000 }, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
    vi.stubEnv('SLURM_CONF', cluster.conf);
  });
  afterAll(() => {
    cluster?.stop();
    vi.unstubAllEnvs();
  });
  const queue = () => execFileSync('squeue', ['-h', '-r'], { encoding: 'utf8' }).trim();

  test('comes to the table that the trials make here, whatever goes wrong meanwhile', async () => {
    const faults = ['none', 'crash', 'half', 'diverged', 'always-crash'];
    const plan = faultyPlan(folder, faults);
    const { outcomes, said } = await onSlurm(plan);
    expect(said[0]).toMatch(/^Submitted as job \d+; scancel \d+ takes it back$/);
    expect(startsOf(folder, 'crash')).toBe(2);
    expect(outcomes.get('key-half')?.earlier[0].message).toContain('after half a line');
    const own = path.join(folder, 'here');
    mkdirSync(own);
    const here = faultyPlan(own, faults);
    const local = new Map<string, Outcome>();
    await runLocally(here, here.trials, 2, {
      signal: new AbortController().signal,
      onOutcome: ({ key }, outcome) => local.set(key, outcome),
    });
    expect(csvOf(rowsOf(plan, outcomes))).toBe(csvOf(rowsOf(here, local)));
    expect(readdirSync(plan.store).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('a job whose process is killed is made again', async () => {
    const plan = faultyPlan(folder, ['kill-maker']);
    const { outcomes } = await onSlurm(plan);
    expect(outcomes.get('key-kill-maker')?.status).toBe('done');
    expect(startsOf(folder, 'kill-maker')).toBe(2);
  });

  test('a sweep that is killed leaves its jobs in the queue; the next one watches them, and submits none twice', async () => {
    const plan = faultyPlan(folder, ['none', 'crash']);
    const report = path.join(folder, 'report');
    mkdirSync(report);
    const script = path.join(folder, 'wait.sh');
    writeFileSync(script, '#!/bin/bash\nsleep 600\n', { mode: 0o755 });
    const job = execFileSync(
      'sbatch',
      ['--parsable', '--array=0', '--mem=100', '--output=/dev/null', script],
      {
        encoding: 'utf8',
      },
    ).trim();
    writeFileSync(path.join(report, 'slurm.json'), JSON.stringify([{ key: 'key-none', task: `${job}_0` }]));
    setTimeout(() => keepOutcome(plan, plan.trials[0], outcomeOf('key-none')), 2000);
    const { outcomes, said } = await onSlurm(plan);
    expect(said[0]).toBe(`Already in the queue: ${job}_0`);
    expect([...outcomes.keys()].sort()).toEqual(['key-crash', 'key-none']);
    expect(readdirSync(folder)).not.toContain('none');
    execFileSync('scancel', [job]);
  });

  test('Ctrl-C takes the jobs back', async () => {
    const controller = new AbortController();
    const plan = faultyPlan(folder, ['always-hang', 'none']);
    setTimeout(() => controller.abort(), 4000);
    const { outcomes } = await onSlurm(plan, controller.signal);
    expect(outcomes.has('key-always-hang')).toBe(false);
    await vi.waitFor(() => expect(queue()).toBe(''), { timeout: 60_000, interval: 500 });
  });

  test('another version of the course on the node is refused, and nothing of it kept for later', async () => {
    const plan = faultyPlan(folder, ['none'], { code: 'f'.repeat(16) });
    const { outcomes } = await onSlurm(plan);
    expect(outcomes.get('key-none')).toMatchObject({ status: 'failed' });
    expect(outcomes.get('key-none')?.message).toMatch(
      /its course is another version \(\w{16}\) than the one/,
    );
    expect(readdirSync(folder)).not.toContain('none');
  });
});
