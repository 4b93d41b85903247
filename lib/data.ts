/** TODO */

export { augmentDigits } from './data/augmentation';
export {
  type DigitSet,
  firstDigits,
  image,
  joinDigits,
  selectDigits,
  shiftDigits,
  splitDigits,
} from './data/digits';
export { parseIdx, writeIdx } from './data/idx';
export { loadMnist } from './data/mnist';
export { type LabelledPoints, noisyLine, type ToyDataName, toyData, xor } from './data/toy-data';
