import { afterEach, describe, expect, test, vi } from 'vitest';
import type { TrainingProgress, TrainingView } from '../../../lib/training/history';
import { runTraining } from '../../../lib/training/loop';
import { meansOf } from '../../../lib/training/measures';
import type { Trainer } from '../../../lib/training/trainer';

/** A trainer of five examples that learns nothing and remembers its batches. */
function fiveExamples(losses: (step: number) => number = () => 1) {
  const batches: number[][] = [];
  const trainer: Trainer = {
    fused: false,
    labels: ['loss', 'acc'],
    count: 5,
    step(batch) {
      batches.push(Array.from(batch));
      return [losses(batches.length) * batch.length, 0.5 * batch.length];
    },
    sync() {},
    dispose() {},
  };
  return { trainer, batches };
}

const how = { batchSize: 2, seed: 1 };

/** Replaces the clock, so that nothing here depends on the machine's speed. */
function controlledClock() {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  return (milliseconds: number) => {
    now += milliseconds;
  };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('runTraining()', () => {
  test('says after each update where the training stands', async () => {
    const { trainer } = fiveExamples((step) => step);
    const seen: TrainingProgress[] = [];
    await runTraining(trainer, { ...how, epochs: 2, view: { onStep: (one) => void seen.push(one) } });
    const column = (name: keyof TrainingProgress) => seen.map((one) => one[name]);
    expect(column('epoch')).toEqual([1, 1, 1, 2, 2, 2]);
    expect(column('step')).toEqual([1, 2, 3, 1, 2, 3]);
    expect(column('examples')).toEqual([2, 4, 5, 7, 9, 10]);
    expect(new Set(column('steps'))).toEqual(new Set([3]));
    expect(new Set(column('examplesPerEpoch'))).toEqual(new Set([5]));
    // Batches of 2, 2 and 1 with the losses 1, 2, 3; then 4, 5, 6.
    const expected = [1, 6 / 4, 9 / 5, 4, 18 / 4, 24 / 5];
    for (const [index, loss] of column('loss').entries()) expect(loss).toBeCloseTo(expected[index], 12);
    expect(new Set(column('accuracy'))).toEqual(new Set([0.5]));
  });

  test('takes every example once an epoch, in their own order without shuffling', async () => {
    const { trainer, batches } = fiveExamples();
    await runTraining(trainer, { ...how, epochs: 2, shuffle: false });
    expect(batches).toEqual([[0, 1], [2, 3], [4], [0, 1], [2, 3], [4]]);
    const shuffled = fiveExamples();
    await runTraining(shuffled.trainer, { ...how, epochs: 2 });
    const epochs = [shuffled.batches.slice(0, 3).flat(), shuffled.batches.slice(3).flat()];
    for (const order of epochs) expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(epochs[1]).not.toEqual(epochs[0]);
  });

  test.each([1, 2, 3, 4, 6])('does not count the epoch in which update %i diverges', async (last) => {
    const { trainer, batches } = fiveExamples((step) => (step === last ? Number.NaN : 1));
    const onEpoch = vi.fn();
    const history = await runTraining(trainer, { ...how, epochs: 5, view: { onEpoch } });
    expect(batches).toHaveLength(last);
    const whole = Math.floor((last - 1) / 3);
    expect(history.epochs).toHaveLength(whole);
    expect(onEpoch).toHaveBeenCalledTimes(whole);
    expect(history.stopped).toMatchObject({ why: 'diverged', epoch: whole + 1, step: last - 3 * whole });
  });

  test('makes no update when the signal has come before the first', async () => {
    const { trainer, batches } = fiveExamples();
    const history = await runTraining(trainer, { ...how, epochs: 5, signal: AbortSignal.abort() });
    expect(batches).toEqual([]);
    expect([history.steps, history.epochs.length]).toEqual([0, 0]);
    expect(history.stopped).toMatchObject({ why: 'interrupted', epoch: 1, step: 0 });
  });

  test('was not stopped early when it is told to stop after its last epoch', async () => {
    for (const [epochs, stopped] of [
      [1, undefined],
      [2, { why: 'model.stopTraining', epoch: 1, step: 3 }],
    ] as const) {
      const { trainer } = fiveExamples();
      let isStopped = false;
      const onEpoch: TrainingView['onEpoch'] = () => {
        isStopped = true;
      };
      const options = { ...how, epochs, isStopped: () => isStopped, view: { onEpoch } };
      const history = await runTraining(trainer, options);
      if (stopped) expect(history.stopped).toMatchObject(stopped);
      else expect(history.stopped).toBeUndefined();
    }
  });

  test('counts the seconds of an epoch without its validation, those of the training with it', async () => {
    const pass = controlledClock();
    const { trainer } = fiveExamples();
    const step = trainer.step.bind(trainer);
    const timed: Trainer = {
      ...trainer,
      step(batch) {
        pass(10);
        return step(batch);
      },
      validation: {
        count: 4,
        measure() {
          pass(1000);
          return [8, 3];
        },
      },
    };
    const history = await runTraining(timed, { ...how, epochs: 2 });
    for (const { seconds } of history.epochs) expect(seconds).toBeCloseTo(0.03, 12);
    expect(history.seconds).toBeCloseTo(2.06, 12);
    expect(history.epochs[0]).toMatchObject({ validationLoss: 2, validationAccuracy: 0.75 });
  });

  test.each([
    [0, 'not at all while no time passes', 0],
    [10, 'not within 30 ms', 0],
    [16, 'once 30 ms have passed', 1],
    [31, 'before every update but the first', 2],
  ])('where an update takes %i ms, lets the process do other things %s', async (takes, _, turns) => {
    const pass = controlledClock();
    const { trainer, batches } = fiveExamples();
    const step = trainer.step.bind(trainer);
    // Something else that wants to run, over and over.
    let others = 0;
    let waiting = setImmediate(function again() {
      others++;
      waiting = setImmediate(again);
    });
    const before: number[] = [];
    const timed: Trainer = {
      ...trainer,
      step(batch) {
        before.push(others);
        pass(takes);
        return step(batch);
      },
    };
    await runTraining(timed, { ...how, epochs: 1 });
    clearImmediate(waiting);
    expect(batches).toHaveLength(3);
    expect(new Set(before).size - 1).toBe(turns);
  });
});

describe('meansOf()', () => {
  test('divides each sum by the number of examples, and names it', () => {
    expect(meansOf(['loss', 'acc', 'mse'], [6, 3, 9], 4)).toEqual({
      loss: 1.5,
      accuracy: 0.75,
      metrics: { acc: 0.75, mse: 2.25 },
    });
  });

  test('has no accuracy where none was measured', () => {
    expect(meansOf(['loss'], [6], 4)).toEqual({ loss: 1.5, accuracy: Number.NaN, metrics: {} });
  });
});
