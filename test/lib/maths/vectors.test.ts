import { expect, test } from 'vitest';
import {
  linearSpace,
  logarithmicSpace,
  requireFiniteVector,
  requireRectangle,
  sum,
} from '../../../lib/maths/vectors';

test('linearSpace() has equal distances and hits both ends exactly', () => {
  expect(linearSpace(-1, 1, 5)).toEqual([-1, -0.5, 0, 0.5, 1]);
  expect(linearSpace(0.1, 0.7, 4)[3]).toBe(0.7);
  expect(() => linearSpace(0, 1, 1)).toThrow('count must be a whole number >= 2, got 1');
  expect(() => linearSpace(Number.NaN, 1, 3)).toThrow('from must be a finite number');
});

test('logarithmicSpace() has equal ratios and hits both ends exactly', () => {
  const spaced = logarithmicSpace(1e-3, 10, 5);
  expect(spaced[0]).toBe(1e-3);
  expect(spaced[4]).toBe(10);
  for (let index = 1; index < 5; index++) {
    expect(spaced[index] / spaced[index - 1]).toBeCloseTo(10, 10);
  }
  expect(() => logarithmicSpace(0, 1, 3)).toThrow('from must be > 0, got 0');
});

test('sum() adds up, and of no numbers is 0', () => {
  expect(sum([1, -2, 4])).toBe(3);
  expect(sum([])).toBe(0);
});

test('requireRectangle() names the row of another length', () => {
  expect(() => requireRectangle('rows', [[1, 2], [3]], 'build')).toThrow(
    'Cannot build: the rows of rows must be equally long; row 0 has 2 and row 1 has 1',
  );
  expect(() => requireRectangle('rows', [])).toThrow('rows must have at least one row');
});

test('requireFiniteVector() names the entry that is not finite', () => {
  expect(() => requireFiniteVector('start', [0, Number.NaN], 'descend')).toThrow(
    'Cannot descend: start[1] must be a finite number, got NaN',
  );
  expect(() => requireFiniteVector('start', [])).toThrow('the length of start');
});
