/** TODO */

export { centringAccuracy } from './studies/digit-centring';
export {
  deletionCurve,
  inputTimesGradient,
  logits,
  occlusionMap,
  permutationImportance,
  probabilitiesOf,
  randomInk,
  rankPixels,
  scoreGradients,
  weightPictures,
  withoutPixels,
} from './studies/interpretability';
