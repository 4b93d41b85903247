/** How fast a descent converges: measured on its path, and by the theory of quadratics. */
import { distance } from 'mathjs';
import { requireCount, requirePositive } from '../base/checks';
import { requireFiniteVector, type Vector } from '../maths/vectors';

/**
 * Whether a descent ended early because its next point was no longer made of finite numbers.
 *
 * @param path - what a descent returned, shape `[steps + 1, d]` or fewer
 * @param steps - how many steps were asked for
 */
export function pathOverflowed(path: Vector[], steps: number): boolean {
  return path.length < steps + 1;
}

/**
 * The distance of each point of a path to one point: `‖e_k‖ = ‖θ_k − θ*‖`.
 *
 * @param path - shape `[points, d]`
 * @param minimum - `θ*`, shape `[d]`
 * @returns shape `[points]`
 */
export function errorNorms(path: Vector[], minimum: Vector): Vector {
  return path.map((parameters) => distance(parameters, minimum) as number);
}

/**
 * By which factor a step of gradient descent on a quadratic multiplies the error in the direction
 * that shrinks slowest (or grows fastest): `maxᵢ |1 − learningRate · λᵢ|`.
 *
 * @param learningRate - `α` > 0
 * @param curvatures - the eigenvalues `λᵢ` of the Hessian, shape `[d]`
 * @returns the factor; below 1 the error dies out, at 1 it stays bounded, above 1 it grows
 * @throws RangeError if `learningRate` is not positive or there is no curvature
 * @see Boyd and Vandenberghe, *Convex Optimization* (2004), section 9.3
 */
export function contractionFactor(learningRate: number, curvatures: Vector): number {
  requirePositive('learningRate', learningRate, 'find the contraction factor');
  requireFiniteVector('curvatures', curvatures, 'find the contraction factor');
  return Math.max(...curvatures.map((curvature) => Math.abs(1 - learningRate * curvature)));
}

/**
 * The rate for which the slowest direction of a quadratic shrinks fastest, `2 / (μ + L)`.
 * Its contraction factor is `(κ − 1) / (κ + 1)`.
 *
 * @param curvatures - the eigenvalues of the Hessian, all > 0, shape `[d]`
 * @throws RangeError if a curvature is not positive
 * @see Nesterov, *Introductory Lectures on Convex Optimization* (2004), theorem 2.1.15
 */
export function bestLearningRate(curvatures: Vector): number {
  requireFiniteVector('curvatures', curvatures, 'find the best learningRate');
  const smallest = Math.min(...curvatures);
  requirePositive('the smallest curvature', smallest, 'find the best learningRate');
  return 2 / (smallest + Math.max(...curvatures));
}

/**
 * How many steps a descent needs until its error is, and stays, so many times smaller than at the start.
 * An oscillating error that only dips below the threshold has not arrived.
 *
 * @param errors - `‖e_k‖`, the start first, shape `[steps + 1]`
 * @param factor - > 0, how many times smaller
 * @returns the first step from which on all errors are at most `errors[0] / factor`; Infinity if the
 *   last one is not
 * @throws RangeError if there is no error, or `factor` is not positive
 * @example
 * stepsToShrink([8, 1, 3, 1, 0.5], 4); // 3
 */
export function stepsToShrink(errors: ArrayLike<number>, factor: number): number {
  requireCount('the number of errors', errors.length, 'count steps');
  requirePositive('factor', factor, 'count steps');
  const enough = errors[0] / factor;
  let step = errors.length;
  while (step > 0 && errors[step - 1] <= enough) step--;
  return step < errors.length ? step : Number.POSITIVE_INFINITY;
}
