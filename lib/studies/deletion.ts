/** The deletion test of an attribution: pixels are turned to paper in its order, and the answer is watched. */
import { requireCount, requireSameLength } from '../base/checks';
import type { Random } from '../base/random';
import { type DigitSet, digitPixels, pixelsOf } from '../data/digit-set';
import { tf } from '../tensorflow/backend';
import { chunk, imagesToTensor, labelsToTensor } from '../tensorflow/tensors';

/**
 * The probability that the model gives to the label of each digit.
 *
 * @param model - 784 inputs, probabilities as outputs; it does not change
 * @param digits - never changed
 * @returns shape `[count]`
 */
export function probabilitiesOf(model: tf.LayersModel, digits: DigitSet): Float32Array {
  const [images, labels] = [imagesToTensor(digits), labelsToTensor(digits)];
  const chosen = tf.tidy(() => {
    const probabilities = model.predict(images, { batchSize: chunk }) as tf.Tensor2D;
    const classes = probabilities.shape[1];
    return tf.sum(tf.mul(probabilities, tf.oneHot(labels.toInt(), classes)), 1);
  });
  const values = chosen.dataSync() as Float32Array;
  tf.dispose([images, labels, chosen]);
  return Float32Array.from(values);
}

/**
 * Pixels in the order of an explanation.
 *
 * @param attribution - a number for each pixel, shape `[pixels]`
 * @returns the numbers of the pixels, those with the largest attribution first
 */
export function rankPixels(attribution: ArrayLike<number>): number[] {
  const values = Array.from(attribution);
  return Array.from(values.keys()).sort((a, b) => values[b] - values[a]);
}

/**
 * The pixels with ink in the order of an explanation: blank paper cannot be deleted.
 *
 * @param attribution - a number for each pixel, shape `[784]`
 * @param grey - the digit, shape `[784]`
 * @returns the numbers of the pixels with ink, those with the largest attribution first
 */
export function rankInk(attribution: ArrayLike<number>, grey: ArrayLike<number>): number[] {
  return rankPixels(attribution).filter((pixel) => grey[pixel] > 0);
}

/**
 * The pixels with ink in random order: what an explanation has to beat.
 *
 * @param grey - one digit, shape `[784]`
 * @param random - draws the order
 * @returns the numbers of the pixels with ink, in random order
 */
export function randomInk(grey: ArrayLike<number>, random: Random): number[] {
  return Array.from(random.permutation(grey.length)).filter((pixel) => grey[pixel] > 0);
}

/**
 * A digit whose first pixels in an order have been turned to paper.
 *
 * @param grey - one digit, shape `[784]`; never changed
 * @param order - numbers of pixels, those to be deleted first in front
 * @param count - how many are deleted, >= 0; all of the order if it is shorter
 * @returns a new digit, shape `[784]`
 * @throws RangeError if `count` is not a whole number >= 0
 */
export function withoutPixels(grey: ArrayLike<number>, order: ArrayLike<number>, count: number): Uint8Array {
  requireCount('count', count, 'delete pixels', 0);
  const left = Uint8Array.from(grey);
  for (let place = 0; place < Math.min(count, order.length); place++) left[order[place]] = 0;
  return left;
}

/**
 * The deletion curve: the mean probability of the digits' labels after the first pixels of each
 * digit's order have been turned to paper.
 *
 * @param model - 784 inputs, probabilities as outputs; it does not change
 * @param digits - never changed; their labels are the classes explained
 * @param orders - for each digit its pixels, those to be deleted first in front
 * @param counts - how many pixels are deleted, each 0 … 784, shape `[n]`
 * @returns mean probabilities, shape `[n]`
 * @throws RangeError if digits and orders differ in number, or a count is out of range
 * @see Samek et al., "Evaluating the visualization of what a deep neural network has learned" (2017)
 */
export function deletionCurve(
  model: tf.LayersModel,
  digits: DigitSet,
  orders: readonly ArrayLike<number>[],
  counts: readonly number[],
): number[] {
  requireSameLength('orders', orders, 'labels', digits.labels, 'delete pixels');
  return counts.map((count) => {
    const probabilities = probabilitiesOf(model, withoutFirst(digits, orders, count));
    return probabilities.reduce((sum, probability) => sum + probability, 0) / digits.count;
  });
}

/**
 * How many deletions each answer stands: the least number of pixels of its order that must be turned
 * to paper until the label's probability is below one half.
 *
 * @param model - 784 inputs, probabilities as outputs; it does not change
 * @param digits - never changed; their labels are the classes explained
 * @param orders - for each digit its pixels, those to be deleted first in front
 * @returns shape `[count]`; the length of the order plus 1 where even all deletions are stood
 * @throws RangeError if digits and orders differ in number
 */
export function deletionsStood(
  model: tf.LayersModel,
  digits: DigitSet,
  orders: readonly ArrayLike<number>[],
): number[] {
  requireSameLength('orders', orders, 'labels', digits.labels, 'delete pixels');
  return orders.map((order, index) => {
    const count = evenCount(order.length + 1);
    const images = new Uint8Array(count * digitPixels);
    const grey = pixelsOf(digits, index, index + 1);
    for (let place = 0; place < count; place++) {
      images.set(withoutPixels(grey, order, place), place * digitPixels);
    }
    const labels = new Uint8Array(count).fill(digits.labels[index]);
    const fallen = probabilitiesOf(model, { images, labels, count }).findIndex((p) => p < 0.5);
    return fallen < 0 ? order.length + 1 : fallen;
  });
}

/**
 * How many pictures to ask about, where it is so many or a few more: native TensorFlow keeps a program for each number of
 * rows that it has met, and digits differ in ink.
 */
export function evenCount(count: number): number {
  return 128 * Math.ceil(count / 128);
}

/** All digits without the first pixels of their orders. */
function withoutFirst(digits: DigitSet, orders: readonly ArrayLike<number>[], count: number): DigitSet {
  const images = new Uint8Array(digits.images.length);
  orders.forEach((order, index) => {
    images.set(withoutPixels(pixelsOf(digits, index, index + 1), order, count), index * digitPixels);
  });
  return { ...digits, images };
}
