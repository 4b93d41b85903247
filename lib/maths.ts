/**
 * Formulas that know their derivatives, vectors and matrices, random numbers, gradient checks.
 *
 * @example
 * import { formula } from './lib/maths';
 *
 * const slope = formula('x^3').derivative('x');
 * console.log(slope.expression, slope.evaluate({ x: 2 }));
 * // 3 * x ^ 2 12
 */

// Numbers, rows of numbers, tables of numbers.

export { seededRandom } from './base/random';
export {
  add,
  type DenseMatrix,
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
} from './maths/matrices';
export { band, percent, wilsonInterval } from './maths/statistics';
export {
  linearSpace,
  logarithmicSpace,
  type Matrix,
  sum,
  type Vector,
} from './maths/vectors';

// Functions and their slopes.

export { formula } from './maths/formulas';
export {
  centralDifferences,
  checkGradient,
  forwardDifferences,
  relativeError,
} from './maths/gradient-check';
export { leastSquares } from './maths/least-squares';
export { fitPowerLaw, type PowerLaw } from './maths/power-law';
export { quadratic } from './maths/quadratic';
export { fitScalingLaw, type ScalingLaw, scalingLawAt } from './maths/scaling-law';
