import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import type { DigitSet } from '../../../lib/data/digit-set';
import { selectDigits } from '../../../lib/data/digits';
import { lossGradient, parameterVector, setParameterVector } from '../../../lib/model/loss-gradient';
import { createModel } from '../../../lib/model/mnist-model';
import {
  averageShards,
  type ShardGradient,
  startWorkers,
  type WorkerTeam,
} from '../../../lib/studies/data-parallel';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';

const random = seededRandom(7);
const digits: DigitSet = {
  images: Uint8Array.from({ length: 90 * 784 }, () => random.integer(256)),
  labels: Uint8Array.from({ length: 90 }, () => random.integer(10)),
  count: 90,
};
let model: tf.Sequential;

beforeAll(async () => {
  await startTensorflow();
  model = createModel({ hiddenUnits: 6 });
});
afterAll(() => model.dispose());

const distance = (some: ArrayLike<number>, others: ArrayLike<number>) =>
  Math.hypot(...Array.from(some, (value, index) => value - others[index])) /
  Math.hypot(...Array.from(others));

describe('lossGradient()', () => {
  test('is the slope of the loss, and leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    const start = parameterVector(model);
    const { gradient } = lossGradient(model, digits);
    expect(gradient).toHaveLength(6 * 785 + 10 * 7);
    // A step against the gradient lowers the loss by its squared length times the rate, one along it raises it.
    const lossAfter = (rate: number) => {
      setParameterVector(
        model,
        start.map((value, index) => value - rate * gradient[index]),
      );
      return lossGradient(model, digits).loss;
    };
    const rate = 1e-4;
    const fallen = lossAfter(-rate) - lossAfter(rate);
    setParameterVector(model, start);
    // Models of the seeds 1 … 10: off by 0.024 with this one, the first, by kinks of relu; by at most 0.0043 with others.
    expect(fallen / (2 * rate * Math.hypot(...gradient) ** 2)).toBeCloseTo(1, 1);
    expect(parameterVector(model)).toEqual(start);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('setParameterVector() takes as many numbers as there are', () => {
    expect(() => setParameterVector(model, new Float32Array(3))).toThrow(
      'Cannot set parameters: the model has 4780, got 3; take them from a model of the same sizes',
    );
  });
});

describe('averageShards()', () => {
  const shard = (count: number, loss: number, ...gradient: number[]): ShardGradient => ({
    count,
    loss,
    gradient: Float32Array.from(gradient),
    milliseconds: 1,
  });

  test('weighs each shard by its size', () => {
    const { loss, gradient } = averageShards([shard(1, 4, 0, 8), shard(3, 2, 4, 0)]);
    expect(loss).toBe(2.5);
    expect(Array.from(gradient)).toEqual([3, 2]);
  });

  test('complains of nothing and of different models', () => {
    expect(() => averageShards([])).toThrow(RangeError);
    expect(() => averageShards([shard(1, 1, 1), shard(1, 1, 1, 2)])).toThrow(
      'Cannot average gradients: all must have 1 numbers, got 2',
    );
  });
});

describe('startWorkers()', () => {
  let team: WorkerTeam;

  beforeAll(async () => {
    team = await startWorkers(4, model, digits);
  }, 60_000);
  afterAll(() => team?.stop());

  test('shares out the digits', () => {
    expect(team.holds).toEqual([23, 22, 23, 22]);
  });

  test.each([1, 2, 64, 90])('gives the gradient of a whole batch of %i', async (size) => {
    const parameters = parameterVector(model);
    const batch = seededRandom(size).permutation(digits.count).subarray(0, size);
    const shards = await team.gradients(parameters, batch);
    const whole = lossGradient(model, selectDigits(digits, batch));
    const together = averageShards(shards);
    expect(shards.reduce((sum, { count }) => sum + count, 0)).toBe(size);
    expect(distance(together.gradient, whole.gradient)).toBeLessThan(1e-6);
    expect(together.loss).toBeCloseTo(whole.loss, 5);
  });

  test('uses the parameters that it is given', async () => {
    const batch = Uint32Array.from([3, 40, 77]);
    const other = createModel({ hiddenUnits: 6, seed: 9 });
    const whole = lossGradient(other, selectDigits(digits, batch));
    const together = averageShards(await team.gradients(parameterVector(other), batch));
    other.dispose();
    expect(distance(together.gradient, whole.gradient)).toBeLessThan(1e-6);
  });

  test('says what is wrong, and works on', async () => {
    const parameters = parameterVector(model);
    const batch = Uint32Array.from([0, 89]);
    await expect(team.gradients(parameters, Uint32Array.from([0, 90]))).rejects.toThrow(
      'Cannot share a batch: digits are numbered 0 … 89, got 90',
    );
    await expect(team.gradients(parameters, new Uint32Array(0))).rejects.toThrow(RangeError);
    await expect(team.gradients(new Float32Array(2), batch)).rejects.toThrow(
      'A worker failed: Cannot set parameters: the model has 4780, got 2',
    );
    expect(await team.gradients(parameters, batch)).toHaveLength(2);
  });

  test('answers batches that are asked for at once, each with its own', async () => {
    const parameters = parameterVector(model);
    const batches = [Uint32Array.from([0, 50]), Uint32Array.from([1, 51])];
    const answers = await Promise.all(batches.map((batch) => team.gradients(parameters, batch)));
    answers.forEach((shards, index) => {
      const whole = lossGradient(model, selectDigits(digits, batches[index]));
      expect(distance(averageShards(shards).gradient, whole.gradient)).toBeLessThan(1e-6);
    });
  });
});

describe('the end of workers', () => {
  const childrenOf = () =>
    execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes('data-parallel-worker'))
      .map((line) => Number.parseInt(line, 10));

  test('stop() ends the processes, and says so to whoever asks again', async () => {
    const team = await startWorkers(2, model, digits);
    await team.stop();
    await team.stop();
    await expect(team.gradients(parameterVector(model), Uint32Array.from([0]))).rejects.toThrow(
      'The workers have been stopped; start the team anew',
    );
  }, 60_000);

  test('a worker that is killed fails its batch, with the remedy', async ({ skip }) => {
    skip(process.platform !== 'linux', 'the processes are found with ps of Linux');
    const team = await startWorkers(1, model, digits);
    const [pid] = childrenOf();
    const answer = team.gradients(parameterVector(model), Uint32Array.from([0]));
    process.kill(pid, 'SIGKILL');
    await expect(answer).rejects.toThrow(/^A worker ended \(SIGKILL\).*start the team anew$/);
    await team.stop();
    expect(childrenOf()).toEqual([]);
  }, 60_000);

  test('stop() ends a worker that hangs', async ({ skip }) => {
    skip(process.platform !== 'linux', 'the processes are found with ps of Linux');
    const team = await startWorkers(2, model, digits);
    const [hanging] = childrenOf();
    process.kill(hanging, 'SIGSTOP');
    await team.stop();
    expect(childrenOf()).toEqual([]);
  }, 60_000);

  test('an interrupted cell ends the workers that it uses', async ({ skip }) => {
    skip(process.platform !== 'linux', 'the processes are found with ps of Linux');
    const team = await startWorkers(2, model, digits);
    const place = globalThis as Record<symbol, unknown>;
    const controller = new AbortController();
    place[Symbol.for('descent.interrupt')] = controller.signal;
    try {
      const answer = team.gradients(parameterVector(model), Uint32Array.from([0, 89]));
      controller.abort();
      await expect(answer).rejects.toThrow('The workers have been stopped; start the team anew');
      await team.stop();
      expect(childrenOf()).toEqual([]);
    } finally {
      delete place[Symbol.for('descent.interrupt')];
    }
  }, 60_000);

  test('a cell that is interrupted while they start ends them too', async ({ skip }) => {
    skip(process.platform !== 'linux', 'the processes are found with ps of Linux');
    const place = globalThis as Record<symbol, unknown>;
    const controller = new AbortController();
    place[Symbol.for('descent.interrupt')] = controller.signal;
    try {
      const start = startWorkers(2, model, digits);
      controller.abort();
      await expect(start).rejects.toThrow('The workers have been stopped; start the team anew');
      expect(childrenOf()).toEqual([]);
    } finally {
      delete place[Symbol.for('descent.interrupt')];
    }
  }, 60_000);

  test('counts must be whole, and not more than there are digits', async () => {
    await expect(startWorkers(0, model, digits)).rejects.toThrow(RangeError);
    await expect(startWorkers(91, model, digits)).rejects.toThrow(
      'Cannot start workers: workers must be <= 90, the number of digits, got 91',
    );
  });
});
