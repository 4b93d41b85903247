import { objective } from './objectives';

/**
 * One parabola, `J(x) = ½ (x − 2)²`: curvature 1 everywhere, minimum at 2.
 */
export const parabola = objective({
  name: 'parabola',
  expression: '1/2 * (x - 2)^2',
  variables: ['x'],
  minima: [[2]],
});

/**
 * Two valleys of equal depth, `J(x) = (x² − 1)²`: which one is found depends on the start.
 */
export const doubleWell = objective({
  name: 'double well',
  expression: '(x^2 - 1)^2',
  variables: ['x'],
  minima: [[-1], [1]],
});

/**
 * `J(x, y) = ½ (x² − y²)`: the gradient is zero at the origin, which is no minimum.
 */
export const saddle = objective({
  name: 'saddle',
  expression: '1/2 * (x^2 - y^2)',
  variables: ['x', 'y'],
});

/**
 * A curved, flat valley with steep walls, `J(x, y) = (1 − x)² + 100 (y − x²)²`.
 *
 * @see Rosenbrock, "An automatic method for finding the greatest or least value of a function"
 *   (1960), https://doi.org/10.1093/comjnl/3.3.175
 */
export const rosenbrock = objective({
  name: "Rosenbrock's valley",
  expression: '(1 - x)^2 + 100 * (y - x^2)^2',
  variables: ['x', 'y'],
  minima: [[1, 1]],
});

/**
 * Four minima of equal depth, `J(x, y) = (x² + y − 11)² + (x + y² − 7)²`.
 *
 * @see Himmelblau, *Applied Nonlinear Programming* (1972). One minimum is exact, the others are
 *   the roots of `x² + y = 11`, `x + y² = 7`, found with SciPy (test/references/objectives.py)
 */
export const himmelblau = objective({
  name: "Himmelblau's function",
  expression: '(x^2 + y - 11)^2 + (x + y^2 - 7)^2',
  variables: ['x', 'y'],
  minima: [
    [3, 2],
    [-2.805118086952745, 3.131312518250573],
    [-3.779310253377747, -3.283185991286169],
    [3.584428340330492, -1.848126526964404],
  ],
});

/**
 * A nearly flat floor between steep corners,
 * `J(x, y) = (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²`.
 *
 * @see Beale, "On an iterative method for finding a local minimum of a function of more than one
 *   variable" (1958)
 */
export const beale = objective({
  name: "Beale's function",
  expression: '(1.5 - x + x * y)^2 + (2.25 - x + x * y^2)^2 + (2.625 - x + x * y^3)^2',
  variables: ['x', 'y'],
  minima: [[3, 0.5]],
});
