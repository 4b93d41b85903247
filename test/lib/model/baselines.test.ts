import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { type DigitSet, digitPixels } from '../../../lib/data/digit-set';
import { selectDigits } from '../../../lib/data/digits';
import { loadMnist } from '../../../lib/data/mnist';
import {
  classCounts,
  createLinearModel,
  majorityClass,
  meanDigits,
  nearestMean,
  nearestNeighbour,
  nearestPlaces,
  standardError,
} from '../../../lib/model/baselines';
import { accuracy } from '../../../lib/network/metrics';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';

let tensors = 0;
beforeAll(async () => {
  await startTensorflow();
  tensors = tf.memory().numTensors;
});
afterAll(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

/** Noise with labels. */
function noise(count: number, seed: number, labels = (index: number) => index % 10): DigitSet {
  const random = seededRandom(seed);
  return {
    images: Uint8Array.from({ length: count * digitPixels }, () => random.integer(256)),
    labels: Uint8Array.from({ length: count }, (_, index) => labels(index)),
    count,
  };
}

const picture = (set: DigitSet, index: number) =>
  Array.from(set.images.subarray(index * digitPixels, (index + 1) * digitPixels));
const distance = (first: number[], second: number[]) =>
  first.reduce((sum, value, pixel) => sum + (value - second[pixel]) ** 2, 0);

describe('classCounts() and majorityClass()', () => {
  test('count the labels', () => {
    expect(classCounts([0, 3, 3, 9])).toEqual([1, 0, 0, 2, 0, 0, 0, 0, 0, 1]);
    expect(majorityClass([0, 3, 3, 9])).toBe(3);
  });
  test('take the smaller class of two equal ones', () => {
    expect(majorityClass([7, 2, 7, 2])).toBe(2);
  });
  test('need a label', () => {
    expect(() => majorityClass([])).toThrow('Cannot find the majority');
  });
});

describe('meanDigits()', () => {
  test('is the mean of each class, pixel by pixel', () => {
    const set = noise(30, 1);
    const before = Uint8Array.from(set.images);
    const means = meanDigits(set);
    for (let label = 0; label < 10; label++) {
      const own = [label, label + 10, label + 20].map((index) => picture(set, index));
      means[label].forEach((grey, pixel) => {
        expect(grey).toBeCloseTo((own[0][pixel] + own[1][pixel] + own[2][pixel]) / 3, 10);
      });
    }
    expect(set.images).toEqual(before);
  });
  test('of a class without digits is NaN', () => {
    expect(meanDigits(noise(5, 1))[7].every(Number.isNaN)).toBe(true);
  });
});

describe('nearestMean()', () => {
  test('chooses the least distance', () => {
    const means = meanDigits(noise(200, 2));
    const digits = noise(20, 3);
    const expected = Array.from({ length: 20 }, (_, index) => {
      const distances = means.map((mean) => distance(mean, picture(digits, index)));
      return distances.indexOf(Math.min(...distances));
    });
    expect(nearestMean(means, digits)).toEqual(expected);
    expect(new Set(expected).size).toBeGreaterThan(3);
  });
  test('never chooses a class that had no digits', () => {
    const means = meanDigits(noise(50, 4, (index) => 3 + (index % 2)));
    expect(new Set(nearestMean(means, noise(30, 5)))).toEqual(new Set([3, 4]));
  });
});

describe('nearestNeighbour()', () => {
  test('chooses the label of the least distance', () => {
    const [known, digits] = [noise(60, 6), noise(20, 7)];
    const expected = Array.from({ length: 20 }, (_, index) => {
      const distances = Array.from({ length: 60 }, (_, other) =>
        distance(picture(known, other), picture(digits, index)),
      );
      return known.labels[distances.indexOf(Math.min(...distances))];
    });
    expect(nearestNeighbour(known, digits)).toEqual(expected);
  });
  test('finds every digit that it knows', () => {
    const known = noise(50, 8);
    expect(nearestNeighbour(known, known)).toEqual(Array.from(known.labels));
  });
  test('nearestPlaces() goes through more digits, and more known ones, than are compared at a time', () => {
    const known = noise(10_050, 8);
    const last = Array.from({ length: 1100 }, (_, index) => 8950 + index);
    expect(nearestPlaces(known, selectDigits(known, last))).toEqual(last);
  });
});

test('createLinearModel() has 7,850 parameters and begins without an opinion', () => {
  const model = createLinearModel();
  expect(model.countParams()).toBe(7850);
  const probabilities = tf.tidy(() => (model.predict(tf.ones([1, 784])) as tf.Tensor).dataSync());
  for (const probability of probabilities) expect(probability).toBeCloseTo(0.1, 6);
  model.dispose();
  const unbiased = createLinearModel({ useBias: false });
  expect(unbiased.countParams()).toBe(7840);
  unbiased.dispose();
});

test('createLinearModel() refuses an option that it does not know', () => {
  const options = { useBais: false } as object;
  expect(() => createLinearModel(options)).toThrow("there is no option 'useBais'; there is useBias");
});

test('standardError() is that of a share', () => {
  expect(standardError(0.5, 100)).toBeCloseTo(0.05, 12);
  expect(standardError(1, 10)).toBe(0);
  expect(() => standardError(0.5, 0)).toThrow('count must be a whole number >= 1');
  // How much the accuracy of a fair guess really scatters over 2,000 test sets of 50.
  const random = seededRandom(9);
  const shares = Array.from({ length: 2000 }, () => {
    let right = 0;
    for (let digit = 0; digit < 50; digit++) right += random.uniform() < 0.3 ? 1 : 0;
    return right / 50;
  });
  const scatter = Math.sqrt(shares.reduce((sum, share) => sum + (share - 0.3) ** 2, 0) / 2000);
  expect(scatter).toBeCloseTo(standardError(0.3, 50), 2);
});

test('on MNIST the majority is right for 11.35 %, the nearest mean for 82.00 %', async () => {
  const { train, test } = await loadMnist();
  expect(majorityClass(train.labels)).toBe(1);
  expect(accuracy(new Array(10_000).fill(1), test.labels)).toBe(0.1135);
  expect(accuracy(nearestMean(meanDigits(train), test), test.labels)).toBe(0.82);
});
