import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attempt, LineReader } from '../../../tools/sweep/attempt';
import { runLocally } from '../../../tools/sweep/local';
import { type Outcome, readOutcome } from '../../../tools/sweep/run-trial';
import { faultyPlan, startsOf } from './trials';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sweep-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

test('LineReader takes whole lines alone, however they are cut, and passes over what is none of a trial', () => {
  const reader = new LineReader();
  const text = `1\n{"type":"progress","done":1,"of":2,"figures":{"loss":1}}\nnull\n{"type":"done"}\n{"é":1}\n{"type":"done","figures":{"loss":2}}\n{"type":"failed","why":"crashed"}`;
  for (const byte of Buffer.from(text)) reader.take(Buffer.from([byte]));
  expect(reader.progress).toEqual([{ loss: 1 }]);
  expect(reader.last).toEqual({ type: 'done', figures: { loss: 2 } });
  expect(reader.torn).toBe('{"type":"failed","why":"crashed"}');
});

test('runLocally() makes trials that crash, die, or print half a line again, and loses none of the others', {
  timeout: 300_000,
}, async () => {
  const faults = ['none', 'crash', 'half', 'killed', 'late', 'diverged', 'refused', 'always-crash'];
  const plan = faultyPlan(folder, faults);
  const found = new Map<string, Outcome>();
  await runLocally(plan, plan.trials, 2, {
    signal: never,
    onOutcome: ({ setting }, outcome) => found.set(setting.fault, outcome),
  });
  const come = faults.map((fault) => [fault, found.get(fault)?.status, startsOf(folder, fault)]);
  expect(come).toEqual([
    ['none', 'done', 1],
    ['crash', 'done', 2],
    ['half', 'done', 2],
    ['killed', 'done', 2],
    ['late', 'done', 2],
    // Which would do so each time.
    ['diverged', 'diverged', 1],
    ['refused', 'refused', 1],
    ['always-crash', 'failed', 3],
  ]);
  expect(found.get('none')).toMatchObject({
    figures: { validationLoss: 0.2 },
    progress: [{ validationLoss: 2 }],
  });
  expect(found.get('crash')?.earlier[0].message).toContain('a crash that was asked for');
  expect(found.get('half')?.earlier[0].message).toContain('after half a line ({"type":"done","figures":');
  expect(found.get('late')?.earlier[0].message).toContain('status 1');
  expect(found.get('refused')?.message).toBe('No such rate.');
  for (const trial of plan.trials) expect(readOutcome(plan, trial)).toEqual(found.get(trial.setting.fault));
});

test('a trial that hangs is ended, with all that it started, and made again', {
  timeout: 300_000,
}, async () => {
  const plan = faultyPlan(folder, ['hang'], { limit: 6, retries: 5 });
  const found: Outcome[] = [];
  await runLocally(plan, plan.trials, 1, { signal: never, onOutcome: (_, outcome) => found.push(outcome) });
  expect(found[0]).toMatchObject({ status: 'done' });
  expect(found[0].earlier[0]).toMatchObject({ ended: 'timed out', message: 'It took more than 6 s.' });
});

test('an interrupt ends what runs and keeps nothing of it', { timeout: 300_000 }, async () => {
  const plan = faultyPlan(folder, ['always-hang', 'none']);
  const controller = new AbortController();
  const { args } = plan.trials[0];
  const hanging = attempt(args, {
    limit: 60,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  expect((await hanging).ended).toBe('interrupted');
  const found: Outcome[] = [];
  await runLocally(plan, plan.trials, 1, {
    signal: controller.signal,
    onOutcome: (_, outcome) => found.push(outcome),
  });
  expect(found).toEqual([]);
  expect(readdirSync(folder)).toEqual(['always-hang', 'always-hang.pids']);
});

test('a result that cannot be kept ends the sweep with a line that says so', async () => {
  const plan = faultyPlan(folder, ['none', 'crash']);
  writeFileSync(plan.store, 'a file in its place');
  const run = runLocally(plan, plan.trials, 1, { signal: never, onOutcome: () => expect.unreachable() });
  await expect(run).rejects.toThrow(
    /^Cannot keep the result of a trial: .*; free space, or name another folder: --out$/,
  );
  expect(readdirSync(folder)).not.toContain('crash');
});

test("half a result, or another trial's, counts as none", () => {
  const plan = faultyPlan(folder, ['none']);
  rmSync(plan.store, { recursive: true, force: true });
  expect(readOutcome(plan, plan.trials[0])).toBeUndefined();
  const at = faultyPlan(folder, ['none'], { store: folder });
  writeFileSync(path.join(folder, 'key-none.json'), '{"key":"key-none","sta');
  expect(readOutcome(at, at.trials[0])).toBeUndefined();
  writeFileSync(path.join(folder, 'key-none.json'), '{"key":"another"}');
  expect(readOutcome(at, at.trials[0])).toBeUndefined();
});
