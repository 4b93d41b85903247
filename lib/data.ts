/**
 * What is learnt from: MNIST's digits, points in the plane, and how to read, split and vary them.
 *
 * @example
 * import { loadMnist } from './lib/data';
 *
 * const { train, validation, test } = await loadMnist();
 * console.log(train.count, validation.count, test.count, Array.from(train.labels.subarray(0, 5)));
 * // 50000 10000 10000 [ 5, 0, 4, 1, 9 ]
 */

// Points in the plane.

export { type LabelledPoints, noisyLine, type ToyDataName, toyData, xor } from './data/toy-data';

// Digits.

export { augmentDigits } from './data/augmentation';
export { drawnDigit } from './data/digit-drawing';
export type { DigitSet } from './data/digit-set';
export { firstDigits, image, joinDigits, selectDigits, shiftDigits, splitDigits } from './data/digits';
export { loadMnist } from './data/mnist';

// Files.

export { parseIdx, writeIdx } from './data/idx';
