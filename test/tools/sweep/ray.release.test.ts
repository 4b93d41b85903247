/** Sweeps on a Ray whose workers and nodes die, beyond what `ray.slow.test.ts` tries: minutes. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../../lib/base/project-root';
import { seededRandom } from '../../../lib/base/random';
import { processes } from '../../../tools/setup/process-table.mjs';
import { pythonOf } from '../../../tools/setup/project.mjs';
import { runOnRay } from '../../../tools/sweep/ray';
import { rowsOf } from '../../../tools/sweep/results';
import type { Outcome } from '../../../tools/sweep/run-trial';
import { loopbackAlone, noRay, ownRay } from './own-ray';
import { descendants, faultyPlan, pidsOf, startsOf } from './trials';

describe.skipIf(noRay)(`a Ray of its own${noRay}`, { timeout: 900_000 }, () => {
  const place = ownRay();

  test('a worker killed at random every few seconds costs no trial, and leaves none behind', async () => {
    const { folder, options } = place;
    const faults = Array.from({ length: 8 }, (_, index) => `wait-2000-${index}`);
    const plan = faultyPlan(folder, faults, { retries: 50 });
    const random = seededRandom(1, 'workers that are killed');
    let killed = 0;
    const timer = setInterval(() => {
      const workers = descendants().filter(({ name }) => /^ray::make/.test(name));
      if (killed >= 6 || workers.length === 0) return;
      process.kill(workers[random.integer(workers.length)].pid, 'SIGKILL');
      killed++;
    }, 2500);
    const outcomes = new Map<string, Outcome>();
    await runOnRay(
      plan,
      plan.trials,
      options(({ key }, outcome) => outcomes.set(key, outcome)),
    ).finally(() => clearInterval(timer));
    expect(killed).toBeGreaterThan(1);
    expect(rowsOf(plan, outcomes).map(({ status }) => status)).toEqual(faults.map(() => 'done'));
    const starts = faults.reduce((sum, fault) => sum + startsOf(folder, fault), 0);
    expect(starts).toBeGreaterThan(faults.length);
    const pids = faults.flatMap((fault) => pidsOf(folder, fault));
    expect(processes().filter(({ pid }) => pids.includes(pid))).toEqual([]);
  });

  test('a node that is lost with all that it runs costs no trial: the other one makes it again', async () => {
    const { folder } = place;
    const faults = ['hang', 'none', 'crash', 'wait-2000'];
    const [program, ...rest] = [
      ...loopbackAlone,
      pythonOf(path.join(projectRoot(), '.sweep-venv')),
      'test/tools/sweep/cluster.py',
      ...['--lose', path.join(folder, 'hang.pids')],
      ...[process.execPath, '--import', 'tsx', 'test/tools/sweep/on-ray.ts', folder, '@', ...faults],
    ];
    const { stdout } = await promisify(execFile)(program, rest, { cwd: projectRoot(), timeout: 300_000 });
    const { said, came } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(said).toEqual(['Ray is ready, 3 nodes']);
    expect(came).toEqual(faults.map(() => 'done'));
    expect(startsOf(folder, 'hang')).toBe(2);
  });
});
