/** TODO */
export {
  contrastiveGradient,
  contrastiveLoss,
  cosineSimilarities,
  unitRows,
} from './network/contrastive';
export {
  createTowers,
  digitNames,
  embedNames,
  embedPictures,
  encodeName,
  groupLoss,
  trainTowers,
} from './studies/two-towers';
