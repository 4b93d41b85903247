/** Learning rates that change from step to step. */
import { requireBetween, requireCount, requireNonNegative, requirePositive } from '../base/checks';

/**
 * A learning rate that changes as training goes on: maps the number of the step, counted from 0, to
 * the rate of that step.
 */
export type Schedule = (step: number) => number;

/**
 * The same rate at every step.
 *
 * @param learningRate - `α₀` > 0
 * @throws RangeError if `learningRate` is not positive
 */
export function constantRate(learningRate: number): Schedule {
  requirePositive('learningRate', learningRate, 'make a schedule');
  return () => learningRate;
}

/**
 * A staircase, `α_k = α₀ · factor^⌊k / every⌋`.
 *
 * @param learningRate - `α₀` > 0
 * @param options.factor - what the rate is multiplied with at each stair, 0 < factor <= 1
 * @param options.every - how many steps each stair lasts
 * @throws RangeError if an argument is out of range
 */
export function stepDecay(
  learningRate: number,
  { factor, every }: { factor: number; every: number },
): Schedule {
  requirePositive('learningRate', learningRate, 'make a schedule');
  requirePositive('factor', factor, 'make a schedule');
  requireBetween('factor', factor, 0, 1, 'make a schedule');
  requireCount('every', every, 'make a schedule');
  return (step) => learningRate * factor ** Math.floor(step / every);
}

/**
 * `α_k = α₀ / (1 + decay · k)`: falls slowly enough for the rates to add up to infinity, and fast
 * enough for their squares not to, so that SGD converges in spite of its noise.
 *
 * @param learningRate - `α₀` > 0
 * @param options.decay - how fast the rate falls, per step, >= 0
 * @throws RangeError if an argument is out of range
 * @see Robbins and Monro, "A Stochastic Approximation Method" (1951),
 *   https://doi.org/10.1214/aoms/1177729586
 */
export function inverseTimeDecay(learningRate: number, { decay }: { decay: number }): Schedule {
  requirePositive('learningRate', learningRate, 'make a schedule');
  requireNonNegative('decay', decay, 'make a schedule');
  return (step) => learningRate / (1 + decay * step);
}

/**
 * Half a cosine from `α₀` down to `finalRate`,
 * `α_k = finalRate + ½ (α₀ − finalRate)(1 + cos(π k / steps))`; from step `steps` on, `finalRate`.
 *
 * @param learningRate - `α₀` > 0
 * @param options.steps - how many steps the fall takes
 * @param options.finalRate - the last rate, > 0; a thousandth of `α₀` if not given
 * @throws RangeError if an argument is out of range
 * @see Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017),
 *   https://arxiv.org/abs/1608.03983
 */
export function cosineDecay(
  learningRate: number,
  { steps, finalRate = learningRate / 1000 }: { steps: number; finalRate?: number },
): Schedule {
  requirePositive('learningRate', learningRate, 'make a schedule');
  requireCount('steps', steps, 'make a schedule');
  requirePositive('finalRate', finalRate, 'make a schedule');
  return (step) => {
    const share = Math.min(step / steps, 1);
    return finalRate + ((learningRate - finalRate) * (1 + Math.cos(Math.PI * share))) / 2;
  };
}

/**
 * Begins with small rates: the first `steps` steps climb in a straight line to the first rate of
 * another schedule, which then begins at its own step 0: `α_k = (k + 1) / (steps + 1) · then(0)`.
 *
 * @param steps - how many steps the climb takes
 * @param then - the schedule after the climb
 * @throws RangeError if `steps` is not a whole number >= 1
 * @see Goyal et al., "Accurate, Large Minibatch SGD" (2017), https://arxiv.org/abs/1706.02677
 */
export function warmUp(steps: number, then: Schedule): Schedule {
  requireCount('steps', steps, 'make a schedule');
  return (step) => (step < steps ? ((step + 1) / (steps + 1)) * then(0) : then(step - steps));
}
