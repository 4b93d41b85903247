/** Does it matter that digits are scaled and centred? Measured on digits that are moved or resized. */
import { requireFinite, requirePositive } from '../base/checks';
import { centreDigit, resample } from '../data/digit-drawing';
import { type DigitSet, digitPixels, pixelsOf } from '../data/digit-set';
import { accuracy } from '../network/metrics';
import { tf } from '../tensorflow/backend';
import { chunk } from '../tensorflow/tensors';

/** How a digit is moved and resized about the middle of its picture. */
export interface Distortion {
  /** new size for each old size, > 0; default 1 */
  scale?: number;
  /** pixels to the right; default 0 */
  right?: number;
  /** pixels down; default 0 */
  down?: number;
}

/** Shares of digits classified correctly, 0 … 1. */
export interface CentringAccuracy {
  /** the distorted pictures themselves */
  asDrawn: number;
  /** the distorted pictures, scaled and centred by `centreDigit` */
  centred: number;
}

/**
 * Moves and resizes a picture; what leaves the 28 × 28 pixels is lost.
 *
 * @param ink - 0 … 1, shape `[784]`; never modified
 * @param distortion - the change
 * @returns shape `[784]`
 * @throws RangeError if the scale is not positive or a shift is not finite
 */
export function distortDigit(ink: ArrayLike<number>, distortion: Distortion): number[] {
  const { scale = 1, right = 0, down = 0 } = distortion;
  requirePositive('scale', scale, 'distort a digit');
  requireFinite('right', right, 'distort a digit');
  requireFinite('down', down, 'distort a digit');
  const margin = 14 - 14 * scale;
  return resample(ink, 28, scale, margin + right, margin + down);
}

/**
 * The accuracy on distorted digits, as they are and after scaling and centring.
 *
 * @param model - 784 inputs, one output for each class
 * @param digits - test digits; never modified
 * @param distortion - done to every digit
 * @returns both accuracies
 * @throws RangeError as `distortDigit` does
 */
export function centringAccuracy(
  model: tf.LayersModel,
  digits: DigitSet,
  distortion: Distortion,
): CentringAccuracy {
  const asDrawn = new Float32Array(digits.count * digitPixels);
  const centred = new Float32Array(digits.count * digitPixels);
  for (let index = 0; index < digits.count; index++) {
    const start = index * digitPixels;
    const ink = Array.from(pixelsOf(digits, index, index + 1), (value) => value / 255);
    const distorted = distortDigit(ink, distortion);
    asDrawn.set(distorted, start);
    centred.set(centreDigit(distorted, 28) ?? distorted, start);
  }
  return {
    asDrawn: accuracyOn(model, asDrawn, digits.labels),
    centred: accuracyOn(model, centred, digits.labels),
  };
}

function accuracyOn(model: tf.LayersModel, pixels: Float32Array, labels: Uint8Array): number {
  const classes = tf.tidy(() => {
    const images = tf.tensor2d(pixels, [labels.length, digitPixels]);
    return (model.predict(images, { batchSize: chunk }) as tf.Tensor2D).argMax(1);
  });
  const predicted = classes.dataSync();
  classes.dispose();
  return accuracy(predicted, labels);
}
