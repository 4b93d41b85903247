/**
 * The models that read digits: made, trained, measured, saved; and the simple ones to beat.
 *
 * @example
 * import { firstDigits, loadMnist } from './lib/data';
 * import { compileModel, createModel, evaluateModel, trainModel } from './lib/model';
 * import { startTensorflow } from './lib/tensorflow';
 *
 * await startTensorflow();
 * const { train, validation } = await loadMnist();
 * const model = createModel({ hiddenUnits: 32 });
 * compileModel(model);
 * await trainModel(model, firstDigits(train, 5000), { epochs: 1 });
 * const { accuracy } = await evaluateModel(model, firstDigits(validation, 1000));
 * console.log(accuracy > 0.8);
 * // true
 */

// The model of the course.

export { loadModel, saveModel } from './model/files';
export {
  type CompileOptions,
  compileModel,
  createModel,
  evaluateModel,
  type ModelOptions,
  type OptimizerName,
  optimizers,
  predict,
  type TrainOptions,
  trainModel,
} from './model/mnist-model';
export { evaluate, type FitOptions, fitModel, whyNotFused } from './training/fit';
export type { TrainingHistory, TrainingView } from './training/history';

// The whole program, and what it is tuned with.

export { main, type ProgramOptions, type ProgramResult } from './model/program';
export { drawDigits, type Recipe, type RecipeResult, trainRecipe } from './model/recipe';

// What every model must beat.

export {
  classCounts,
  createLinearModel,
  majorityClass,
  meanDigits,
  nearestMean,
  nearestNeighbour,
  nearestPlaces,
  standardError,
} from './model/baselines';
