import { beforeAll, describe, expect, it, vi } from 'vitest';
import { share } from '../../../lib/base/contract';
import { seededRandom } from '../../../lib/base/random';
import type { DigitSet } from '../../../lib/data/digit-set';
import { firstDigits, selectDigits } from '../../../lib/data/digits';
import { loadMnist } from '../../../lib/data/mnist';
import { accuracy, argMax } from '../../../lib/network/metrics';
import { pairDigits, pairPixels } from '../../../lib/studies/digit-pairs';
import { digitNames, encodeName, pairNames } from '../../../lib/studies/names';
import { embedNames, embedPictures, groupLoss } from '../../../lib/studies/tower-embeddings';
import { createTowers, trainTowers } from '../../../lib/studies/two-towers';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { imagesToTensor } from '../../../lib/tensorflow/tensors';
import { apart } from '../../samples/fused-models';

beforeAll(() => startTensorflow());

describe('createTowers()', () => {
  it('has the parameters that its layers say, and as many outputs as asked for', () => {
    const towers = createTowers({ embeddingSize: 5 });
    expect(towers.pictures.countParams()).toBe(784 * 128 + 128 + 128 * 5 + 5);
    expect(towers.names.countParams()).toBe(130 * 32 + 32 + 32 * 5 + 5);
    towers.dispose();
  });

  it('has as many inputs as the pictures have pixels, and the names letters or ids', () => {
    const options = { pixels: pairPixels, names: pairNames, embeddingSize: 4 };
    const [spelt, numbered] = (['letters', 'ids'] as const).map((code) => createTowers({ ...options, code }));
    expect(spelt.pictures.inputs[0].shape).toEqual([null, 28 * 56]);
    expect(spelt.names.inputs[0].shape).toEqual([null, 260]);
    expect(numbered.names.inputs[0].shape).toEqual([null, 100]);
    for (const one of [spelt, numbered]) one.dispose();
  });

  it('refuses a name that comes twice', () => {
    expect(() => createTowers({ names: ['one', 'two', 'one'] })).toThrow("the name 'one' comes twice");
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
    train = firstDigits(all.train, 6000);
    test = firstDigits(all.validation, 2000);
  });
  const trained = async (options = {}) => {
    const towers = createTowers();
    const { losses } = await trainTowers(towers, train, { epochs: 1, ...options });
    const [u, v] = [await embedPictures(towers, test), await embedNames(towers)];
    towers.dispose();
    return { losses, u, v };
  };

  // Over seeds 1 … 5, with 6,000 digits and one pass: 87.6 … 90.4 %.
  it('names at least 84 % of digits it has not seen after one pass, and leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    const { u, v } = await trained();
    const guesses = u.map((row) => argMax(v.map((w) => w.reduce((s, x, d) => s + x * row[d], 0))));
    expect(accuracy(guesses, test.labels)).toBeGreaterThanOrEqual(0.84);
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
    const options = { epochs: 1, groups: 1, temperature: 0.2 };
    const {
      losses: [loss],
    } = await trainTowers(towers, digits, options);
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
          const v = twins.names.apply(tf.tensor2d(digitNames.map((name) => encodeName(name)))) as tf.Tensor2D;
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

  it('learns the temperature when told to, and else leaves it as it is', async () => {
    const towers = createTowers();
    const small = firstDigits(train, 1000);
    expect((await trainTowers(towers, small, { temperature: 0.5 })).temperature).toBeCloseTo(0.5, 12);
    const { temperature } = await trainTowers(towers, small, { temperature: 1, temperatureRate: 0.01 });
    // From 1, where the loss cannot fall below 1.38, it can only gain by going down.
    expect(temperature).toBeLessThan(0.95);
    towers.dispose();
  });

  it('takes no part of what is left out', async () => {
    const [one, other] = [createTowers({ code: 'ids' }), createTowers({ code: 'ids' })];
    const small = firstDigits(train, 1000);
    const sevens = { ...small, images: small.images.slice() };
    small.labels.forEach((label, index) => {
      if (label === 7) sevens.images.fill(9, index * 784, (index + 1) * 784);
    });
    await trainTowers(one, small, { epochs: 1, without: [7] });
    await trainTowers(other, sevens, { epochs: 1, without: [7] });
    const [a, b] = [one, other].map(({ pictures }) => Array.from(pictures.getWeights()[0].dataSync()));
    expect(a).toEqual(b);
    for (const towers of [one, other]) towers.dispose();
  });

  // Over seeds 1 … 5: 67 … 73 %; by ids nothing can be known of a name that was left out.
  it('reads combinations of two digits that it never saw, by their letters', async () => {
    const held = [4, 18, 27, 35, 50, 61, 73, 89, 96, 42];
    const kept = [...pairNames.keys()].filter((label) => !held.includes(label));
    const pictures = pairDigits(train, { count: 6000, seed: 1, labels: kept });
    const unseen = pairDigits(test, { count: 500, seed: 2, labels: held });
    const shareOf = async (code: 'letters' | 'ids') => {
      const towers = createTowers({ pixels: pairPixels, names: pairNames, embeddingSize: 32, code });
      await trainTowers(towers, pictures, { pairs: 30, groups: 2, learningRate: 0.004, without: held });
      const [u, v] = [await embedPictures(towers, unseen), await embedNames(towers)];
      towers.dispose();
      const guesses = u.map((row) => argMax(v.map((w) => w.reduce((s, x, d) => s + x * row[d], 0))));
      return accuracy(guesses, unseen.labels);
    };
    expect(await shareOf('letters')).toBeGreaterThan(0.6);
    expect(await shareOf('ids')).toBeLessThan(0.02);
  });

  it('returns what was learnt when the cell is interrupted, and says so', async () => {
    const controller = new AbortController();
    share('interrupt', controller.signal);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      const towers = createTowers();
      const before = Array.from(towers.pictures.getWeights()[0].dataSync());
      setTimeout(() => controller.abort(), 100);
      const { losses } = await trainTowers(towers, train, { epochs: 1000 });
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
      [{ pairs: 11 }, 'pairs must be'],
      [{ pairs: 1 }, 'pairs must be'],
      [{ temperatureRate: -1 }, 'temperatureRate must be > 0, got -1'],
    ];
    for (const [options, message] of wrong) {
      await expect(trainTowers(towers, train, options)).rejects.toThrow(message);
    }
    expect(() => createTowers({ size: 3 } as object)).toThrow("there is no option 'size'");
    const ones = { ...train, labels: train.labels.map(() => 1) };
    await expect(trainTowers(towers, ones)).rejects.toThrow(/no picture with the name 'zero'/);
    towers.dispose();
  });
});
