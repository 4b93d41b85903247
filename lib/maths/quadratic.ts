/** The quadratic bowl, on which everything about a descent can be said exactly. */
import { requireBetween, requireFinite } from '../base/checks';
import { multiply, transpose } from './matrices';
import type { Matrix, Vector } from './vectors';

/** A bowl `J(θ) = ½ θᵀ A θ` over the plane. */
export interface Quadratic {
  /** the matrix `A` of second derivatives, shape `[2, 2]` */
  readonly hessian: Matrix;
  /** the eigenvalues of `A`: the smallest, `μ`, and the largest, `L` */
  readonly curvatures: Vector;
  /** @returns `J(θ)` for parameters of shape `[2]` */
  evaluate(parameters: Vector): number;
  /** @returns `∇J(θ) = A θ`, shape `[2]`, for parameters of shape `[2]` */
  gradient(parameters: Vector): Vector;
}

/**
 * A quadratic bowl of chosen condition number `κ = L / μ`, with its minimum at the origin.
 *
 * @param options.conditionNumber - `κ` >= 1, how many times steeper the steeper direction is; `μ` is
 *   1, so that `L` is `κ`
 * @param options.angle - turns the bowl, in radians; if not given, the first parameter runs along
 *   the valley and the second across
 * @throws RangeError if an option is out of range
 * @see Boyd and Vandenberghe, *Convex Optimization* (2004), section 9.3.2
 * @example
 * quadratic({ conditionNumber: 10 }).gradient([2, 1]); // [2, 10]
 */
export function quadratic(options: { conditionNumber: number; angle?: number }): Quadratic {
  const { conditionNumber, angle = 0 } = options;
  requireBetween('conditionNumber', conditionNumber, 1, 1e12, 'make a quadratic');
  requireFinite('angle', angle, 'make a quadratic');
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const rotation = [
    [cosine, sine],
    [-sine, cosine],
  ];
  const straight = [
    [1, 0],
    [0, conditionNumber],
  ];
  const hessian = multiply(multiply(transpose(rotation), straight), rotation);
  const gradient = (theta: Vector) => multiply(hessian, theta);
  return {
    hessian,
    curvatures: [1, conditionNumber],
    evaluate: (theta) => multiply(theta, gradient(theta)) / 2,
    gradient,
  };
}
