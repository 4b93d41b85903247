import { expect, test } from 'vitest';
import { accuracy, argMax, confusionMatrix } from '../../../lib/network/metrics';
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
