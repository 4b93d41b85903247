/** What a trained network looks at: gradients, occlusion, deletion, permutation, weights as pictures. */
import { requireCount, requireSameLength } from '../base/checks';
import { type Random, seededRandom } from '../base/random';
import { type DigitSet, digitPixels, digitSide } from '../data/digit-set';
import { tf } from '../tensorflow/backend';
import { chunk, imagesToTensor, labelsToTensor } from '../tensorflow/tensors';

/**
 * The scores before the softmax, `z` in `p = softmax(z)`.
 *
 * @param model - a chain of layers that ends in Dense(…, softmax); it does not change
 * @param images - shape `[count, inputs]`
 * @returns shape `[count, classes]`; the caller disposes it
 * @throws RangeError if the model does not end in a dense layer with softmax
 */
export function logits(model: tf.LayersModel, images: tf.Tensor2D): tf.Tensor2D {
  const last = model.layers[model.layers.length - 1];
  const { activation } = last.getConfig();
  if (last.getClassName() !== 'Dense' || activation !== 'softmax') {
    throw new RangeError(
      `Cannot read the scores: the model must end in a Dense layer with softmax, got ${last.getClassName()} with ${activation}`,
    );
  }
  return tf.tidy(() => {
    const hidden = model.layers
      .slice(0, -1)
      .filter((layer) => layer.getClassName() !== 'InputLayer')
      .reduce((values: tf.Tensor, layer) => layer.apply(values) as tf.Tensor, images);
    const [kernel, bias] = last.getWeights();
    const scores = tf.matMul(hidden as tf.Tensor2D, kernel as tf.Tensor2D);
    return (bias ? scores.add(bias) : scores) as tf.Tensor2D;
  });
}

/**
 * How the score of one class answers to each pixel, `g = ∂z_class / ∂x`.
 *
 * @param model - as for {@link logits}
 * @param digits - never changed; the labels are not looked at
 * @param classes - the class explained for each digit, shape `[count]`
 * @returns shape `[count][784]`, per unit of `x` from 0 to 1
 * @throws RangeError if digits and classes differ in number
 * @see Simonyan, Vedaldi, Zisserman, "Deep inside convolutional networks" (2013)
 */
export function scoreGradients(
  model: tf.LayersModel,
  digits: DigitSet,
  classes: ArrayLike<number>,
): Float32Array[] {
  requireSameLength('classes', classes, 'labels', digits.labels, 'explain digits');
  return inChunks(digits.count, (from, to) => {
    const gradients = tf.tidy(() => {
      const chosen = tf.oneHot(tf.tensor1d(Array.from(classes).slice(from, to), 'int32'), 10);
      const score = (images: tf.Tensor) =>
        tf.sum(tf.mul(logits(model, images as tf.Tensor2D), chosen)) as tf.Scalar;
      return tf.grad(score)(imagesToTensor(digits, from, to));
    });
    return rowsOf(gradients, to - from);
  });
}

/**
 * Input × gradient, `x_i · ∂z_class / ∂x_i`: to first order, what the score owes to each pixel. For a
 * linear model it is exact, and the sum over all pixels is `z_class − b_class`.
 *
 * @param model - as for {@link logits}
 * @param digits - never changed; the labels are not looked at
 * @param classes - the class explained for each digit, shape `[count]`
 * @returns shape `[count][784]`
 * @throws RangeError if digits and classes differ in number
 * @see Shrikumar, Greenside, Kundaje, "Learning important features through propagating activation
 *   differences" (2017), section 2
 */
export function inputTimesGradient(
  model: tf.LayersModel,
  digits: DigitSet,
  classes: ArrayLike<number>,
): Float32Array[] {
  return scoreGradients(model, digits, classes).map((gradient, index) =>
    gradient.map((slope, pixel) => (slope * digits.images[index * digitPixels + pixel]) / 255),
  );
}

/**
 * Occlusion: how much the probability of a class falls when a square of paper covers the surroundings
 * of each pixel.
 *
 * @param model - 784 inputs, probabilities as outputs; it does not change
 * @param grey - one digit, grey values 0 … 255, shape `[784]`; never changed
 * @param label - the class explained
 * @param options - `size`: side of the square in pixels, odd; 5 unless told
 * @returns `p(x) − p(x covered)` for a square around each pixel, shape `[784]`
 * @throws RangeError if `size` is not an odd whole number >= 1
 * @see Zeiler and Fergus, "Visualizing and understanding convolutional networks" (2014)
 */
