/** `on-ray.ts FOLDER ADDRESS FAULT…`: trials that go wrong on a Ray that runs; prints what became of each, as JSON. */
import * as path from 'node:path';
import { runOnRay } from '../../../tools/sweep/ray';
import { rowsOf } from '../../../tools/sweep/results';
import type { Outcome } from '../../../tools/sweep/run-trial';
import { faultyPlan } from './trials';

async function run(folder: string, address: string, faults: string[]): Promise<void> {
  const plan = faultyPlan(folder, faults);
  const outcomes = new Map<string, Outcome>();
  const said: string[] = [];
  await runOnRay(plan, plan.trials, {
    ...{ folder: path.join(folder, 'report'), jobs: 2, address, signal: new AbortController().signal },
    say: (line) => void said.push(line),
    onOutcome: ({ key }, outcome) => void outcomes.set(key, outcome),
  });
  console.log(JSON.stringify({ said, came: rowsOf(plan, outcomes).map(({ status }) => status) }));
}

const [folder, address, ...faults] = process.argv.slice(2);
run(folder, address, faults);
