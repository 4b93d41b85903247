/** TODO */

export {
  classCounts,
  createLinearModel,
  majorityClass,
  meanDigits,
  nearestMean,
  nearestNeighbour,
  standardError,
} from './model/baselines';
export { loadModel, saveModel } from './model/files';
export {
  compileModel,
  createModel,
  evaluateModel,
  main,
  type OptimizerName,
  optimizers,
  type ProgramResult,
  predict,
  trainModel,
} from './model/mnist-model';
export { type Recipe, type RecipeResult, trainRecipe } from './model/recipe';
export { fitFused, whyNotFused } from './training/fused-training';
