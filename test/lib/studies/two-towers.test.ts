import { beforeAll, describe, expect, it, vi } from 'vitest';
import { share } from '../../../lib/base/contract';
import { mixedSeed, seededRandom } from '../../../lib/base/random';
import type { DigitSet } from '../../../lib/data/digit-set';
import { selectDigits } from '../../../lib/data/digits';
import { loadMnist } from '../../../lib/data/mnist';
import { contrastiveLoss } from '../../../lib/network/contrastive';
import { accuracy, argMax } from '../../../lib/network/metrics';
import {
  createTowers,
  digitNames,
  embedNames,
  embedPictures,
  encodeName,
  groupLoss,
  trainTowers,
} from '../../../lib/studies/two-towers';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { imagesToTensor } from '../../../lib/tensorflow/tensors';
import { apart } from '../../samples/fused-models';

beforeAll(() => startTensorflow());

describe('encodeName()', () => {
  it('puts one 1 into the 26 numbers of each letter', () => {
    const code = encodeName('abz');
    expect(code.length).toBe(130);
    expect(code.flatMap((value, place) => (value ? [place] : []))).toEqual([0, 27, 77]);
  });

  it('tells all names apart', () => {
    expect(new Set(digitNames.map((name) => encodeName(name).join())).size).toBe(10);
  });

  it.each(['', 'eleven', 'Zero', 'x y'])('refuses %j', (name) => {
    expect(() => encodeName(name)).toThrow(`1 … 5 letters a … z, got '${name}'`);
  });
});

describe('groupLoss()', () => {
  it('equals contrastiveLoss(), averaged over the groups', async () => {
    const names = tf.randomNormal([4, 3], 0, 1, 'float32', 1) as tf.Tensor2D;
    const pictures = tf.randomNormal([2, 4, 3], 0, 1, 'float32', 2) as tf.Tensor3D;
    const measured = groupLoss(pictures, names, 0.3);
    const v = await names.array();
    const groups = await pictures.array();
    const own = groups.map((u) => contrastiveLoss(u, v, 0.3));
    expect((await measured.data())[0]).toBeCloseTo((own[0] + own[1]) / 2, 5);
    tf.dispose([names, pictures, measured]);
  });
});

describe('createTowers()', () => {
  it('has the parameters that its layers say, and as many outputs as asked for', () => {
    const towers = createTowers({ embeddingSize: 5 });
    expect(towers.pictures.countParams()).toBe(784 * 128 + 128 + 128 * 5 + 5);
    expect(towers.names.countParams()).toBe(130 * 32 + 32 + 32 * 5 + 5);
    towers.dispose();
  });

  it('draws each layer as TensorFlow does from the mixed seed', () => {
    const towers = createTowers({ embeddingSize: 5, seed: 3 });
    for (const name of ['pictures', 'names'] as const) {
      const [hidden, , output] = towers[name].getWeights();
      for (const [kernel, place] of [[hidden, 'hidden'] as const, [output, 'output'] as const]) {
        const seed = mixedSeed(3, `weights of ${name}, ${place}`);
        const expected = tf.initializers.glorotUniform({ seed }).apply(kernel.shape);
        expect(kernel.dataSync()).toEqual(expected.dataSync());
        expected.dispose();
      }
    }
    towers.dispose();
  });

  it('refuses an embedding without dimensions', () => {
    expect(() => createTowers({ embeddingSize: 0 })).toThrow(/embeddingSize must be .* got 0/);
  });
});

