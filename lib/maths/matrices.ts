/**
 * The verbs of linear algebra, by mathjs, with types that say what comes back: of two vectors a
 * vector, of two matrices a matrix, rows for rows and a {@link DenseMatrix} for one.
 */
import * as mathjs from 'mathjs';
import { requireCount } from '../base/checks';
import { type Matrix, requireRectangle, type Vector } from './vectors';

/** A matrix as mathjs keeps it, of plain numbers: much faster than rows. See {@link dense}. */
export type DenseMatrix = mathjs.Matrix<number>;

/** Everything that has entries. */
export type Entries = Vector | Matrix | DenseMatrix;

/**
 * A mathjs matrix of plain numbers. Told that every entry is a number, mathjs looks the right
 * addition or multiplication up once per matrix, and not once per entry.
 *
 * @param rows - shape `[rows, columns]`; copied
 * @returns the same numbers as a matrix that mathjs adds, multiplies and transposes quickly
 * @throws RangeError if there is no row or the rows differ in length
 */
export function dense(rows: Matrix): DenseMatrix {
  requireRectangle('rows', rows, 'build a matrix');
  return mathjs.matrix(rows, 'dense', 'number') as DenseMatrix;
}

/**
 * The reverse of {@link dense}.
 *
 * @param matrix - shape `[rows, columns]`; never modified
 * @returns the same numbers as plain rows, shape `[rows, columns]`
 */
export function toRows(matrix: DenseMatrix): Matrix {
  return matrix.toArray() as Matrix;
}

/**
 * A matrix of ones: `b 1ᵀ` repeats a column `b`, `M 1` adds the columns of `M` up.
 *
 * @param rows - how many rows, at least 1
 * @param columns - how many columns, at least 1
 * @returns shape `[rows, columns]`
 * @throws RangeError if a number is not a whole number >= 1
 */
export function ones(rows: number, columns: number): DenseMatrix {
  requireCount('rows', rows, 'build a matrix');
  requireCount('columns', columns, 'build a matrix');
  return dense(Array.from({ length: rows }, () => new Array<number>(columns).fill(1)));
}

/**
 * `a + b`, entry by entry.
 *
 * @param first - `a`, a vector or a matrix
 * @param second - `b`, of the same shape
 * @throws Error if the shapes do not fit
 */
export function add<T extends Entries>(first: T, second: T): T {
  return mathjs.add(first, second) as T;
}

/**
 * `a − b`, entry by entry.
 *
 * @param first - `a`, a vector or a matrix
 * @param second - `b`, of the same shape
 * @throws Error if the shapes do not fit
 */
export function subtract<T extends Entries>(first: T, second: T): T {
  return mathjs.subtract(first, second) as T;
}

/**
 * `a ⊙ b`, the product entry by entry.
 *
 * @param first - `a`, a vector or a matrix
 * @param second - `b`, of the same shape
 * @throws Error if the shapes do not fit
 */
export function dotMultiply<T extends Entries>(first: T, second: T): T {
  return mathjs.dotMultiply(first, second) as T;
}

/**
 * `factor · a`.
 *
 * @param factor - one number
 * @param values - `a`, a vector or a matrix
 * @returns as many numbers as `values` has, in the same shape
 */
export function scale<T extends Entries>(factor: number, values: T): T {
  return mathjs.multiply(factor, values) as T;
}

/**
 * `φ(a)`, entry by entry.
 *
 * @param values - `a`, a vector or a matrix
 * @param change - `φ`, a function of one number
 * @returns as many numbers as `values` has, in the same shape
 */
export function map<T extends Entries>(values: T, change: (value: number) => number): T {
  return mathjs.map(values, change) as T;
}

/**
 * The product of matrices, `(A B)ᵢⱼ = Σₖ Aᵢₖ Bₖⱼ`. A vector on the right is a column, on the left a
 * row; of two vectors the product is one number.
 *
 * @param first - `A`, shape `[m, n]` or `[n]`
 * @param second - `B`, shape `[n, p]` or `[n]`
 * @returns shape `[m, p]`, without the dimension that a vector does not have
 * @throws Error if the shapes do not fit
 */
export function multiply(first: DenseMatrix, second: DenseMatrix): DenseMatrix;
export function multiply(first: Matrix, second: Matrix): Matrix;
export function multiply(first: Matrix, second: Vector): Vector;
export function multiply(first: Vector, second: Matrix): Vector;
export function multiply(first: Vector, second: Vector): number;
export function multiply(first: Entries, second: Entries): unknown {
  return mathjs.multiply(first, second);
}

/**
 * `Aᵀ`: rows become columns.
 *
 * @param matrix - shape `[rows, columns]`
 * @returns shape `[columns, rows]`
 */
export function transpose<T extends Matrix | DenseMatrix>(matrix: T): T {
  return mathjs.transpose(matrix) as T;
}

/**
 * The `x` with `A x = b`.
 *
 * @param matrix - `A`, shape `[d, d]`
 * @param vector - `b`, shape `[d]`
 * @returns `x`, shape `[d]`
 * @throws Error if there is none, or more than one
 */
export function solve(matrix: Matrix, vector: Vector): Vector {
  return (mathjs.lusolve(matrix, vector) as Matrix).flat();
}
