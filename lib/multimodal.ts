/**
 * Pictures and names in one space: the contrastive loss, and two networks that learn it.
 *
 * @example
 * import { cosineSimilarities } from './lib/multimodal';
 *
 * console.log(cosineSimilarities([[2, 0]], [[1, 0], [0, 3], [-1, 0]]));
 * // [ [ 1, 0, -1 ] ]
 */

export {
  contrastiveGradient,
  contrastiveLoss,
  cosineSimilarities,
} from './network/contrastive';
export {
  createTowers,
  digitNames,
  embedNames,
  embedPictures,
  groupLoss,
  trainTowers,
} from './studies/two-towers';
