/** What a trained network's answers are attributed to, pixel by pixel: gradients, integrated gradients, occlusion. */
import { requireCount, requireSameLength } from '../base/checks';
import { type DigitSet, digitPixels, digitSide } from '../data/digit-set';
import { tf } from '../tensorflow/backend';
import { chunk, imagesToTensor } from '../tensorflow/tensors';
import { evenCount, probabilitiesOf } from './deletion';

/**
 * The logits, `z` in `p = softmax(z)`.
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
      `Cannot read the logits: the model must end in a Dense layer with softmax, got ${last.getClassName()} with ${activation}`,
    );
  }
  return tf.tidy(() => {
    const hidden = model.layers
      .slice(0, -1)
      .filter((layer) => layer.getClassName() !== 'InputLayer')
      .reduce((values: tf.Tensor, layer) => layer.apply(values) as tf.Tensor, images);
    const [kernel, bias] = last.getWeights();
    const sums = tf.matMul(hidden as tf.Tensor2D, kernel as tf.Tensor2D);
    return (bias ? sums.add(bias) : sums) as tf.Tensor2D;
  });
}

/**
 * How one logit answers to each pixel, `g = ∂z_class / ∂x`; with rivals, how the margin does,
 * `g = ∂(z_class − z_rival) / ∂x`.
 *
 * @param model - as for {@link logits}
 * @param digits - never changed; the labels are not looked at
 * @param classes - the class explained for each digit, shape `[count]`
 * @param rivals - the class that it is compared with, shape `[count]`; none unless told
 * @returns shape `[count][784]`, per unit of `x` from 0 to 1
 * @throws RangeError if digits, classes and rivals differ in number
 * @see Simonyan, Vedaldi, Zisserman, "Deep inside convolutional networks" (2013)
 */
export function logitGradients(
  model: tf.LayersModel,
  digits: DigitSet,
  classes: ArrayLike<number>,
  rivals?: ArrayLike<number>,
): Float32Array[] {
  const baseline = new Uint8Array(digitPixels);
  return meanGradients(model, digits, { places: [1], baseline, classes, rivals });
}

/**
 * Input × gradient, `x_i · ∂z_class / ∂x_i`: to first order, what the logit owes to each pixel. For a
 * linear model it is exact, and the sum over all pixels is `z_class − b_class`.
 *
 * @param model - as for {@link logits}
 * @param digits - never changed; the labels are not looked at
 * @param classes - the class explained for each digit, shape `[count]`
 * @param rivals - as for {@link logitGradients}
 * @returns shape `[count][784]`
 * @throws RangeError if digits, classes and rivals differ in number
 * @see Shrikumar, Greenside, Kundaje, "Learning important features through propagating activation
 *   differences" (2017), section 2
 */
export function inputTimesGradient(
  model: tf.LayersModel,
  digits: DigitSet,
  classes: ArrayLike<number>,
  rivals?: ArrayLike<number>,
): Float32Array[] {
  return logitGradients(model, digits, classes, rivals).map((map, index) =>
    map.map((slope, pixel) => (slope * digits.images[index * digitPixels + pixel]) / 255),
  );
}

/** What {@link integratedGradients} can be told. */
interface WayOptions {
  /** midpoints on the way, >= 1; 32 */
  steps?: number;
  /** what the digits are compared with, grey values 0 … 255, shape `[784]`; paper */
  baseline?: ArrayLike<number>;
  /** as for {@link logitGradients} */
  rivals?: ArrayLike<number>;
}

/**
 * Integrated gradients from a baseline `b` to the digit, `(x_i − b_i) ∫₀¹ ∂z_class/∂x_i (b + t (x − b)) dt`,
 * by the midpoint rule. They are complete: their sum is `z_class(x) − z_class(b)`, but for the rule's error.
 *
 * @param model - as for {@link logits}
 * @param digits - never changed; the labels are not looked at
 * @param classes - the class explained for each digit, shape `[count]`
 * @param options - see {@link WayOptions}
 * @returns shape `[count][784]`
 * @throws RangeError if `steps` is not a whole number >= 1, or a list has another length than it must
 * @see Sundararajan, Taly, Yan, "Axiomatic attribution for deep networks" (2017)
 */
