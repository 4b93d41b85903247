import { expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { leastSquares } from '../../../lib/maths/least-squares';
import type { Matrix } from '../../../lib/maths/vectors';

const drawn = (rows: number, columns: number, seed: number): Matrix => {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.normal()));
};
const times = (a: Matrix, b: Matrix, row: number, column: number) =>
  a[row].reduce((sum, entry, inner) => sum + entry * b[inner][column], 0);

test('leastSquares() fits a line through three points', () => {
  // y = a + b x through (0, 1), (1, 2), (2, 4): b = 3/2, a = 5/6.
  const [[a], [b]] = leastSquares(
    [
      [1, 0],
      [1, 1],
      [1, 2],
    ],
    [[1], [2], [4]],
  );
  expect(a).toBeCloseTo(5 / 6, 8);
  expect(b).toBeCloseTo(3 / 2, 8);
});

test('leastSquares() of the one equation x + 2y = 5 takes the solution of least norm, (1, 2)', () => {
  const [[x], [y]] = leastSquares([[1, 2]], [[5]]);
  expect(x).toBeCloseTo(1, 8);
  expect(y).toBeCloseTo(2, 8);
});

test.each([
  [12, 5],
  [8, 8],
])('leastSquares() of %d rows and %d columns leaves a residual at right angles to each', (n, h) => {
  const [features, targets] = [drawn(n, h, 1), drawn(n, 2, 2)];
  const weights = leastSquares(features, targets, 0);
  for (let column = 0; column < h; column++) {
    for (let k = 0; k < 2; k++) {
      const terms = features.map((row, i) => row[column] * (targets[i][k] - times(features, weights, i, k)));
      expect(terms.reduce((sum, term) => sum + term, 0)).toBeCloseTo(0, 8);
    }
  }
});

test('leastSquares() with more columns than rows meets every target', () => {
  const [features, targets] = [drawn(6, 20, 3), drawn(6, 3, 4)];
  const weights = leastSquares(features, targets);
  expect([weights.length, weights[0].length]).toEqual([20, 3]);
  for (let row = 0; row < 6; row++) {
    for (let k = 0; k < 3; k++) expect(times(features, weights, row, k)).toBeCloseTo(targets[row][k], 7);
  }
});

test('leastSquares() changes nothing that it is given', () => {
  const [features, targets] = [drawn(4, 6, 5), drawn(4, 1, 6)];
  const before = JSON.stringify([features, targets]);
  leastSquares(features, targets);
  expect(JSON.stringify([features, targets])).toBe(before);
});

test('leastSquares() refuses what does not fit', () => {
  expect(() => leastSquares([[1, 2], [3]], [[1], [2]])).toThrow('Cannot fit');
  expect(() => leastSquares([[1]], [[1], [2]])).toThrow('targets must have 1 rows, got 2');
  expect(() => leastSquares([[1]], [[1]], -1)).toThrow('ridge');
  const twice = [
    [1, 1],
    [2, 2],
  ];
  expect(() => leastSquares(twice, drawn(2, 1, 7), 0)).toThrow('depend on each other');
});
