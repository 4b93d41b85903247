/** Vectors and matrices of plain numbers, and how to fill them. */
import { requireCount, requireFinite, requirePositive } from '../base/checks';

/** A list of numbers, shape `[d]`. */
export type Vector = number[];

/** A list of rows of equal length, shape `[rows, columns]`. */
export type Matrix = number[][];

/** `Σᵢ vᵢ`; 0 of no numbers. */
export function sum(values: Vector): number {
  return values.reduce((total, value) => total + value, 0);
}

/** @throws RangeError unless `rows` has at least one row and all its rows are equally long. */
export function requireRectangle(name: string, rows: readonly Vector[], action?: string): void {
  const prefix = action ? `Cannot ${action}: ` : '';
  if (rows.length === 0) throw new RangeError(`${prefix}${name} must have at least one row`);
  const odd = rows.findIndex((row) => row.length !== rows[0].length);
  if (odd !== -1) {
    const lengths = `row 0 has ${rows[0].length} and row ${odd} has ${rows[odd].length}`;
    throw new RangeError(`${prefix}the rows of ${name} must be equally long; ${lengths}`);
  }
}

/** @throws RangeError unless `vector` has at least one element and each is a finite number. */
export function requireFiniteVector(name: string, vector: Vector, action?: string): void {
  requireCount(`the length of ${name}`, vector.length, action);
  vector.forEach((value, index) => {
    requireFinite(`${name}[${index}]`, value, action);
  });
}

/**
 * `count` numbers from `from` to `to` at equal distances, both ends included.
 *
 * @param from - the first number
 * @param to - the last number
 * @param count - how many, at least 2
 * @returns shape `[count]`
 * @throws RangeError if an end is not finite or `count` is below 2
 */
export function linearSpace(from: number, to: number, count: number): Vector {
  requireFinite('from', from, 'space numbers evenly');
  requireFinite('to', to, 'space numbers evenly');
  requireCount('count', count, 'space numbers evenly', 2);
  return Array.from({ length: count }, (_, index) => {
    const share = index / (count - 1);
    return from * (1 - share) + to * share;
  });
}

/**
 * `count` numbers from `from` to `to` with equal ratios, both ends included.
 *
 * @param from - the first number, > 0
 * @param to - the last number, > 0
 * @param count - how many, at least 2
 * @returns shape `[count]`
 * @throws RangeError if an end is not positive or `count` is below 2
 */
export function logarithmicSpace(from: number, to: number, count: number): Vector {
  requirePositive('from', from, 'space numbers by equal ratios');
  requirePositive('to', to, 'space numbers by equal ratios');
  const exponents = linearSpace(Math.log(from), Math.log(to), count);
  const spaced = exponents.map(Math.exp);
  spaced[0] = from;
  spaced[count - 1] = to;
  return spaced;
}
