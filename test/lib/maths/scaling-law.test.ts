import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { fitScalingLaw, scalingLawAt } from '../../../lib/maths/scaling-law';

interface Reference {
  sizes: number[][];
  y: number[];
  floor: number;
  factors: number[];
  exponents: number[];
  error: number;
}

/** Made by test/references/scaling-law.py with SciPy. */
const references: Reference[] = JSON.parse(
  readFileSync(path.join(__dirname, '../../references/scaling-law.json'), 'utf8'),
);

describe('fitScalingLaw()', () => {
  test.each(references)(
    'agrees with SciPy on noisy points',
    ({ sizes, y, floor, factors, exponents, error }) => {
      const law = fitScalingLaw(sizes, y);
      expect(law.error).toBeCloseTo(error, 10);
      expect(law.floor).toBeCloseTo(floor, 6);
      law.terms.forEach((term, i) => {
        expect(term.factor / factors[i]).toBeCloseTo(1, 6);
        expect(term.exponent).toBeCloseTo(exponents[i], 6);
      });
    },
  );

  test('finds the law that made the points, and its values', () => {
    const [n, d] = [
      [10, 10, 10, 100, 100, 100, 1000, 1000],
      [1, 10, 100, 1, 10, 100, 1, 100],
    ];
    const law = fitScalingLaw(
      [n, d],
      n.map((size, i) => 0.5 + 8 * size ** -0.6 + 2 * d[i] ** -0.3),
    );
    expect(law.error).toBeLessThan(1e-8);
    expect(law.floor).toBeCloseTo(0.5, 6);
    expect(law.terms.map(({ exponent }) => exponent)).toEqual([
      expect.closeTo(-0.6, 6),
      expect.closeTo(-0.3, 6),
    ]);
    expect(scalingLawAt(law, 1e4, 1e3)).toBeCloseTo(0.5 + 8 * 1e4 ** -0.6 + 2 * 1e3 ** -0.3, 6);
  });

  test('keeps floor and factors from falling below zero', () => {
    // Falls faster and faster: without the bound the floor would be negative.
    const law = fitScalingLaw([[1, 2, 4, 8, 16]], [1, 0.8, 0.55, 0.3, 0.1]);
    expect(law.floor).toBe(0);
    expect(law.terms[0].factor).toBeGreaterThan(0);
  });

  test('leaves what it is given as it was', () => {
    const [x, y] = [Object.freeze([1, 2, 4, 8]), Object.freeze([4, 3, 2.5, 2.2])];
    expect(() => fitScalingLaw([x], y)).not.toThrow();
  });

  test('refuses too few points, and what is not positive', () => {
    expect(() => fitScalingLaw([[1, 2, 3]], [3, 2, 1])).toThrow(
      'Cannot fit a scaling law: the number of points must be a whole number >= 4, got 3',
    );
    expect(() => fitScalingLaw([], [1])).toThrow('one or two sizes must be varied, got 0');
    expect(() => fitScalingLaw([[1, 2, 3, 0]], [3, 2, 1, 1])).toThrow('sizes[0][3] must be > 0, got 0');
    expect(() => fitScalingLaw([[1, 2, 3, 4]], [3, 2, 1, Number.NaN])).toThrow('y[3]');
  });
});
