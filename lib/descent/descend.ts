/**
 * The descent: from a point, step by step, to where the loss is less. There is one loop; what
 * differs is the rule of a step and the examples that a gradient looks at.
 */
import { requireCount, requirePositive, requireSameLength } from '../base/checks';
import { seededRandom } from '../base/random';
import { scale, subtract } from '../maths/matrices';
import { requireFiniteVector, type Vector } from '../maths/vectors';
import { batchStream } from './batches';
import { constantRate, type Schedule } from './schedules';

/**
 * One step: maps the parameters `θ`, the gradient there and the rate `α` to the next parameters.
 * `t` counts the steps from 1. Vectors have the shape `[d]`; a rule modifies none of them.
 */
export type Rule = (parameters: Vector, gradient: Vector, rate: number, t: number) => Vector;

/** The rule of gradient descent, `θ ← θ − α ∇J(θ)`. */
export const downhill: Rule = (theta, gradient, alpha) => subtract(theta, scale(alpha, gradient));

/** `α`: how far a step goes; one number > 0, or one for each step from 0 on. */
export interface RateOption {
  learningRate: number | Schedule;
}

/** A rule with its rates; it counts its steps, and is for one descent. */
export interface Optimizer {
  /**
   * @param parameters - `θ`, shape `[d]`; never modified
   * @param gradient - `g`, the gradient there, shape `[d]`; never modified
   * @returns the parameters after one step, shape `[d]`
   * @throws RangeError if the shapes differ, or the rate of this step is not positive
   */
  step(parameters: Vector, gradient: Vector): Vector;
}

/**
 * Gives a rule its rates.
 *
 * @param options - the rate of every step, or a schedule of them
 * @param rule - how to step
 * @throws RangeError if the rate is not positive
 */
export function optimizer({ learningRate }: RateOption, rule: Rule): Optimizer {
  const schedule = typeof learningRate === 'number' ? constantRate(learningRate) : learningRate;
  let t = 0;
  return {
    step(parameters, gradient) {
      requireSameLength('parameters', parameters, 'the gradient', gradient, 'step');
      const rate = schedule(t);
      requirePositive(`the learningRate of step ${t}`, rate, 'step');
      t++;
      return rule(parameters, gradient, rate, t);
    },
  };
}

/** The points of a descent, from `start` on; it ends at the last one of finite numbers. */
function* descend(
  rule: Optimizer,
  gradient: (parameters: Vector) => Vector,
  start: Vector,
  steps: number,
): Generator<Vector> {
  requireCount('steps', steps, 'descend');
  requireFiniteVector('start', start, 'descend');
  let theta = [...start];
  yield theta;
  for (let count = 0; count < steps; count++) {
    // The gradient gets a copy, so that it cannot change the path.
    theta = rule.step(theta, gradient([...theta]));
    if (!theta.every(Number.isFinite)) return;
    yield theta;
  }
}

/**
 * Minimises a loss by gradient descent, `θ ← θ − learningRate · ∇J(θ)`.
 *
 * A rate that is too large makes the numbers grow until they overflow. The path then ends early, at
 * its last point of finite numbers: see `pathOverflowed`.
 *
 * @param gradient - maps parameters, shape `[d]`, to the gradient there, shape `[d]`
 * @param start - initial parameters, shape `[d]`; never modified
 * @param options.learningRate - `α` > 0, how far each step goes along the negative gradient
 * @param options.steps - how many steps to take, a whole number >= 1
 * @returns every point visited, `start` first, shape `[steps + 1, d]`, fewer after an overflow
 * @throws RangeError if an option is out of range, `start` is not finite, or the gradient has
 *   another shape than `start`
 * @see Goodfellow, Bengio, Courville, *Deep Learning* (2016), section 4.3
 * @example
 * gradientDescent(([x]) => [2 * x], [1], { learningRate: 0.25, steps: 2 }); // [[1], [0.5], [0.25]]
 */
export function gradientDescent(
  gradient: (parameters: Vector) => Vector,
  start: Vector,
  { learningRate, steps }: { learningRate: number; steps: number },
): Vector[] {
  requirePositive('learningRate', learningRate, 'descend');
  return [...descend(optimizer({ learningRate }, downhill), gradient, start, steps)];
}

/**
 * Minimises a loss by stochastic gradient descent, `θ ← θ − learningRate · ∇J(θ, ξ)`, where `ξ` is
 * a random batch of examples. As in {@link gradientDescent}, the path ends before an overflow.
 *
 * @param gradient - maps parameters, shape `[d]`, and the numbers of the examples in a batch, shape
 *   `[batchSize]`, to the mean gradient over them, shape `[d]`
 * @param start - initial parameters, shape `[d]`; never modified
 * @param options.learningRate - `α` > 0, or a schedule that gives it for each step
 * @param options.steps - how many updates to take, a whole number >= 1
 * @param options.exampleCount - how many examples there are
 * @param options.batchSize - how many examples each gradient is averaged over
 * @param options.seed - decides the batches
 * @param options.replacement - draw each batch with replacement, not epoch by epoch; default false
 * @returns every point visited, `start` first, shape `[steps + 1, d]`, fewer after an overflow
 * @throws RangeError if an option is out of range, `start` is not finite, a rate of the schedule is
 *   not positive, or the gradient has another shape than `start`
 * @see Bottou, Curtis and Nocedal, "Optimization Methods for Large-Scale Machine Learning" (2018),
 *   https://arxiv.org/abs/1606.04838
 */
export function stochasticGradientDescent(
  gradient: (parameters: Vector, batch: number[]) => Vector,
  start: Vector,
  options: {
    learningRate: number | Schedule;
    steps: number;
    exampleCount: number;
    batchSize: number;
    seed: number;
    replacement?: boolean;
  },
): Vector[] {
  const { steps, exampleCount, batchSize, seed, replacement } = options;
  requireCount('exampleCount', exampleCount, 'descend');
  requireCount('batchSize', batchSize, 'descend');
  const batches = batchStream(exampleCount, { batchSize, random: seededRandom(seed, 'order'), replacement });
  const ofBatch = (parameters: Vector) => gradient(parameters, batches.next().value);
  return [...descend(optimizer(options, downhill), ofBatch, start, steps)];
}

/**
 * Descends with any rule. As in {@link gradientDescent}, the path ends before an overflow.
 *
 * @param rule - a fresh optimizer; its state moves
 * @param gradient - maps parameters, shape `[d]`, to the gradient there, shape `[d]`
 * @param start - initial parameters, shape `[d]`; never modified
 * @param steps - how many steps to take, a whole number >= 1
 * @returns every point visited, `start` first, shape `[steps + 1, d]`, fewer after an overflow
 * @throws RangeError if `steps` or `start` is out of range
 */
export function descendWith(
  rule: Optimizer,
  gradient: (parameters: Vector) => Vector,
  start: Vector,
  steps: number,
): Vector[] {
  return [...descend(rule, gradient, start, steps)];
}
