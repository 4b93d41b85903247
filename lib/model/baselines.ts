/** What a network must beat: the simplest ways to name a digit. */
import { requireCount, requireKnownOptions } from '../base/checks';
import { type DigitSet, digitPixels } from '../data/digit-set';
import { tf } from '../tensorflow/backend';
import { imagesToTensor } from '../tensorflow/tensors';

/** Digits 0 … 9. */
const classes = 10;

/**
 * How many examples each class has.
 *
 * @param labels - whole numbers 0 … 9, shape `[count]`
 * @returns shape `[10]`
 */
export function classCounts(labels: ArrayLike<number>): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let index = 0; index < labels.length; index++) counts[labels[index]] += 1;
  return counts;
}

/**
 * The class with the most examples, the smallest of them if several have as many. Always naming it
 * is the simplest baseline.
 *
 * @param labels - whole numbers 0 … 9, shape `[count]`
 * @returns 0 … 9
 * @throws RangeError if there are no labels
 */
export function majorityClass(labels: ArrayLike<number>): number {
  requireCount('the number of labels', labels.length, 'find the majority');
  const counts = classCounts(labels);
  return counts.indexOf(Math.max(...counts));
}

/**
 * The mean picture of each class, `m_k = mean of x_i over all i with label k`.
 *
 * @param digits - never changed
 * @returns grey values 0 … 255, shape `[10, 784]`; NaN for a class without digits
 */
export function meanDigits(digits: DigitSet): number[][] {
  const sums = Array.from({ length: classes }, () => new Float64Array(digitPixels));
  for (let index = 0; index < digits.count; index++) {
    const sum = sums[digits.labels[index]];
    const start = index * digitPixels;
    for (let pixel = 0; pixel < digitPixels; pixel++) sum[pixel] += digits.images[start + pixel];
  }
  const counts = classCounts(digits.labels);
  return sums.map((sum, label) => Array.from(sum, (grey) => grey / counts[label]));
}

/**
 * Names each digit by the mean that lies nearest, `argmin_k ‖x − m_k‖²`.
 *
 * @param means - grey values, shape `[10, 784]`; a mean that holds NaN is never the nearest
 * @param digits - never changed; the labels are not looked at
 * @returns the classes chosen, shape `[count]`
 */
export function nearestMean(means: ArrayLike<number>[], digits: DigitSet): number[] {
  return Array.from({ length: digits.count }, (_, index) => {
    let best = 0;
    let least = Infinity;
    for (const [label, mean] of means.entries()) {
      const distance = squaredDistance(digits.images, index * digitPixels, mean);
      if (distance >= least || Number.isNaN(distance)) continue;
      least = distance;
      best = label;
    }
    return best;
  });
}

/** `‖x − m‖²` of the picture that begins at `start`. */
function squaredDistance(images: Uint8Array, start: number, mean: ArrayLike<number>): number {
  let sum = 0;
  for (let pixel = 0; pixel < digitPixels; pixel++) {
    sum += (images[start + pixel] - mean[pixel]) ** 2;
  }
  return sum;
}

/** So many distances are in memory at a time: known digits × digits. */
const compared = { known: 10_000, digits: 1000 };

/**
 * The nearest neighbour of each digit among known digits, `argmin_i ‖x − x_i‖²`.
 *
 * @param known - at least one digit; never changed
 * @param digits - never changed
 * @returns the place of the nearest one in `known`, the first of several, shape `[count]`
 */
export function nearestPlaces(known: DigitSet, digits: DigitSet): number[] {
  const places = new Array<number>(digits.count).fill(0);
  const greatest = new Float32Array(digits.count).fill(Number.NEGATIVE_INFINITY);
  for (let start = 0; start < known.count; start += compared.known) {
    tf.tidy(() => {
      const references = imagesToTensor(known, start, Math.min(start + compared.known, known.count));
      const halfNorms = tf.mul(0.5, tf.sum(tf.square(references), 1));
      for (let from = 0; from < digits.count; from += compared.digits) {
        const [values, indices] = tf.tidy(() => {
          // ½‖x − x_i‖² = ½‖x‖² − (x·x_i − ½‖x_i‖²), and ‖x‖² is the same for all i.
          const some = imagesToTensor(digits, from, Math.min(from + compared.digits, digits.count));
          const likeness = tf.sub(tf.matMul(some, references, false, true), halfNorms);
          return [tf.max(likeness, 1).dataSync(), tf.argMax(likeness, 1).dataSync()];
        });
        for (let row = 0; row < values.length; row++) {
          if (values[row] <= greatest[from + row]) continue;
          greatest[from + row] = values[row];
          places[from + row] = start + indices[row];
        }
      }
    });
  }
  return places;
}

/**
 * Names each digit as its nearest neighbour among known digits is named,
 * `label of argmin_i ‖x − x_i‖²`.
 *
 * @param known - digits with their labels; never changed
 * @param digits - never changed; the labels are not looked at
 * @returns the classes chosen, shape `[count]`
 * @see Cover and Hart, "Nearest neighbor pattern classification" (1967)
 */
export function nearestNeighbour(known: DigitSet, digits: DigitSet): number[] {
  return nearestPlaces(known, digits).map((place) => known.labels[place]);
}

/**
 * Linear softmax, `p = softmax(W x + b)`: a network without a hidden layer, 7,850 parameters. It
 * starts from zeros, since without a hidden layer equal weights do not stay equal.
 *
 * @param options - `useBias`: whether there is a `b`; true unless told
 * @returns 784 inputs → Dense(10, softmax), not compiled
 * @throws RangeError if an option is unknown
 */
export function createLinearModel(options: { useBias?: boolean } = {}): tf.Sequential {
  const { useBias = true } = options;
  requireKnownOptions(options, ['useBias'], 'create the model');
  return tf.sequential({
    name: 'linear',
    layers: [
      tf.layers.dense({
        name: 'output',
        inputShape: [digitPixels],
        units: classes,
        activation: 'softmax',
        useBias,
        kernelInitializer: 'zeros',
      }),
    ],
  });
}

/**
 * The standard error of an accuracy: how far it would scatter over other test sets of the same size,
 * `√(a (1 − a) / n)`.
 *
 * @param accuracy - share of right answers `a`, 0 … 1
 * @param count - test digits `n`, >= 1
 * @returns a share like the accuracy
 * @throws RangeError if `count` is not a whole number >= 1
 */
export function standardError(accuracy: number, count: number): number {
  requireCount('count', count, 'estimate the standard error');
  return Math.sqrt((accuracy * (1 - accuracy)) / count);
}
