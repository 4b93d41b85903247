/** Power laws, which are straight lines on two logarithmic axes. */
import { linearRegression } from 'simple-statistics';
import { requirePositive, requireSameLength } from '../base/checks';

/** A power law `y = factor · x^exponent`. */
export interface PowerLaw {
  factor: number;
  exponent: number;
}

/**
 * The power law nearest to the points in the least-squares sense of their logarithms,
 * `log y = log factor + exponent · log x`.
 *
 * @param x - sizes, > 0, shape `[n]`, n >= 2
 * @param y - values, > 0, shape `[n]`
 * @throws RangeError if fewer than two points are given or one is not positive
 */
export function fitPowerLaw(x: ArrayLike<number>, y: ArrayLike<number>): PowerLaw {
  requireSameLength('x', x, 'y', y, 'fit a power law');
  if (x.length < 2) {
    throw new RangeError(`Cannot fit a power law: 2 points are needed, got ${x.length}`);
  }
  const points = Array.from(x, (size, index) => {
    requirePositive(`x[${index}]`, size, 'fit a power law');
    requirePositive(`y[${index}]`, y[index], 'fit a power law');
    return [Math.log(size), Math.log(y[index])];
  });
  const { m, b } = linearRegression(points);
  return { factor: Math.exp(b), exponent: m };
}