export function occlusionMap(
  model: tf.LayersModel,
  grey: ArrayLike<number>,
  label: number,
  { size = 5 } = {},
): Float32Array {
  requireCount('size', size, 'cover parts of a digit');
  if (size % 2 === 0) {
    throw new RangeError(`Cannot cover parts of a digit: size must be odd, got ${size}`);
  }
  const half = (size - 1) / 2;
  const count = digitPixels + 1;
  const images = new Uint8Array(count * digitPixels);
  for (let place = 0; place < count; place++) images.set(grey, place * digitPixels);
  for (let pixel = 0; pixel < digitPixels; pixel++) {
    const [row, column] = [Math.floor(pixel / digitSide), pixel % digitSide];
    for (let r = Math.max(0, row - half); r <= Math.min(digitSide - 1, row + half); r++) {
      const first = Math.max(0, column - half);
      const end = Math.min(digitSide, column + half + 1);
      const start = pixel * digitPixels + r * digitSide;
      images.fill(0, start + first, start + end);
    }
  }
  const labels = new Uint8Array(count).fill(label);
  const covered = probabilitiesOf(model, { images, labels, count });
  return covered.slice(0, digitPixels).map((probability) => covered[digitPixels] - probability);
}

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
 * The pixels with ink in random order: what an explanation has to beat.
 *
 * @param grey - one digit, shape `[784]`
 * @param random - draws the order
 * @returns the numbers of the pixels with ink, then those without, both in random order
 */
export function randomInk(grey: ArrayLike<number>, random: Random): number[] {
  const order = Array.from(random.permutation(grey.length));
  return [...order.filter((pixel) => grey[pixel] > 0), ...order.filter((pixel) => !grey[pixel])];
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
    const images = new Uint8Array(digits.images.length);
    orders.forEach((order, index) => {
      const start = index * digitPixels;
      const grey = digits.images.subarray(start, start + digitPixels);
      images.set(withoutPixels(grey, order, count), start);
    });
    const probabilities = probabilitiesOf(model, { ...digits, images });
    return probabilities.reduce((sum, probability) => sum + probability, 0) / digits.count;
  });
}

/**
 * Permutation importance: how much accuracy is lost when the values of a group of pixels are
 * exchanged among the digits, so that they say nothing about the label any more.
 *
 * @param predict - names digits, one class for each
 * @param digits - not those learnt from; never changed
 * @param groups - numbers of pixels that are exchanged together
 * @param seed - draws who exchanges with whom
 * @returns share of right answers lost, for each group
 * @see Breiman, "Random forests" (2001), section 10
 */
export function permutationImportance(
  predict: (digits: DigitSet) => ArrayLike<number>,
  digits: DigitSet,
  groups: readonly (readonly number[])[],
  seed: number,
): number[] {
  const random = seededRandom(seed);
  const right = (images: Uint8Array) => {
    const names = Array.from(predict({ ...digits, images }));
    return names.filter((name, index) => name === digits.labels[index]).length;
  };
  const before = right(digits.images);
  return groups.map((group) => {
    const order = random.permutation(digits.count);
    const images = Uint8Array.from(digits.images);
    for (const [index, other] of order.entries()) {
      for (const pixel of group) {
        images[index * digitPixels + pixel] = digits.images[other * digitPixels + pixel];
      }
    }
    return (before - right(images)) / digits.count;
  });
}

/**
 * The weights into each unit of a dense layer on 784 inputs, as pictures.
 *
 * @param layer - dense, with 784 inputs
 * @returns shape `[units][784]`
 */
export function weightPictures(layer: tf.layers.Layer): number[][] {
  const pictures = tf.tidy(() => tf.transpose(layer.getWeights()[0]) as tf.Tensor2D);
  const rows = pictures.arraySync();
  pictures.dispose();
  return rows;
}

function inChunks(count: number, rows: (from: number, to: number) => Float32Array[]): Float32Array[] {
  const all: Float32Array[] = [];
  for (let from = 0; from < count; from += chunk) {
    all.push(...rows(from, Math.min(count, from + chunk)));
  }
  return all;
}

/** The rows of a matrix, which is disposed. */
function rowsOf(matrix: tf.Tensor, count: number): Float32Array[] {
  const values = matrix.dataSync() as Float32Array;
  const width = values.length / count;
  const rows = Array.from({ length: count }, (_, row) =>
    Float32Array.from(values.subarray(row * width, (row + 1) * width)),
  );
  matrix.dispose();
  return rows;
}