describe('trainTowers()', () => {
  let train: DigitSet;
  let test: DigitSet;
  beforeAll(async () => {
    const all = await loadMnist();
    train = selectDigits(
      all.train,
      Array.from({ length: 6000 }, (_, index) => index),
    );
    test = selectDigits(
      all.test,
      Array.from({ length: 2000 }, (_, index) => index),
    );
  });
  const trained = async (options = {}) => {
    const towers = createTowers();
    const losses = await trainTowers(towers, train, { epochs: 1, ...options });
    const [u, v] = [await embedPictures(towers, test), await embedNames(towers)];
    towers.dispose();
    return { losses, u, v };
  };

  // Over seeds 1 … 6, with 6,000 digits and one pass: 84.2 … 87.7 %.
  it('names at least 80 % of digits it has not seen after one pass, and leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    const { u, v } = await trained();
    const guesses = u.map((row) => argMax(v.map((w) => w.reduce((s, x, d) => s + x * row[d], 0))));
    expect(accuracy(guesses, test.labels)).toBeGreaterThanOrEqual(0.8);
    expect(Math.hypot(...u[0])).toBeCloseTo(1, 5);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('repeats itself with the same seed, and not with another', async () => {
    const first = await trained();
    const again = await trained();
    expect(again.losses[0]).toBeCloseTo(first.losses[0], 4);
    expect((await trained({ seed: 2 })).losses[0]).not.toBeCloseTo(first.losses[0], 4);
  });

  it('makes the steps of TensorFlow.js’s Adam on its own gradient of groupLoss()', async () => {
    const digits = selectDigits(
      train,
      Array.from({ length: 60 }, (_, index) => index),
    );
    const [towers, twins] = [createTowers({ embeddingSize: 4 }), createTowers({ embeddingSize: 4 })];
    const [loss] = await trainTowers(towers, digits, { epochs: 1, groups: 1, temperature: 0.2 });
    const order = seededRandom(1, 'order').permutation(60);
    const piles = digitNames.map((_, digit) =>
      Array.from(order).filter((index) => digits.labels[index] === digit),
    );
    const groups = Math.min(...piles.map(({ length }) => length));
    const optimizer = tf.train.adam(0.002);
    const losses: number[] = [];
    for (let group = 0; group < groups; group++) {
      const batch = selectDigits(
        digits,
        piles.map((pile) => pile[group]),
      );
      const cost = optimizer.minimize(
        () => {
          const pixels = imagesToTensor(batch);
          const u = (twins.pictures.apply(pixels) as tf.Tensor).reshape([1, 10, 4]);
          const v = twins.names.apply(tf.tensor2d(digitNames.map(encodeName))) as tf.Tensor2D;
          return groupLoss(u as tf.Tensor3D, v, 0.2);
        },
        true,
        [twins.pictures, twins.names].flatMap(({ trainableWeights }) =>
          trainableWeights.map((weight) => weight.read() as tf.Variable),
        ),
      ) as tf.Scalar;
      losses.push(cost.dataSync()[0]);
      cost.dispose();
    }
    const weights = (model: tf.Sequential) => model.getWeights().flatMap((one) => Array.from(one.dataSync()));
    expect(groups).toBeGreaterThan(2);
    expect(loss).toBeCloseTo(losses.reduce((sum, one) => sum + one, 0) / groups, 5);
    for (const name of ['pictures', 'names'] as const) {
      expect(apart(weights(towers[name]), weights(twins[name]))).toBeLessThan(1e-5);
    }
    optimizer.dispose();
    towers.dispose();
    twins.dispose();
  });

  it('returns what was learnt when the cell is interrupted, and says so', async () => {
    const controller = new AbortController();
    share('interrupt', controller.signal);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      const towers = createTowers();
      const before = Array.from(towers.pictures.getWeights()[0].dataSync());
      setTimeout(() => controller.abort(), 100);
      const losses = await trainTowers(towers, train, { epochs: 1000 });
      expect(losses.length).toBeLessThan(1000);
      expect(warn.mock.calls[0][0]).toMatch(/^Training was interrupted in epoch \d+ of 1000/);
      expect(Array.from(towers.pictures.getWeights()[0].dataSync())).not.toEqual(before);
      towers.dispose();
    } finally {
      share('interrupt', undefined as never);
      warn.mockRestore();
    }
  });

  it('refuses options that are out of range and names without a digit', async () => {
    const towers = createTowers();
    await expect(trainTowers(towers, train, { temperature: 0 })).rejects.toThrow(/temperature/);
    await expect(trainTowers(towers, train, { epochs: 0 })).rejects.toThrow(/epochs/);
    const wrong: [object, string][] = [
      [{ signal: AbortSignal.abort() }, "there is no option 'signal'"],
      [{ loss: 'repel' }, 'loss must be one of contrast, attract'],
      [{ names: ['one', 'two', 'one'] }, "the name 'one' comes twice"],
    ];
    for (const [options, message] of wrong) {
      await expect(trainTowers(towers, train, options)).rejects.toThrow(message);
    }
    expect(() => createTowers({ size: 3 } as object)).toThrow("there is no option 'size'");
    const ones = { ...train, labels: train.labels.map(() => 1) };
    await expect(trainTowers(towers, ones)).rejects.toThrow(/no digit with the name 'zero'/);
    towers.dispose();
  });
});
