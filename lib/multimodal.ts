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
export { type NamedPictures, pairDigits, pairPixels } from './studies/digit-pairs';
export { digitNames, pairNames } from './studies/names';
export { embedNames, embedPictures, groupLoss } from './studies/tower-embeddings';
export { createTowers, type TwoTowers, trainTowers } from './studies/two-towers';
