import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { type DigitSet, digitPixels } from '../../../lib/data/digit-set';
import { createLinearModel } from '../../../lib/model/baselines';
import { createModel } from '../../../lib/model/mnist-model';
import {
  deletionCurve,
  inputTimesGradient,
  logits,
  occlusionMap,
  permutationImportance,
  probabilitiesOf,
  randomInk,
  rankPixels,
  scoreGradients,
  weightPictures,
  withoutPixels,
} from '../../../lib/studies/interpretability';
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
let linear: tf.Sequential;

beforeAll(async () => {
  await startTensorflow();
  tensors = tf.memory().numTensors;
  network = createModel({ hiddenUnits: 16, seed: 3 });
  linear = createLinearModel();
  tf.tidy(() => {
    linear.setWeights([
      tf.randomNormal([digitPixels, 10], 0, 0.1, 'float32', 1),
      tf.randomNormal([10], 0, 1, 'float32', 2),
    ]);
    const [kernel, , output, bias] = network.getWeights();
    network.setWeights([kernel, tf.randomNormal([16], 0, 0.3, 'float32', 4), output, bias]);
  });
});

afterAll(() => {
  network.dispose();
  linear.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
});

const scoresOf = (model: tf.Sequential, values: number[]) =>
  tf.tidy(() => Array.from(logits(model, tf.tensor2d([values])).dataSync()));
const pixels = (set: DigitSet, index: number) =>
  Array.from(set.images.subarray(index * digitPixels, (index + 1) * digitPixels));
const unit = (grey: number[]) => grey.map((value) => value / 255);

describe('logits()', () => {
  test('are what the softmax turns into the prediction', () => {
    for (const model of [network, linear]) {
      const [ofLogits, predicted] = tf.tidy(() => {
        const images = imagesToTensor(noise(5, 1));
        return [
          Array.from(tf.softmax(logits(model, images)).dataSync()),
          Array.from((model.predict(images) as tf.Tensor).dataSync()),
        ];
      });
      ofLogits.forEach((value, index) => {
        expect(value).toBeCloseTo(predicted[index], 6);
      });
    }
  });

  test('need a softmax at the end', () => {
    const other = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [784] })] });
    const images = tf.tensor2d([[1]]);
    expect(() => logits(other, images)).toThrow(
      'Cannot read the scores: the model must end in a Dense layer with softmax, got Dense with linear',
    );
    other.dispose();
    images.dispose();
  });
});

describe('scoreGradients() and inputTimesGradient()', () => {
  test('equal finite differences of the score', () => {
    const digits = noise(3, 2);
    const classes = [4, 0, 9];
    const before = Uint8Array.from(digits.images);
    const gradients = scoreGradients(network, digits, classes);
    const products = inputTimesGradient(network, digits, classes);
    for (const index of [0, 1, 2]) {
      const x = unit(pixels(digits, index));
      for (const pixel of [0, 99, 400, 783]) {
        // Small enough to pass no corner of a ReLU here, large enough for float32.
        const h = 0.01;
        const at = (by: number) =>
          scoresOf(
            network,
            x.map((v, i) => (i === pixel ? v + by : v)),
          );
        const slope = (at(h)[classes[index]] - at(-h)[classes[index]]) / (2 * h);
        expect(gradients[index][pixel]).toBeCloseTo(slope, 3);
        expect(products[index][pixel]).toBeCloseTo(x[pixel] * gradients[index][pixel], 6);
      }
    }
    expect(digits.images).toEqual(before);
  });

  test('of a linear model are its weights, and add up to score − bias', () => {
    const digits = noise(2, 3);
    const weights = weightPictures(linear.layers[0]);
    const [gradient] = scoreGradients(linear, digits, [7, 7]);
    gradient.forEach((slope, pixel) => {
      expect(slope).toBeCloseTo(weights[7][pixel], 6);
    });
    const bias = linear.getWeights()[1].dataSync();
    inputTimesGradient(linear, digits, [7, 2]).forEach((product, index) => {
      const label = [7, 2][index];
      const sum = product.reduce((total, value) => total + value, 0);
      const score = scoresOf(linear, unit(pixels(digits, index)))[label];
      expect(sum).toBeCloseTo(score - bias[label], 3);
    });
  });

  test('need a class for each digit', () => {
    expect(() => scoreGradients(network, noise(3, 1), [1])).toThrow('Cannot explain digits');
  });

  test('are the same however many digits are asked for', () => {
    const many = noise(1003, 4);
    const all = scoreGradients(linear, many, many.labels);
    expect(all).toHaveLength(1003);
    const last = {
      images: many.images.slice(1002 * 784),
      labels: many.labels.slice(1002),
      count: 1,
    };
    expect(all[1002]).toEqual(scoreGradients(linear, last, last.labels)[0]);
  });
});

