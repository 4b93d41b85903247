/**
 * Why a model answers as it does: gradients, occlusion, weights as pictures, and how to test them.
 *
 * @example
 * import { rankPixels } from './lib/interpretability';
 *
 * console.log(rankPixels([0.1, 0.7, 0.2]));
 * // [ 1, 2, 0 ]
 */

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
