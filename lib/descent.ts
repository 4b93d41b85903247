/** TODO */

export { drawBatch, epochBatches } from './descent/batches';
export {
  bestLearningRate,
  contractionFactor,
  errorNorms,
  gradientDescent,
  pathOverflowed,
} from './descent/gradient-descent';
export { adam, descendWith, momentum, rmsProp, sgd } from './descent/optimizers';
export {
  constantRate,
  cosineDecay,
  inverseTimeDecay,
  type Schedule,
  stepDecay,
  warmUp,
} from './descent/schedules';
export { stochasticGradientDescent } from './descent/sgd';
