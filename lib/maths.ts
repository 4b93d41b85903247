/** TODO */

export { seededRandom } from './base/random';
export { formula } from './maths/formulas';
export {
  centralDifferences,
  checkGradient,
  forwardDifferences,
  relativeError,
} from './maths/gradient-check';
export { quadratic } from './maths/objectives';
export {
  dense,
  linearSpace,
  logarithmicSpace,
  type Matrix,
  scale,
  type Vector,
} from './maths/vectors';