export function integratedGradients(
  model: tf.LayersModel,
  digits: DigitSet,
  classes: ArrayLike<number>,
  { steps = 32, baseline = new Uint8Array(digitPixels), rivals }: WayOptions = {},
): Float32Array[] {
  requireCount('steps', steps, 'integrate gradients');
  requireSameLength('baseline', baseline, 'a digit', { length: digitPixels }, 'integrate gradients');
  const places = Array.from({ length: steps }, (_, step) => (step + 0.5) / steps);
  const means = meanGradients(model, digits, { places, baseline, classes, rivals });
  return means.map((map, index) =>
    map.map((slope, pixel) => {
      const way = digits.images[index * digitPixels + pixel] - baseline[pixel];
      return (slope * way) / 255;
    }),
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
  const squares = squaresOf((size - 1) / 2);
  // A square without ink covers nothing: its value is 0 and needs no asking.
  const asked = [...squares.keys()].filter((pixel) => squares[pixel].some((place) => grey[place] > 0));
  const count = evenCount(asked.length + 1);
  const images = coveredImages.subarray(0, count * digitPixels);
  for (let index = 0; index < count; index++) images.set(grey, index * digitPixels);
  asked.forEach((pixel, index) => {
    for (const place of squares[pixel]) images[index * digitPixels + place] = 0;
  });
  const labels = new Uint8Array(count).fill(label);
  const covered = probabilitiesOf(model, { images, labels, count });
  const map = new Float32Array(digitPixels);
  asked.forEach((pixel, index) => {
    map[pixel] = covered[asked.length] - covered[index];
  });
  return map;
}

/**
 * The weights into each neuron of a dense layer on 784 inputs, as pictures.
 *
 * @param layer - dense, with 784 inputs
 * @returns shape `[neurons][784]`
 */
export function weightPictures(layer: tf.layers.Layer): number[][] {
  const pictures = tf.tidy(() => tf.transpose(layer.getWeights()[0]) as tf.Tensor2D);
  const rows = pictures.arraySync();
  pictures.dispose();
  return rows;
}

/** Room for a digit and all that a map covers of it, made once: half a megabyte for each digit would be freed late. */
const coveredImages = new Uint8Array(evenCount(digitPixels + 1) * digitPixels);

const knownSquares = new Map<number, readonly number[][]>();

/** The squares around all pixels, made once for each size and not for each digit. */
function squaresOf(half: number): readonly number[][] {
  const squares =
    knownSquares.get(half) ?? Array.from({ length: digitPixels }, (_, pixel) => squareAround(pixel, half));
  knownSquares.set(half, squares);
  return squares;
}

/** The pixels of the square around a pixel, as far as it lies inside the picture. */
function squareAround(pixel: number, half: number): number[] {
  const [row, column] = [Math.floor(pixel / digitSide), pixel % digitSide];
  const places: number[] = [];
  for (let r = Math.max(0, row - half); r <= Math.min(digitSide - 1, row + half); r++) {
    for (let k = Math.max(0, column - half); k <= Math.min(digitSide - 1, column + half); k++) {
      places.push(r * digitSide + k);
    }
  }
  return places;
}

/** What is explained, and where on the way from the baseline the gradients are taken. */
interface Asked {
  /** 0 at the baseline, 1 at the digit */
  places: readonly number[];
  baseline: ArrayLike<number>;
  classes: ArrayLike<number>;
  rivals?: ArrayLike<number>;
}

/** The mean over the places `t` of the gradients at `b + t (x − b)`, shape `[count][784]`. */
function meanGradients(model: tf.LayersModel, digits: DigitSet, asked: Asked): Float32Array[] {
  const { places, baseline, classes, rivals } = asked;
  requireSameLength('classes', classes, 'labels', digits.labels, 'explain digits');
  if (rivals) requireSameLength('rivals', rivals, 'labels', digits.labels, 'explain digits');
  return inChunks(digits.count, (from, to) => {
    const oneHot = (list: ArrayLike<number>) =>
      tf.oneHot(tf.tensor1d(Array.from(list).slice(from, to), 'int32'), 10);
    const gradients = tf.tidy(() => {
      const own = oneHot(classes);
      const wanted = rivals ? own.sub(oneHot(rivals)) : own;
      const slope = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(logits(model, x as tf.Tensor2D), wanted)));
      const start = tf.tensor2d([Array.from(baseline, (grey) => grey / 255)]);
      const way = imagesToTensor(digits, from, to).sub(start);
      const plus = (sum: tf.Tensor, t: number) => {
        const next = tf.tidy(() => sum.add(slope(start.add(way.mul(t)))));
        sum.dispose();
        return next;
      };
      return places.reduce(plus, tf.zerosLike(way)).div(places.length);
    });
    return rowsOf(gradients, to - from);
  });
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
