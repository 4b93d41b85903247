import { expect, test } from 'vitest';
import { bestLearningRate, contractionFactor, errorNorms } from '../../../lib/descent/convergence';
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
