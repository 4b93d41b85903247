import { expect, test } from 'vitest';
import { accuracy, argMax, classScores, confusionMatrix } from '../../../lib/network/metrics';
import { references, worst } from '../../references/maths-references';

const { metrics: reference } = references;

test("confusionMatrix() and classScores() equal scikit-learn's", () => {
  const confusion = confusionMatrix(reference.predictions, reference.labels, 3);
  expect(confusion).toEqual(reference.confusion);
  const scores = classScores(confusion);
  expect(
    worst(
      scores.map((one) => one.precision),
      reference.precision,
    ),
  ).toBeLessThan(1e-15);
  expect(
    worst(
      scores.map((one) => one.recall),
      reference.recall,
    ),
  ).toBeLessThan(1e-15);
  expect(
    worst(
      scores.map((one) => one.f1),
      reference.f1,
    ),
  ).toBeLessThan(1e-15);
});

test('classScores() of a class that never comes are NaN, of one never right 0', () => {
  const scores = classScores([
    [0, 2, 0],
    [1, 0, 0],
    [0, 0, 0],
  ]);
  expect(scores[0]).toEqual({ precision: 0, recall: 0, f1: 0 });
  expect(scores[2].recall).toBeNaN();
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