describe('occlusionMap()', () => {
  test('is the loss of probability under a square around each pixel', () => {
    const digit = noise(1, 5);
    const grey = pixels(digit, 0);
    const map = occlusionMap(network, grey, 3, { size: 5 });
    const probability = (values: number[]) =>
      tf.tidy(() => (network.predict(tf.tensor2d([unit(values)])) as tf.Tensor).dataSync()[3]);
    for (const [row, column] of [
      [0, 0],
      [10, 12],
      [27, 26],
    ]) {
      const covered = grey.map((value, pixel) => {
        const near = Math.abs(Math.floor(pixel / 28) - row) <= 2 && Math.abs((pixel % 28) - column) <= 2;
        return near ? 0 : value;
      });
      expect(map[28 * row + column]).toBeCloseTo(probability(grey) - probability(covered), 5);
    }
    expect(grey).toEqual(pixels(digit, 0));
  });
  test.each([0, 2, -1, 1.5])('rejects a square of size %d', (size) => {
    expect(() => occlusionMap(network, pixels(noise(1, 5), 0), 3, { size })).toThrow(
      /^Cannot cover parts of a digit: size must be/,
    );
  });
});

test('rankPixels() puts the largest first', () => {
  expect(rankPixels([0.5, -3, 2, 0])).toEqual([2, 0, 3, 1]);
});

test('randomInk() names each pixel once, those with ink first, by the seed', () => {
  const grey = pixels(noise(1, 6), 0);
  const order = randomInk(grey, seededRandom(1));
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from(grey.keys()));
  const ink = grey.filter((value) => value > 0).length;
  expect(order.slice(0, ink).every((pixel) => grey[pixel] > 0)).toBe(true);
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

test('probabilitiesOf() gives the probability of each label', () => {
  const digits = noise(3, 8);
  const all = tf.tidy(() => (network.predict(imagesToTensor(digits)) as tf.Tensor2D).arraySync());
  const chosen = probabilitiesOf(network, digits);
  [0, 1, 2].forEach((index) => {
    expect(chosen[index]).toBeCloseTo(all[index][index], 6);
  });
});

describe('permutationImportance()', () => {
  // Says 1 if pixel 5 is dark: half of the labels are 1, and pixel 5 gives them away.
  const digits = noise(200, 9);
  digits.labels.forEach((_, index) => {
    digits.labels[index] = index % 2;
    digits.images[index * 784 + 5] = index % 2 ? 255 : 0;
  });
  const predict = (set: DigitSet) =>
    Array.from({ length: set.count }, (_, index) => (set.images[index * 784 + 5] > 127 ? 1 : 0));

  test('finds the pixel that the rule looks at, and no other', () => {
    const [five, six, both] = permutationImportance(predict, digits, [[5], [6], [5, 6]], 1);
    // Of a random exchange half are still right: 0.5 ± four standard deviations of 0.035.
    expect(Math.abs(five - 0.5)).toBeLessThan(0.14);
    expect(six).toBe(0);
    expect(Math.abs(both - 0.5)).toBeLessThan(0.14);
  });
  test('leaves the digits unchanged and depends on the seed alone', () => {
    const before = Uint8Array.from(digits.images);
    const first = permutationImportance(predict, digits, [[5]], 2);
    expect(permutationImportance(predict, digits, [[5]], 2)).toEqual(first);
    expect(digits.images).toEqual(before);
  });
});
