import { expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { accuracy, argMax, confusionMatrix, pairedTest } from '../../../lib/network/metrics';
import { references } from '../../references/maths-references';

const { metrics: reference } = references;

test("confusionMatrix() equals scikit-learn's", () => {
  const confusion = confusionMatrix(reference.predictions, reference.labels, 3);
  expect(confusion).toEqual(reference.confusion);
});

test('accuracy() is the share of right answers, also of typed arrays', () => {
  expect(accuracy([1, 2, 3, 4], [1, 0, 3, 0])).toBe(0.5);
  expect(accuracy(Uint8Array.of(1), Uint8Array.of(1))).toBe(1);
  expect(() => accuracy([], [])).toThrow('not empty');
  expect(() => accuracy([1], [1, 2])).toThrow('Cannot measure accuracy');
});

test('argMax() is the first of the largest', () => {
  expect(argMax([1, 5, 5, 2])).toBe(1);
  expect(argMax(Float32Array.of(-3, -1))).toBe(1);
  expect(() => argMax([])).toThrow('Cannot find the largest');
});

test('confusionMatrix() names the class that does not exist', () => {
  expect(() => confusionMatrix([0], [3], 3)).toThrow('label 0 must be a class from 0 to 2, got 3');
  expect(() => confusionMatrix([-1], [0], 3)).toThrow('prediction 0 must be a class');
});

test('pairedTest() counts the examples on which two models differ', () => {
  // Right by both, by the first, by the first, by the second, by none.
  const [labels, first, second] = [
    [1, 2, 3, 4, 5],
    [1, 2, 3, 0, 0],
    [1, 0, 0, 4, 0],
  ];
  expect(pairedTest(first, second, labels)).toEqual({ onlyFirst: 2, onlySecond: 1, z: 1 / Math.sqrt(3) });
  expect(pairedTest(second, first, labels).z).toBe(-1 / Math.sqrt(3));
  expect(pairedTest(first, first, labels)).toEqual({ onlyFirst: 0, onlySecond: 0, z: 0 });
  expect(() => pairedTest([1], [1, 2], [1])).toThrow('Cannot compare models');
});

test('pairedTest() of equally good models has a z of mean 0 and variance 1', () => {
  const random = seededRandom(1, 'paired');
  const labels = new Array(400).fill(1);
  const guesses = () => labels.map(() => Number(random.uniform() < 0.9));
  const values = Array.from({ length: 2000 }, () => pairedTest(guesses(), guesses(), labels).z);
  const mean = values.reduce((sum, z) => sum + z, 0) / values.length;
  const variance = values.reduce((sum, z) => sum + (z - mean) ** 2, 0) / values.length;
  // Three standard errors of 2,000 draws: 0.067 and 0.095.
  expect(Math.abs(mean)).toBeLessThan(0.067);
  expect(Math.abs(variance - 1)).toBeLessThan(0.095);
});
