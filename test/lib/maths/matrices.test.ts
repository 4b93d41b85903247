import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  add,
  dense,
  dotMultiply,
  map,
  multiply,
  ones,
  scale,
  solve,
  subtract,
  toRows,
  transpose,
} from '../../../lib/maths/matrices';

const A = [
  [1, 2, 3],
  [4, 5, 6],
];
const B = [
  [10, 20, 30],
  [40, 50, 60],
];

test.each([
  ['add', add, [11, 22, 33]],
  ['subtract', subtract, [-9, -18, -27]],
  ['dotMultiply', dotMultiply, [10, 40, 90]],
] as const)('%s() works entry by entry on vectors, rows and matrices alike', (_, verb, row) => {
  const second = A[1].map((value, j) => verb([value], [B[1][j]])[0]);
  expect(verb(A[0], B[0])).toEqual(row);
  expect(verb(A, B)).toEqual([row, second]);
  expect(toRows(verb(dense(A), dense(B)))).toEqual([row, second]);
});

test('scale() and map() change each entry and leave their argument alone', () => {
  const vector = [1, -2, 0];
  expect(scale(-3, vector)).toEqual([-3, 6, -0]);
  expect(toRows(scale(2, dense(A)))).toEqual([
    [2, 4, 6],
    [8, 10, 12],
  ]);
  expect(map(vector, Math.abs)).toEqual([1, 2, 0]);
  expect(toRows(map(dense(A), (value) => value ** 2))[1]).toEqual([16, 25, 36]);
  expect(vector).toEqual([1, -2, 0]);
});

test('multiply() is the product of matrices; a vector is a column on the right, a row on the left', () => {
  const product = [
    [14, 32],
    [32, 77],
  ];
  expect(multiply(A, transpose(A))).toEqual(product);
  expect(toRows(multiply(dense(A), transpose(dense(A))))).toEqual(product);
  expect(multiply(A, [1, 0, -1])).toEqual([-2, -2]);
  expect(multiply([1, -1], A)).toEqual([-3, -3, -3]);
  expect(multiply([1, 2, 3], [4, 5, 6])).toBe(32);
  expect(() => multiply(A, A)).toThrow();
});

test('ones() repeat a column and add up rows', () => {
  const column = dense([[2], [3]]);
  expect(toRows(multiply(column, ones(1, 3)))).toEqual([
    [2, 2, 2],
    [3, 3, 3],
  ]);
  expect(toRows(multiply(dense(A), ones(3, 1)))).toEqual([[6], [15]]);
  expect(() => ones(0, 1)).toThrow('Cannot build a matrix: rows must be a whole number >= 1, got 0');
  expect(() => ones(1, 1.5)).toThrow('columns must be a whole number');
});

test('dense() copies its rows and refuses rows of different length', () => {
  const rows = [
    [1, 2],
    [3, 4],
  ];
  const matrix = dense(rows);
  rows[0][0] = 99;
  expect(toRows(matrix)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(() => dense([[1, 2], [3]])).toThrow('row 0 has 2 and row 1 has 1');
  expect(() => dense([])).toThrow('must have at least one row');
});

test('solve() finds the x with A x = b', () => {
  const entry = fc.double({ min: -1, max: 1, noNaN: true });
  const vector = fc.tuple(entry, entry, entry);
  fc.assert(
    fc.property(fc.tuple(vector, vector, vector), vector, (rows, b) => {
      // Three on the diagonal outweighs the rest: always solvable.
      const matrix = rows.map((row, i) => row.map((value, j) => value + (i === j ? 3 : 0)));
      multiply(matrix, solve(matrix, b)).forEach((value, i) => {
        expect(value).toBeCloseTo(b[i], 12);
      });
    }),
    { seed: 1 },
  );
});
