import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bestLearningRate,
  contractionFactor,
  errorNorms,
  gradientDescent,
  pathOverflowed,
} from '../../../lib/descent/gradient-descent';
import { himmelblau } from '../../../lib/maths/classic-objectives';
import { quadratic } from '../../../lib/maths/objectives';
import { references, worst } from '../../references/maths-references';

test('gradientDescent() follows (I − αA)ᵏ as NumPy computes it', () => {
  const { hessian, start, minimum, learningRate, path } = references.descent;
  const gradient = (theta: number[]) =>
    hessian.map((row) => row.reduce((sum, a, j) => sum + a * (theta[j] - minimum[j]), 0));
  const found = gradientDescent(gradient, start, { learningRate, steps: 20 });
  expect(found).toHaveLength(21);
  found.forEach((theta, step) => {
    expect(worst(theta, path[step])).toBeLessThan(1e-12);
  });
});

test('gradientDescent() leaves start alone, even if the gradient writes into its argument', () => {
  const start = [1, 2];
  const path = gradientDescent(
    (theta) => {
      theta[0] = 99;
      return [1, 1];
    },
    start,
    { learningRate: 1, steps: 2 },
  );
  expect(start).toEqual([1, 2]);
  expect(path).toEqual([
    [1, 2],
    [0, 1],
    [-1, 0],
  ]);
});

test('gradientDescent() ends at its last point of finite numbers', () => {
  const path = gradientDescent(([x]) => [2 * x], [1], { learningRate: 1e10, steps: 100 });
  expect(path.flat().every(Number.isFinite)).toBe(true);
  expect(path.length).toBeLessThan(40);
  expect(pathOverflowed(path, 100)).toBe(true);
  const fine = gradientDescent(([x]) => [2 * x], [1], { learningRate: 0.1, steps: 100 });
  expect(pathOverflowed(fine, 100)).toBe(false);
});

test.each([
  [{ learningRate: -1, steps: 1 }, 'Cannot descend: learningRate must be > 0, got -1'],
  [{ learningRate: Number.NaN, steps: 1 }, 'learningRate must be > 0, got NaN'],
  [{ learningRate: 0, steps: 1 }, 'learningRate must be > 0, got 0'],
  [{ learningRate: 1, steps: 0 }, 'steps must be a whole number >= 1, got 0'],
  [{ learningRate: 1, steps: 1.5 }, 'steps must be a whole number'],
])('gradientDescent() rejects %o', (options, message) => {
  expect(() => gradientDescent(([x]) => [x], [1], options)).toThrow(message);
});

test('gradientDescent() rejects a start that is not finite and a gradient of another shape', () => {
  const options = { learningRate: 1, steps: 1 };
  expect(() => gradientDescent(([x]) => [x], [Number.NaN], options)).toThrow('start[0]');
  expect(() => gradientDescent(() => [1, 1], [1], options)).toThrow('the gradient has 2');
});

test('each mode of a quadratic is multiplied by 1 − αλ at every step', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 100, noNaN: true }),
      fc.double({ min: 0.05, max: 1.95, noNaN: true }),
      (conditionNumber, share) => {
        const bowl = quadratic({ conditionNumber });
        const learningRate = share / conditionNumber;
        const path = gradientDescent(bowl.gradient, [1, 1], { learningRate, steps: 10 });
        const expected = bowl.curvatures.map((curvature) => (1 - learningRate * curvature) ** 10);
        expect(path[10][0]).toBeCloseTo(expected[0], 12);
        expect(path[10][1]).toBeCloseTo(expected[1], 12);
      },
    ),
    { seed: 2, numRuns: 30 },
  );
});

test('gradientDescent() finds each minimum of Himmelblau from nearby', () => {
  for (const [x, y] of himmelblau.minima) {
    const path = gradientDescent(himmelblau.gradient, [x + 0.3, y - 0.3], {
      learningRate: 0.01,
      steps: 400,
    });
    expect(path[400][0]).toBeCloseTo(x, 8);
    expect(path[400][1]).toBeCloseTo(y, 8);
  }
});

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
    expect(contractionFactor(best * change, curvatures)).toBeGreaterThan(
      contractionFactor(best, curvatures),
    );
  }
  expect(contractionFactor(2 / curvatures[2], curvatures)).toBeCloseTo(1, 12);
});

test('bestLearningRate() rejects curvatures that are not positive', () => {
  expect(() => bestLearningRate([0, 1])).toThrow('the smallest curvature must be > 0, got 0');
  expect(() => bestLearningRate([])).toThrow('the length of curvatures');
});
