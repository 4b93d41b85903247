/** Power laws above a floor: what a loss comes to when several things are in short supply. */
import { requireCount, requirePositive, requireSameLength } from '../base/checks';
import type { PowerLaw } from './power-law';

/** `y = floor + Σ factor · x^exponent`, with a term for each size that was varied. */
export interface ScalingLaw {
  /** what no size helps against, >= 0 */
  floor: number;
  /** one for each size, in the order in which they were given; factors >= 0, exponents < 0 */
  terms: PowerLaw[];
  /** root of the mean square of `law / y − 1` over the points */
  error: number;
}

const action = 'fit a scaling law';
/** Exponents that are tried. A term flatter than the first cannot be told from the floor. */
const [flattest, steepest] = [0.05, 4];
const starts = 10;

/**
 * The scaling law nearest to the points in the sense of relative errors: it minimises the mean of
 * `(law / y − 1)²`. For given exponents floor and factors are a linear problem, solved exactly with
 * none of them negative; the exponents are searched, first on a grid and then in ever smaller steps.
 *
 * @param sizes - what was varied, one or two lists, each > 0 and of shape `[n]`
 * @param y - measured, > 0, shape `[n]`; n must exceed the number of constants, 3 for one list and 5
 *   for two
 * @returns floor, terms and the error that is left
 * @throws RangeError if there are too few points or one is not positive
 * @see Hoffmann et al., "Training compute-optimal large language models" (2022), section 3.3
 * @example
 * fitScalingLaw([[1, 4, 16, 64]], [3, 2, 1.5, 1.25]); // floor 1, one term 2 · x^−0.5
 */
export function fitScalingLaw(sizes: readonly ArrayLike<number>[], y: ArrayLike<number>): ScalingLaw {
  checkPoints(sizes, y);
  const measured = Array.from(y);
  const logs = sizes.map((list) => Array.from(list, Math.log));
  const lawAt = (exponents: number[]): ScalingLaw => {
    // Each column divided by y: what is left to explain is then 1 everywhere.
    const columns = [
      measured.map((value) => 1 / value),
      ...logs.map((list, term) => list.map((log, i) => Math.exp(-exponents[term] * log) / measured[i])),
    ];
    const { weights, error } = nonNegativeWeights(columns);
    const terms = exponents.map((exponent, term) => ({ factor: weights[term + 1], exponent: -exponent }));
    return { floor: weights[0], terms, error };
  };
  return searchExponents(sizes.length, lawAt);
}

/**
 * What a scaling law says at given sizes.
 *
 * @param law - from {@link fitScalingLaw}
 * @param sizes - one for each of its terms, > 0
 * @returns `floor + Σ factor · size^exponent`
 */
export function scalingLawAt({ floor, terms }: ScalingLaw, ...sizes: number[]): number {
  requireSameLength('terms', terms, 'sizes', sizes, 'evaluate a scaling law');
  return terms.reduce((sum, { factor, exponent }, term) => sum + factor * sizes[term] ** exponent, floor);
}

function checkPoints(sizes: readonly ArrayLike<number>[], y: ArrayLike<number>): void {
  if (sizes.length !== 1 && sizes.length !== 2) {
    throw new RangeError(`Cannot ${action}: one or two sizes must be varied, got ${sizes.length}`);
  }
  requireCount('the number of points', y.length, action, 2 * sizes.length + 2);
  for (const [term, list] of sizes.entries()) {
    requireSameLength(`sizes[${term}]`, list, 'y', y, action);
    Array.from(list, (size, i) => requirePositive(`sizes[${term}][${i}]`, size, action));
  }
  Array.from(y, (value, i) => requirePositive(`y[${i}]`, value, action));
}

/** The best law of a grid, and from there a step along each direction as long as one helps; then half the step. */
function searchExponents(count: number, lawAt: (exponents: number[]) => ScalingLaw): ScalingLaw {
  const grid = Array.from(
    { length: starts },
    (_, i) => flattest * (steepest / flattest) ** (i / (starts - 1)),
  );
  const starting = count === 1 ? grid.map((a) => [a]) : grid.flatMap((a) => grid.map((b) => [a, b]));
  const directions = count === 1 ? [[1], [-1]] : around;
  const inside = (exponent: number) => Math.min(steepest, Math.max(flattest, exponent));
  const better = (a: ScalingLaw, b: ScalingLaw) => (b.error < a.error ? b : a);
  let best = starting.map(lawAt).reduce(better);
  for (let step = 0.25; step > 1e-9; ) {
    const at = best.terms.map(({ exponent }) => -exponent);
    const tried = directions.map((direction) =>
      lawAt(at.map((exponent, term) => inside(exponent * (1 + step * direction[term])))),
    );
    const next = tried.reduce(better, best);
    if (next === best) step /= 2;
    best = next;
  }
  return best;
}

/** The eight neighbours of a point of the plane. */
const around = [-1, 0, 1]
  .flatMap((a) => [-1, 0, 1].map((b) => [a, b]))
  .filter(([a, b]) => a !== 0 || b !== 0);

/** Least squares of `Σ weight · column = 1` with no weight below zero: the best of all choices of columns. */
function nonNegativeWeights(columns: number[][]): { weights: number[]; error: number } {
  const products = columns.map((a) => columns.map((b) => dot(a, b)));
  const sums = columns.map((column) => column.reduce((sum, value) => sum + value, 0));
  const count = columns[0].length;
  let best = { weights: columns.map(() => 0), error: 1 };
  for (let choice = 1; choice < 2 ** columns.length; choice++) {
    const chosen = columns.map((_, i) => i).filter((i) => choice & (1 << i));
    const solved = solveSmall(
      chosen.map((i) => chosen.map((j) => products[i][j])),
      chosen.map((i) => sums[i]),
    );
    if (!solved?.every((weight) => weight >= 0)) continue;
    const weights = columns.map((_, i) => solved[chosen.indexOf(i)] ?? 0);
    const missed = Array.from({ length: count }, (_, point) =>
      columns.reduce((sum, column, i) => sum + weights[i] * column[point], -1),
    );
    const error = Math.sqrt(dot(missed, missed) / count);
    if (error < best.error) best = { weights, error };
  }
  return best;
}

const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** Gauss's elimination of a positive definite system; undefined if it is singular. */
function solveSmall(matrix: number[][], right: number[]): number[] | undefined {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let pivot = 0; pivot < rows.length; pivot++) {
    const at = rows[pivot][pivot];
    if (!(at > 1e-14 * matrix[pivot][pivot])) return undefined;
    for (const row of rows.slice(pivot + 1)) {
      const factor = row[pivot] / at;
      for (let column = pivot; column <= rows.length; column++) row[column] -= factor * rows[pivot][column];
    }
  }
  const solved: number[] = [];
  for (let pivot = rows.length - 1; pivot >= 0; pivot--) {
    const known = solved.reduce((sum, value, i) => sum + value * rows[pivot][pivot + 1 + i], 0);
    solved.unshift((rows[pivot][rows.length] - known) / rows[pivot][pivot]);
  }
  return solved;
}
