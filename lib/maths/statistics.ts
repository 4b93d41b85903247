/** Several runs in few numbers. */
import { mean } from 'simple-statistics';
import { requireBetween, requireCount } from '../base/checks';
import { inPercent } from '../base/words';
import type { Vector } from './vectors';

/**
 * What a figure shows of several runs: their mean at each place, and the band from the least to the
 * greatest.
 *
 * @param runs - what the runs measured at each place, shape `[places, runs]`; a place may have fewer runs
 * @param middle - what stands for the runs of a place; their mean if not given
 * @returns `y` and both edges of `band`, each shape `[places]`: part of a series of `lineFigure`
 * @throws RangeError if there is no place, or one without a run
 * @example
 * band([[1, 3], [2, 8]]); // { y: [2, 5], band: { low: [1, 2], high: [3, 8] } }
 */
export function band(
  runs: readonly Vector[],
  middle: (values: Vector) => number = mean,
): { y: Vector; band: { low: Vector; high: Vector } } {
  requireCount('the number of places', runs.length, 'draw a band');
  runs.forEach((values, place) => {
    requireCount(`the number of runs at place ${place}`, values.length, 'draw a band');
  });
  return {
    y: runs.map((values) => middle(values)),
    band: {
      low: runs.map((values) => Math.min(...values)),
      high: runs.map((values) => Math.max(...values)),
    },
  };
}

/**
 * Wilson's interval for a share: it holds the true share in about 95 of 100 experiments, also where none or
 * all of the trials succeed.
 *
 * @param successes - how many succeeded, 0 … `trials`
 * @param trials - how many there were, at least 1
 * @returns both ends, from 0 to 1
 * @throws RangeError if a number is out of range
 * @see Wilson, "Probable inference, the law of succession, and statistical inference" (1927),
 *   https://doi.org/10.1080/01621459.1927.10502953
 * @example
 * wilsonInterval(31, 40); // [0.625, 0.877], rounded
 */
export function wilsonInterval(successes: number, trials: number): [number, number] {
  requireCount('trials', trials, 'estimate a share');
  requireCount('successes', successes, 'estimate a share', 0);
  requireBetween('successes', successes, 0, trials, 'estimate a share');
  const z = 1.959964;
  const share = successes / trials;
  const middle = share + (z * z) / (2 * trials);
  const reach = z * Math.sqrt((share * (1 - share)) / trials + (z / (2 * trials)) ** 2);
  const whole = 1 + (z * z) / trials;
  return [Math.max(0, (middle - reach) / whole), Math.min(1, (middle + reach) / whole)];
}

/**
 * A share in per cent, to print.
 *
 * @param share - usually from 0 to 1
 * @param digits - how many digits stand behind the point
 * @example
 * percent(0.9714); // '97.1 %'
 */
export function percent(share: number, digits = 1): string {
  return inPercent((100 * share).toFixed(digits));
}
