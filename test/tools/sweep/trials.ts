/** Plans of trials that go wrong, for the tests of the engines. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { hashOfFiles } from '../../../tools/hashes';
import { processes } from '../../../tools/setup/process-table.mjs';
import type { Plan } from '../../../tools/sweep/plan';
import { findProgram } from '../../../tools/sweep/programs';

/** @returns a plan with one trial for each fault, named by it */
export function faultyPlan(folder: string, faults: readonly string[], more: Partial<Plan> = {}): Plan {
  const trials = faults.map((fault, index) => ({
    index,
    setting: { fault },
    key: `key-${fault}`,
    args: ['test/tools/sweep/faulty.mjs', folder, fault, fault],
  }));
  const code = hashOfFiles(findProgram('mnist').code);
  return {
    ...{ program: 'mnist', code, trials, store: path.join(folder, 'store'), limit: 60, retries: 2 },
    ...more,
  };
}

/** @returns how often a trial was started */
export function startsOf(folder: string, fault: string): number {
  return readFileSync(path.join(folder, fault), 'utf8').length;
}

/** @returns the processes that have made a trial, one for each start */
export function pidsOf(folder: string, fault: string): number[] {
  return readFileSync(path.join(folder, `${fault}.pids`), 'utf8')
    .trim()
    .split('\n')
    .map(Number);
}

/** @returns the processes that descend from this one */
export function descendants(): ReturnType<typeof processes> {
  const all = processes();
  const below = (pid: number): typeof all =>
    all.filter(({ parent }) => parent === pid).flatMap((one) => [one, ...below(one.pid)]);
  return below(process.pid);
}
