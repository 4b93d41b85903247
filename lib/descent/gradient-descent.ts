import { distance, subtract } from 'mathjs';
import { requireCount, requirePositive, requireSameLength } from '../base/checks';
import { requireFiniteVector, scale, type Vector } from '../maths/vectors';

/** How far to go, and how often. */
export interface GradientDescentOptions {
  /** `α`, how far each step goes along the negative gradient; > 0 */
  learningRate: number;
  /** how many steps to take, a whole number >= 1 */
  steps: number;
}

/**
 * Minimises a loss by gradient descent, `θ ← θ − learningRate · ∇J(θ)`.
 *
 * A rate that is too large makes the numbers grow until they overflow. The path then ends early, at
 * its last point of finite numbers: see {@link pathOverflowed}.
 *
 * @param gradient - maps parameters, shape `[d]`, to the gradient there, shape `[d]`
 * @param start - initial parameters, shape `[d]`; never modified
 * @returns every point visited, `start` first, shape `[steps + 1, d]`, fewer after an overflow
 * @throws RangeError if an option is out of range, `start` is not finite, or the first gradient
 *   has another shape than `start`
 * @see Goodfellow, Bengio, Courville, *Deep Learning* (2016), section 4.3
 * @example
 * gradientDescent(([x]) => [2 * x], [1], { learningRate: 0.25, steps: 2 }); // [[1], [0.5], [0.25]]
 */
export function gradientDescent(
  gradient: (parameters: Vector) => Vector,
  start: Vector,
  { learningRate, steps }: GradientDescentOptions,
): Vector[] {
  requirePositive('learningRate', learningRate, 'descend');
  requireCount('steps', steps, 'descend');
  requireFiniteVector('start', start, 'descend');
  const path: Vector[] = [[...start]];
  for (let step = 0; step < steps; step++) {
    const parameters = path[step];
    // The gradient gets a copy, so that it cannot change the path.
    const slope = gradient([...parameters]);
    requireSameLength('start', start, 'the gradient', slope, 'descend');
    const next = subtract(parameters, scale(learningRate, slope));
    if (!next.every(Number.isFinite)) break;
    path.push(next);
  }
  return path;
}

/**
 * Whether a descent ended early because its next point was no longer made of finite numbers.
 *
 * @param path - what {@link gradientDescent} returned, shape `[steps + 1, d]` or fewer
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
