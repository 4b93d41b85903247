/** Gradients measured by differences, to test those that a formula gives. */
import { norm, subtract } from 'mathjs';
import { requirePositive, requireSameLength } from '../base/checks';
import { requireFiniteVector, type Vector } from './vectors';

/** What {@link checkGradient} found. */
export interface GradientCheck {
  /** the gradient as the formula gives it, shape `[d]` */
  analytic: Vector;
  /** the gradient as measured by central differences, shape `[d]` */
  numeric: Vector;
  /** how far they are apart: see {@link relativeError} */
  relativeError: number;
  /** the number of the parameter in which they differ most, 0 … d − 1 */
  worstParameter: number;
}

/** The step that balances both errors of a central difference: the cube root of 2⁻⁵². */
const BEST_STEP = Math.cbrt(Number.EPSILON);

/**
 * Measures a gradient by central differences, `∂J/∂θᵢ ≈ (J(θ + h eᵢ) − J(θ − h eᵢ)) / 2h`. Its
 * error falls as `h²` until rounding, which grows as `1/h`, takes over.
 *
 * @param loss - maps parameters, shape `[d]`, to a number
 * @param parameters - `θ`, shape `[d]`; never modified
 * @param step - `h` > 0; if not given, {@link BEST_STEP}, times `|θᵢ|` where that is above 1
 * @returns shape `[d]`
 * @throws RangeError if `step` is not positive or `parameters` are not finite
 * @see Nocedal and Wright, *Numerical Optimization* (2006), section 8.1
 */
export function centralDifferences(
  loss: (parameters: Vector) => number,
  parameters: Vector,
  step?: number,
): Vector {
  return differences(parameters, step, BEST_STEP, (shifted, h) => {
    return (loss(shifted(h)) - loss(shifted(-h))) / (2 * h);
  });
}

/**
 * Measures a gradient by forward differences, `∂J/∂θᵢ ≈ (J(θ + h eᵢ) − J(θ)) / h`: half the work
 * of central differences, but the error falls only as `h`.
 *
 * @param loss - maps parameters, shape `[d]`, to a number
 * @param parameters - `θ`, shape `[d]`; never modified
 * @param step - `h` > 0; if not given, the square root of 2⁻⁵², times `|θᵢ|` where that is above 1
 * @returns shape `[d]`
 * @throws RangeError if `step` is not positive or `parameters` are not finite
 */
export function forwardDifferences(
  loss: (parameters: Vector) => number,
  parameters: Vector,
  step?: number,
): Vector {
  const here = loss([...parameters]);
  return differences(parameters, step, Math.sqrt(Number.EPSILON), (shifted, h) => {
    return (loss(shifted(h)) - here) / h;
  });
}

function differences(
  parameters: Vector,
  step: number | undefined,
  defaultStep: number,
  slope: (shifted: (by: number) => Vector, h: number) => number,
): Vector {
  if (step !== undefined) requirePositive('step', step, 'measure a gradient');
  requireFiniteVector('parameters', parameters, 'measure a gradient');
  return parameters.map((parameter, index) => {
    const shifted = (by: number) => parameters.map((v, i) => (i === index ? v + by : v));
    return slope(shifted, step ?? defaultStep * Math.max(1, Math.abs(parameter)));
  });
}

/**
 * How far two gradients are apart, free of their scale: `‖a − b‖ / max(‖a‖, ‖b‖)`.
 *
 * @param first - `a`, shape `[d]`
 * @param second - `b`, shape `[d]`
 * @returns 0 if they are equal, 2 at most
 * @throws RangeError if the shapes differ
 */
export function relativeError(first: Vector, second: Vector): number {
  requireSameLength('first', first, 'second', second, 'compare gradients');
  const gap = length(subtract(first, second));
  return gap === 0 ? 0 : gap / Math.max(length(first), length(second));
}

function length(vector: Vector): number {
  return norm(vector) as number;
}

/**
 * Compares a gradient with the differences of its loss.
 *
 * @param loss - maps parameters, shape `[d]`, to a number
 * @param gradient - maps parameters, shape `[d]`, to what should be the gradient, shape `[d]`
 * @param parameters - where to compare, shape `[d]`; never modified
 * @param step - `h`, as in {@link centralDifferences}
 * @returns both gradients and their distance
 * @throws RangeError if the gradient has another shape than the parameters
 */
export function checkGradient(
  loss: (parameters: Vector) => number,
  gradient: (parameters: Vector) => Vector,
  parameters: Vector,
  step?: number,
): GradientCheck {
  const numeric = centralDifferences(loss, parameters, step);
  const analytic = [...gradient([...parameters])];
  requireSameLength('parameters', parameters, 'the gradient', analytic, 'check a gradient');
  const gaps = subtract(analytic, numeric).map(Math.abs);
  return {
    analytic,
    numeric,
    relativeError: relativeError(analytic, numeric),
    worstParameter: gaps.indexOf(Math.max(...gaps)),
  };
}
