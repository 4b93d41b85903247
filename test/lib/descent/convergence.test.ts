import { expect, test } from 'vitest';
import {
  bestLearningRate,
  contractionFactor,
  errorNorms,
  stepsToShrink,
} from '../../../lib/descent/convergence';
import { references } from '../../references/maths-references';

test('errorNorms() are distances to the minimum', () => {
  expect(
    errorNorms(
      [
        [4, 5],
        [1, 1],
      ],
      [1, 1],
    ),
  ).toEqual([5, 0]);
});

test('contractionFactor() is least at bestLearningRate(), where it is (κ − 1)/(κ + 1)', () => {
  const { curvatures } = references.descent;
  const best = bestLearningRate(curvatures);
  const kappa = curvatures[2] / curvatures[0];
  expect(contractionFactor(best, curvatures)).toBeCloseTo((kappa - 1) / (kappa + 1), 12);
  for (const change of [0.5, 0.99, 1.01, 1.5]) {
    expect(contractionFactor(best * change, curvatures)).toBeGreaterThan(contractionFactor(best, curvatures));
  }
  expect(contractionFactor(2 / curvatures[2], curvatures)).toBeCloseTo(1, 12);
});

test('bestLearningRate() rejects curvatures that are not positive', () => {
  expect(() => bestLearningRate([0, 1])).toThrow('the smallest curvature must be > 0, got 0');
  expect(() => bestLearningRate([])).toThrow('the length of curvatures');
});

test('stepsToShrink() is the first step from which on the errors stay small', () => {
  expect(stepsToShrink([8, 1, 3, 1, 0.5], 4)).toBe(3);
  expect(stepsToShrink([8, 2], 4)).toBe(1);
  expect(stepsToShrink([8, 4, 2], 1)).toBe(0);
  expect(stepsToShrink([8, 1, 3], 4)).toBe(Number.POSITIVE_INFINITY);
  expect(stepsToShrink([8, Number.NaN], 4)).toBe(Number.POSITIVE_INFINITY);
});

test('stepsToShrink() of a geometric sequence follows the logarithms', () => {
  for (const rate of [0.5, 0.9, 0.99]) {
    const errors = Array.from({ length: 2000 }, (_, step) => rate ** step);
    expect(stepsToShrink(errors, 1000)).toBe(Math.ceil(Math.log(1000) / -Math.log(rate)));
  }
});

test('stepsToShrink() rejects no errors and a factor that is not positive', () => {
  expect(() => stepsToShrink([], 2)).toThrow('the number of errors');
  expect(() => stepsToShrink([1], 0)).toThrow('factor must be > 0, got 0');
});
