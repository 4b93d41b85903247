/**
 * Gradient descent and what became of it: stochastic gradients, momentum, Adam, schedules.
 *
 * @example
 * import { gradientDescent } from './lib/descent';
 *
 * const slope = ([x]: number[]) => [2 * x];
 *
 * console.log(gradientDescent(slope, [1], { learningRate: 0.25, steps: 2 }));
 * // [ [ 1 ], [ 0.5 ], [ 0.25 ] ]
 */

// The descent, and how fast it goes.

export {
  bestLearningRate,
  contractionFactor,
  errorNorms,
  pathOverflowed,
  stepsToShrink,
} from './descent/convergence';
export { descendWith, gradientDescent, stochasticGradientDescent } from './descent/descend';

// Other rules, other rates, other batches.

export { drawBatch, epochBatches } from './descent/batches';
export { adam, momentum, rmsProp, sgd } from './descent/optimizers';
export {
  constantRate,
  cosineDecay,
  inverseTimeDecay,
  type Schedule,
  stepDecay,
  warmUp,
} from './descent/schedules';
