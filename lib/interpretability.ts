/**
 * Why a model answers as it does: gradients, occlusion, weights as pictures, and how to test them.
 *
 * @example
 * import { rankPixels } from './lib/interpretability';
 *
 * console.log(rankPixels([0.1, 0.7, 0.2]));
 * // [ 1, 2, 0 ]
 */

// What an answer is attributed to.

export {
  inputTimesGradient,
  integratedGradients,
  logitGradients,
  logits,
  occlusionMap,
  weightPictures,
} from './studies/attributions';

// Tests of an attribution.

export {
  deletionCurve,
  deletionsStood,
  probabilitiesOf,
  randomInk,
  rankInk,
  rankPixels,
  withoutPixels,
} from './studies/deletion';

// Digits that are changed on purpose.

export { centringAccuracy } from './studies/digit-centring';
export { exchangePixels, permutationImportance, setPixels } from './studies/exchange';
