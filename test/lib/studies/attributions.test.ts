import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { type DigitSet, digitPixels } from '../../../lib/data/digit-set';
import { createLinearModel } from '../../../lib/model/baselines';
import { createModel } from '../../../lib/model/mnist-model';
import {
  inputTimesGradient,
  integratedGradients,
  logitGradients,
  logits,
  occlusionMap,
  weightPictures,
} from '../../../lib/studies/attributions';
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
      'Cannot read the logits: the model must end in a Dense layer with softmax, got Dense with linear',
    );
    other.dispose();
    images.dispose();
  });
});

describe('logitGradients() and inputTimesGradient()', () => {
  test('equal finite differences of the logit', () => {
    const digits = noise(3, 2);
    const classes = [4, 0, 9];
    const before = Uint8Array.from(digits.images);
    const gradients = logitGradients(network, digits, classes);
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

  test('of a linear model are its weights, and add up to logit − bias', () => {
    const digits = noise(2, 3);
    const weights = weightPictures(linear.layers[0]);
    const [gradient] = logitGradients(linear, digits, [7, 7]);
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
    expect(() => logitGradients(network, noise(3, 1), [1])).toThrow('Cannot explain digits');
  });

  test('are the same however many digits are asked for', () => {
    const many = noise(1003, 4);
    const all = logitGradients(linear, many, many.labels);
    expect(all).toHaveLength(1003);
    const last = {
      images: many.images.slice(1002 * 784),
      labels: many.labels.slice(1002),
      count: 1,
    };
    expect(all[1002]).toEqual(logitGradients(linear, last, last.labels)[0]);
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
  test('is 0 where the square covers no ink, also for a blank digit', () => {
    const grey = new Uint8Array(digitPixels);
    expect(occlusionMap(network, grey, 3).every((value) => value === 0)).toBe(true);
    grey[0] = 200;
    const map = occlusionMap(network, grey, 3, { size: 3 });
    expect([...map.keys()].filter((pixel) => map[pixel] !== 0)).toEqual([0, 1, 28, 29]);
  });
  test.each([0, 2, -1, 1.5])('rejects a square of size %d', (size) => {
    expect(() => occlusionMap(network, pixels(noise(1, 5), 0), 3, { size })).toThrow(
      /^Cannot cover parts of a digit: size must be/,
    );
  });
});

describe('integratedGradients()', () => {
  const sumOf = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);

  test('are complete: they add up to the difference of the logits, also from another baseline', () => {
    const digits = noise(3, 12);
    const classes = [1, 8, 5];
    for (const baseline of [new Uint8Array(digitPixels), noise(1, 13).images]) {
      const start = scoresOf(network, unit(Array.from(baseline)));
      integratedGradients(network, digits, classes, { steps: 400, baseline }).forEach((map, index) => {
        const end = scoresOf(network, unit(pixels(digits, index)));
        // The midpoint rule errs at the corners of the ReLUs alone, by O(1/steps).
        expect(sumOf(map)).toBeCloseTo(end[classes[index]] - start[classes[index]], 2);
      });
    }
  });
  test('of a linear model are weight × way, in a single step', () => {
    const digits = noise(1, 14);
    const baseline = noise(1, 15).images;
    const [map] = integratedGradients(linear, digits, [6], { steps: 1, baseline });
    const weights = weightPictures(linear.layers[0])[6];
    map.forEach((value, pixel) => {
      expect(value).toBeCloseTo((weights[pixel] * (digits.images[pixel] - baseline[pixel])) / 255, 5);
    });
  });
  test('explain a margin when rivals are told: the difference of two explanations', () => {
    const digits = noise(2, 16);
    const [own, other, margin] = [
      integratedGradients(network, digits, [3, 4]),
      integratedGradients(network, digits, [9, 0]),
      integratedGradients(network, digits, [3, 4], { rivals: [9, 0] }),
    ];
    const [g, h, m] = [
      inputTimesGradient(network, digits, [3, 4]),
      inputTimesGradient(network, digits, [9, 0]),
      inputTimesGradient(network, digits, [3, 4], [9, 0]),
    ];
    for (const index of [0, 1]) {
      for (const pixel of [3, 250, 700]) {
        expect(margin[index][pixel]).toBeCloseTo(own[index][pixel] - other[index][pixel], 5);
        expect(m[index][pixel]).toBeCloseTo(g[index][pixel] - h[index][pixel], 5);
      }
    }
  });
  test('reject no steps, rivals that are not as many, a baseline of another size', () => {
    const digits = noise(2, 1);
    expect(() => integratedGradients(network, digits, [1, 2], { steps: 0 })).toThrow('steps must be');
    expect(() => integratedGradients(network, digits, [1, 2], { rivals: [1] })).toThrow(
      'Cannot explain digits',
    );
    expect(() => integratedGradients(network, digits, [1, 2], { baseline: [1] })).toThrow(
      'Cannot integrate gradients',
    );
  });
});
