/** Sweeps on a real Ray. */
import { existsSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashOfFiles } from '../../../tools/hashes';
import { processes } from '../../../tools/setup/process-table.mjs';
import { runLocally } from '../../../tools/sweep/local';
import { findProgram } from '../../../tools/sweep/programs';
import { runOnRay, searchOnRay } from '../../../tools/sweep/ray';
import { csvOf, rowsOf } from '../../../tools/sweep/results';
import type { Outcome } from '../../../tools/sweep/run-trial';
import { readSpace } from '../../../tools/sweep/space';
import { noRay, ownRay } from './own-ray';
import { descendants, faultyPlan, pidsOf, startsOf } from './trials';

describe.skipIf(noRay)(`a Ray of its own${noRay}`, { timeout: 900_000 }, () => {
  const place = ownRay();

  test('comes to the table that the trials make here; killed workers take their trials along', async () => {
    const { folder, home, options } = place;
    const faults = ['none', 'crash', 'half', 'diverged', 'kill-maker', 'kill-worker', 'always-crash'];
    // Of the last one no result can be kept; here that would end the sweep.
    const plan = faultyPlan(folder, [...faults, 'no-room']);
    const outcomes = new Map<string, Outcome>();
    const nets = new Set<string>();
    await runOnRay(
      plan,
      plan.trials,
      options(({ key }, outcome) => {
        outcomes.set(key, outcome);
        for (const { pid, name } of descendants()) {
          if (/raylet|gcs_server/.test(name)) nets.add(readlinkSync(`/proc/${pid}/ns/net`));
        }
      }),
    );
    for (const fault of ['crash', 'half', 'kill-maker', 'kill-worker'])
      expect(startsOf(folder, fault)).toBe(2);
    const pids = pidsOf(folder, 'kill-worker');
    expect(processes().filter(({ pid }) => pids.includes(pid))).toEqual([]);
    const own = path.join(folder, 'here');
    mkdirSync(own);
    const here = faultyPlan(own, faults);
    // Where no worker is to be killed.
    here.trials = here.trials.map((trial) =>
      trial.key.startsWith('key-kill') ? { ...trial, args: [...trial.args.slice(0, 3), 'none'] } : trial,
    );
    const local = new Map<string, Outcome>();
    const { signal } = new AbortController();
    await runLocally(here, here.trials, 2, { signal, onOutcome: ({ key }, one) => local.set(key, one) });
    expect(outcomes.get('key-no-room')?.message).toMatch(/^Cannot keep the result of a trial: .*free space/);
    const kept = { ...plan, trials: plan.trials.slice(0, -1) };
    expect(csvOf(rowsOf(kept, outcomes))).toBe(csvOf(rowsOf(here, local)));
    // It listens where there is nothing but the loopback, leaves no process, and nothing in the home folder.
    expect(nets.size).toBe(1);
    expect(nets).not.toContain(readlinkSync('/proc/self/ns/net'));
    expect(descendants().filter(({ name }) => /ray|gcs/.test(name))).toEqual([]);
    expect(readdirSync(home)).toEqual([]);
  });

  test('ASHA stops what is behind, and goes on after it was broken off', async () => {
    const { folder, options } = place;
    const program = findProgram('mnist');
    const plan = {
      ...{ program: 'mnist', code: hashOfFiles(program.code), trials: [] },
      ...{ store: path.join(folder, 'store'), limit: 300, retries: 2 },
    };
    const space = readSpace([
      'learningRate=log:0.0001..0.1',
      'hiddenUnits=4',
      'limit=500',
      'epochs=4',
      'validation=500',
    ]);
    const search = {
      search: 'asha' as const,
      space,
      searchSeed: 1,
      measure: 'validationLoss',
      more: false,
      trials: 6,
    };
    const controller = new AbortController();
    const first = new Map<string, Outcome>();
    await searchOnRay(
      program,
      { ...plan, trials: [] },
      search,
      options(({ key }, outcome) => {
        first.set(key, outcome);
        if (first.size === 2) controller.abort();
      }, controller.signal),
    );
    expect(first.size).toBeLessThan(6);
    expect(existsSync(path.join(folder, 'report', `ray-${plan.code}`, 'tune'))).toBe(true);
    const outcomes = new Map<string, Outcome>();
    await searchOnRay(
      program,
      plan,
      search,
      options(({ key }, outcome) => outcomes.set(key, outcome)),
    );
    expect(outcomes.size).toBe(6);
    for (const [key, { status }] of first) {
      if (status === 'done') expect(outcomes.get(key)?.status).toBe('done');
    }
    const all = [...outcomes.values()];
    const done = all.filter(({ status }) => status === 'done');
    const stopped = all.filter(({ status }) => status === 'stopped');
    expect(done.length).toBeGreaterThanOrEqual(1);
    expect(done.length + stopped.length).toBe(6);
    for (const { progress } of done) expect(progress).toHaveLength(4);
    for (const { figures } of stopped) expect(Number(figures?.step)).toBeLessThan(4);
  });
});
