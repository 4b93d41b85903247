import { multiply, transpose } from 'mathjs';
import {
  requireBetween,
  requireCount,
  requireFinite,
  requirePositive,
  requireSameLength,
} from '../base/checks';
import { type Formula, formula } from './formulas';
import { logarithmicSpace, type Matrix, requireFiniteVector, type Vector } from './vectors';

/** A loss `J(θ)` to be minimised, with its gradient and, where they are known, its minima. */
export interface Objective {
  /** a name for titles, such as `Rosenbrock's valley` */
  readonly name: string;
  /** `J` as a formula in {@link Objective.variables} */
  readonly formula: Formula;
  /** the names of the parameters, in the order of `θ`, shape `[d]` */
  readonly variables: readonly string[];
  /** the partial derivatives of {@link Objective.formula}, found by mathjs, shape `[d]` */
  readonly partialDerivatives: readonly Formula[];
  /** every minimum that is known, shape `[count, d]`; the loss there is the least there is */
  readonly minima: Matrix;
  /** @returns `J(θ)` for parameters of shape `[d]` */
  evaluate(parameters: Vector): number;
  /** @returns `∇J(θ)`, shape `[d]`, for parameters of shape `[d]` */
  gradient(parameters: Vector): Vector;
}

/** A quadratic bowl `J(θ) = ½ (θ − θ*)ᵀ A (θ − θ*)`. */
export interface Quadratic extends Objective {
  /** the matrix `A` of second derivatives, shape `[d, d]` */
  readonly hessian: Matrix;
  /** the eigenvalues of `A`, from the smallest, `μ`, to the largest, `L`, shape `[d]` */
  readonly curvatures: Vector;
}

/**
 * Makes an objective from a formula. Its gradient is derived by mathjs and compiled once.
 *
 * @param options.name - a name for titles
 * @param options.expression - `J` in mathjs's syntax
 * @param options.variables - the names of the parameters in the order of `θ`, shape `[d]`
 * @param options.minima - the minima, where known, shape `[count, d]`
 * @throws RangeError if the formula has other variables, or mathjs cannot differentiate it
 * @example
 * objective({ name: 'bowl', expression: 'x^2', variables: ['x'] }).gradient([3]); // [6]
 */
export function objective(options: {
  name: string;
  expression: string;
  variables: readonly string[];
  minima?: Matrix;
}): Objective {
  const { name, expression, minima = [] } = options;
  const variables = [...options.variables];
  const loss = formula(expression);
  const unknown = loss.variables.filter((variable) => !variables.includes(variable));
  if (unknown.length > 0) {
    throw new RangeError(
      `Cannot make the objective ${name}: its formula also names ${unknown.join(', ')}; ` +
        'list it in variables, or replace it by a number',
    );
  }
  const partialDerivatives = variables.map((variable) => loss.derivative(variable));
  const byName = (parameters: Vector): Record<string, number> => {
    requireSameLength('variables', variables, 'parameters', parameters, `evaluate ${name}`);
    return Object.fromEntries(variables.map((variable, index) => [variable, parameters[index]]));
  };
  return {
    name,
    formula: loss,
    variables,
    partialDerivatives,
    minima: minima.map((minimum) => [...minimum]),
    evaluate: (parameters) => loss.evaluate(byName(parameters)),
    gradient(parameters) {
      const values = byName(parameters);
      return partialDerivatives.map((partial) => partial.evaluate(values));
    },
  };
}

/**
 * A quadratic bowl of chosen condition number `κ = L / μ`:
 * `J(θ) = ½ Σᵢ λᵢ uᵢ²`, where `u` is `θ − θ*` turned by `angle`, `λ₁ = μ` and `λ_d = L`.
 *
 * @param options.conditionNumber - `κ`, how many times steeper the steepest direction is; >= 1
 * @param options.smallestCurvature - `μ`, > 0; 1 if not given, so that `L` is `κ`
 * @param options.dimensions - `d`; 2 if not given; curvatures in between have equal ratios
 * @param options.angle - turns the bowl, in radians; only in two dimensions
 * @param options.minimum - `θ*`, shape `[d]`; the origin if not given
 * @returns the objective, with variables `theta_1` … `theta_d`
 * @throws RangeError if an option is out of range
 * @see Boyd and Vandenberghe, *Convex Optimization* (2004), section 9.3.2
 */
export function quadratic(options: {
  conditionNumber: number;
  smallestCurvature?: number;
  dimensions?: number;
  angle?: number;
  minimum?: Vector;
}): Quadratic {
  const { conditionNumber, smallestCurvature = 1, dimensions = 2, angle = 0 } = options;
  const action = 'make a quadratic';
  requireBetween('conditionNumber', conditionNumber, 1, 1e12, action);
  requirePositive('smallestCurvature', smallestCurvature, action);
  requireCount('dimensions', dimensions, action);
  requireFinite('angle', angle, action);
  if (angle !== 0 && dimensions !== 2) {
    throw new RangeError(`Cannot ${action}: an angle needs 2 dimensions, got ${dimensions}`);
  }
  if (dimensions === 1 && conditionNumber !== 1) {
    throw new RangeError(
      `Cannot ${action}: in 1 dimension conditionNumber is 1, got ${conditionNumber}`,
    );
  }
  const minimum = [...(options.minimum ?? new Array<number>(dimensions).fill(0))];
  requireFiniteVector('minimum', minimum, action);
  const largest = smallestCurvature * conditionNumber;
  const curvatures =
    dimensions === 1 ? [largest] : logarithmicSpace(smallestCurvature, largest, dimensions);
  requireSameLength('minimum', minimum, 'curvatures', curvatures, action);
  const hessian = turn(diagonal(curvatures), angle);
  const base = objective({
    name: `quadratic bowl, κ = ${conditionNumber}`,
    expression: quadraticExpression(hessian, minimum),
    variables: minimum.map((_, index) => `theta_${index + 1}`),
    minima: [minimum],
  });
  return { ...base, hessian, curvatures };
}

function diagonal(entries: Vector): Matrix {
  return entries.map((entry, row) => entries.map((_, column) => (row === column ? entry : 0)));
}

/** `Rᵀ M R` for the rotation `R` by `angle`. */
function turn(matrix: Matrix, angle: number): Matrix {
  if (angle === 0) return matrix;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const rotation = [
    [cosine, sine],
    [-sine, cosine],
  ];
  return multiply(multiply(transpose(rotation), matrix), rotation) as Matrix;
}

function quadraticExpression(hessian: Matrix, minimum: Vector): string {
  const offset = minimum.map((value, index) => {
    const name = `theta_${index + 1}`;
    return value === 0 ? name : `(${name} - ${value < 0 ? `(${value})` : value})`;
  });
  const terms: string[] = [];
  for (let row = 0; row < hessian.length; row++) {
    terms.push(`${hessian[row][row]} * ${offset[row]}^2`);
    for (let column = row + 1; column < hessian.length; column++) {
      const twice = 2 * hessian[row][column];
      if (twice !== 0) terms.push(`(${twice}) * ${offset[row]} * ${offset[column]}`);
    }
  }
  return `1/2 * (${terms.join(' + ')})`;
}
