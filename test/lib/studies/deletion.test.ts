import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { type DigitSet, digitPixels } from '../../../lib/data/digit-set';
import { createLinearModel } from '../../../lib/model/baselines';
import { createModel } from '../../../lib/model/mnist-model';
import {
  deletionCurve,
  deletionsStood,
  evenCount,
  probabilitiesOf,
  randomInk,
  rankInk,
  rankPixels,
  withoutPixels,
} from '../../../lib/studies/deletion';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { imagesToTensor } from '../../../lib/tensorflow/tensors';

/** Pictures half of whose pixels are blank. */
function noise(count: number, seed: number): DigitSet {
  const random = seededRandom(seed);
  const grey = () => (random.uniform() < 0.5 ? 0 : 1 + random.integer(255));
  return {
    images: Uint8Array.from({ length: count * digitPixels }, grey),
    labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
    count,
  };
}

let tensors = 0;
let network: tf.Sequential;

beforeAll(async () => {
  await startTensorflow();
  tensors = tf.memory().numTensors;
  network = createModel({ hiddenUnits: 16, seed: 3 });
  tf.tidy(() => {
    const [kernel, , output, bias] = network.getWeights();
    network.setWeights([kernel, tf.randomNormal([16], 0, 0.3, 'float32', 4), output, bias]);
  });
});

afterAll(() => {
  network.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
});

const pixels = (set: DigitSet, index: number) =>
  Array.from(set.images.subarray(index * digitPixels, (index + 1) * digitPixels));

test('rankPixels() puts the largest first', () => {
  expect(rankPixels([0.5, -3, 2, 0])).toEqual([2, 0, 3, 1]);
});

test('rankInk() leaves blank paper out, whatever is attributed to it', () => {
  expect(rankInk([0.5, 9, 2, -1], [7, 0, 255, 1])).toEqual([2, 0, 3]);
});

test('randomInk() names each pixel with ink once, by the seed', () => {
  const grey = pixels(noise(1, 6), 0);
  const order = randomInk(grey, seededRandom(1));
  const inked = [...grey.keys()].filter((pixel) => grey[pixel] > 0);
  expect([...order].sort((a, b) => a - b)).toEqual(inked);
  expect(randomInk(grey, seededRandom(1))).toEqual(order);
  expect(randomInk(grey, seededRandom(2))).not.toEqual(order);
});

test('withoutPixels() turns the first pixels of an order to paper, in a copy', () => {
  const grey = [7, 8, 9, 10];
  expect(Array.from(withoutPixels(grey, [2, 0, 1], 2))).toEqual([0, 8, 0, 10]);
  expect(Array.from(withoutPixels(grey, [2], 9))).toEqual([7, 8, 0, 10]);
  expect(grey).toEqual([7, 8, 9, 10]);
  expect(() => withoutPixels(grey, [2], -1)).toThrow('Cannot delete pixels: count must be');
});

describe('deletionCurve()', () => {
  test('is the mean probability of the labels without the first pixels', () => {
    const digits = noise(4, 7);
    const before = Uint8Array.from(digits.images);
    const orders = [1, 2, 3, 4].map((seed) => Array.from(seededRandom(seed).permutation(784)));
    const curve = deletionCurve(network, digits, orders, [0, 50, 784]);
    const mean = (images: Uint8Array) => {
      const probabilities = probabilitiesOf(network, { ...digits, images });
      return probabilities.reduce((sum, probability) => sum + probability, 0) / 4;
    };
    const without = Uint8Array.from(digits.images, (grey, place) => {
      const index = Math.floor(place / 784);
      return orders[index].slice(0, 50).includes(place % 784) ? 0 : grey;
    });
    expect(curve[0]).toBeCloseTo(mean(digits.images), 6);
    expect(curve[1]).toBeCloseTo(mean(without), 6);
    expect(curve[2]).toBeCloseTo(mean(new Uint8Array(4 * 784)), 6);
    expect(digits.images).toEqual(before);
  });
  test('rejects orders that do not fit, and counts below 0', () => {
    expect(() => deletionCurve(network, noise(2, 1), [[1]], [1])).toThrow('Cannot delete pixels');
    expect(() => deletionCurve(network, noise(1, 1), [[1]], [-1])).toThrow('count must be a whole');
  });
});

test('evenCount() is no smaller than asked, and one of few numbers', () => {
  expect([1, 128, 129, 785].map(evenCount)).toEqual([128, 128, 256, 896]);
});

describe('deletionsStood()', () => {
  test('is the first count of deletions that takes the label below one half', () => {
    // Sure of class 3 while the first ten pixels hold at least six of ink, however dark.
    const detector = createLinearModel();
    const kernel = new Float32Array(digitPixels * 10);
    for (let pixel = 0; pixel < 10; pixel++) kernel[pixel * 10 + 3] = 100;
    tf.tidy(() => {
      const bias = tf.tensor1d([0, 0, 0, -550, 0, 0, 0, 0, 0, 0]);
      detector.setWeights([tf.tensor2d(kernel, [digitPixels, 10]), bias]);
    });
    const images = new Uint8Array(2 * digitPixels).fill(255);
    const digits = { images, labels: Uint8Array.of(3, 3), count: 2 };
    const orders = [
      [0, 700, 1, 2, 3, 4, 5],
      [700, 701, 0],
    ];
    // Five of the ten must go: the sixth deletion of the first order; the second never gets there.
    expect(deletionsStood(detector, digits, orders)).toEqual([6, 4]);
    detector.dispose();
  });
  test('rejects orders that do not fit', () => {
    expect(() => deletionsStood(network, noise(2, 1), [[1]])).toThrow('Cannot delete pixels');
  });
});

test('probabilitiesOf() gives the probability of each label', () => {
  const digits = noise(3, 8);
  const all = tf.tidy(() => (network.predict(imagesToTensor(digits)) as tf.Tensor2D).arraySync());
  const chosen = probabilitiesOf(network, digits);
  [0, 1, 2].forEach((index) => {
    expect(chosen[index]).toBeCloseTo(all[index][index], 6);
  });
});
