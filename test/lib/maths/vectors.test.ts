import { expect, test } from 'vitest';
import {
  dense,
  linearSpace,
  logarithmicSpace,
  requireFiniteVector,
  scale,
} from '../../../lib/maths/vectors';

test('scale() multiplies each entry and leaves its argument alone', () => {
  const vector = [1, -2, 0];
  expect(scale(-3, vector)).toEqual([-3, 6, -0]);
  expect(vector).toEqual([1, -2, 0]);
});

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

test('dense() copies its rows and refuses rows of different length', () => {
  const rows = [
    [1, 2],
    [3, 4],
  ];
  const matrix = dense(rows);
  rows[0][0] = 99;
  expect(matrix.toArray()).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(() => dense([[1, 2], [3]])).toThrow('row 0 has 2 and row 1 has 1');
  expect(() => dense([])).toThrow('must have at least one row');
});

test('requireFiniteVector() names the entry that is not finite', () => {
  expect(() => requireFiniteVector('start', [0, Number.NaN], 'descend')).toThrow(
    'Cannot descend: start[1] must be a finite number, got NaN',
  );
  expect(() => requireFiniteVector('start', [])).toThrow('the length of start');
});
