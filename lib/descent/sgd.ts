import { subtract } from 'mathjs';
import { requireCount, requirePositive, requireSameLength } from '../base/checks';
import { seededRandom } from '../base/random';
import { requireFiniteVector, scale, type Vector } from '../maths/vectors';
import { batchStream } from './batches';
import { constantRate, type Schedule } from './schedules';

/** How to descend on noisy gradients. */
export interface StochasticGradientDescentOptions {
  /** `α`, > 0, or a {@link Schedule} that gives it for each step */
  learningRate: number | Schedule;
  /** how many updates to take, a whole number >= 1 */
  steps: number;
  /** how many examples there are */
  exampleCount: number;
  /** `B`, how many examples each gradient is averaged over */
  batchSize: number;
  /** decides the batches */
  seed: number;
  /** draw each batch with replacement, not epoch by epoch; false if not given */
  replacement?: boolean;
}

/**
 * Minimises a loss by stochastic gradient descent, `θ ← θ − learningRate · ∇J(θ, ξ)`, where `ξ` is
 * a random batch of examples.
 *
 * As in `gradientDescent`, the path ends early at its last point of finite numbers.
 *
 * @param gradient - maps parameters, shape `[d]`, and the numbers of the examples in a batch, shape
 *   `[B]`, to the mean gradient over them, shape `[d]`
 * @param start - initial parameters, shape `[d]`; never modified
 * @returns every point visited, `start` first, shape `[steps + 1, d]`, fewer after an overflow
 * @throws RangeError if an option is out of range, `start` is not finite, a rate of the schedule is
 *   not positive, or the gradient has another shape than `start`
 * @see Bottou, Curtis and Nocedal, "Optimization Methods for Large-Scale Machine Learning" (2018),
 *   https://arxiv.org/abs/1606.04838
 */
export function stochasticGradientDescent(
  gradient: (parameters: Vector, batch: number[]) => Vector,
  start: Vector,
  options: StochasticGradientDescentOptions,
): Vector[] {
  const { learningRate, steps, exampleCount, batchSize, seed, replacement } = options;
  const schedule = typeof learningRate === 'number' ? constantRate(learningRate) : learningRate;
  requireCount('steps', steps, 'descend');
  requireCount('exampleCount', exampleCount, 'descend');
  requireCount('batchSize', batchSize, 'descend');
  requireFiniteVector('start', start, 'descend');
  const batches = batchStream(exampleCount, { batchSize, random: seededRandom(seed), replacement });
  const path: Vector[] = [[...start]];
  for (let step = 0; step < steps; step++) {
    const parameters = path[step];
    const rate = schedule(step);
    requirePositive(`the learningRate of step ${step}`, rate, 'descend');
    const slope = gradient([...parameters], batches.next().value);
    requireSameLength('start', start, 'the gradient', slope, 'descend');
    const next = subtract(parameters, scale(rate, slope));
    if (!next.every(Number.isFinite)) break;
    path.push(next);
  }
  return path;
}
