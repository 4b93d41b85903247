import { expect, test } from 'vitest';
import { fitPowerLaw } from '../../../lib/maths/power-law';

test('fitPowerLaw() finds the law that made the points', () => {
  const x = [1, 3, 10, 50];
  const law = fitPowerLaw(
    x,
    x.map((size) => 7 * size ** -0.4),
  );
  expect(law.factor).toBeCloseTo(7, 10);
  expect(law.exponent).toBeCloseTo(-0.4, 10);
});

test('fitPowerLaw() refuses one point, and what is not positive', () => {
  expect(() => fitPowerLaw([1], [1])).toThrow('Cannot fit a power law: 2 points are needed, got 1');
  expect(() => fitPowerLaw([1, 2], [1, 0])).toThrow('y[1] must be > 0, got 0');
});
