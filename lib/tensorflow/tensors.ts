/** Bytes, digits and labels as tensors. */
import { type DigitSet, digitPixels, pixelsOf } from '../data/digit-set';
import { tf } from './backend';
import { isNative, nativeBackend } from './insides';

/** Examples at a time where nothing is learnt: few enough to fit, many enough to be fast. */
export const chunk = 1000;

/**
 * Turns bytes into numbers, `x = byte / divisor`, as float32. Native TensorFlow is handed the bytes
 * and divides by itself, so that the four times larger floats never lie in JavaScript's memory.
 *
 * @param bytes - shape `[rows · columns]`, row after row; never changed
 * @param shape - `[rows, columns]`
 * @param divisor - what each byte is divided by, > 0
 * @returns a tensor of the given shape; the caller disposes it
 */
export function bytesToTensor(bytes: Uint8Array, shape: [number, number], divisor: number): tf.Tensor2D {
  if (!isNative()) {
    const quotients = Float32Array.from({ length: 256 }, (_, byte) => byte / divisor);
    const values = new Float32Array(bytes.length);
    for (let index = 0; index < bytes.length; index++) values[index] = quotients[bytes[index]];
    return tf.tensor2d(values, shape, 'float32');
  }
  const native = nativeBackend();
  const { createTensor, TF_UINT8, TF_FLOAT, TF_ATTR_TYPE, TF_ATTR_BOOL } = native.binding;
  return tf.tidy(() => {
    // tfjs knows no uint8: its own image decoder wraps such tensors in the same way.
    const id = createTensor(shape, TF_UINT8, bytes);
    const raw = native.createOutputTensor({ id, shape, dtype: TF_UINT8 });
    const attributes = [
      { name: 'SrcT', type: TF_ATTR_TYPE, value: TF_UINT8 },
      { name: 'DstT', type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: 'Truncate', type: TF_ATTR_BOOL, value: false },
    ];
    return native.executeSingleOutput('Cast', attributes, [raw]).div(divisor) as tf.Tensor2D;
  });
}

/**
 * Images as a network takes them, `x = grey value / 255`.
 *
 * @param set - never changed
 * @param from - first digit, 0 … count − 1
 * @param to - one past the last digit, `from` + 1 … count
 * @returns float32 in [0, 1], shape `[to − from, 784]`; the caller disposes it
 * @throws RangeError if the range is empty or leaves the set
 */
export function imagesToTensor(set: DigitSet, from = 0, to = set.count): tf.Tensor2D {
  requireRange(set, from, to);
  return bytesToTensor(pixelsOf(set, from, to), [to - from, digitPixels], 255);
}

/**
 * Labels as a network takes them. They are float32 because TensorFlow.js's sparse cross-entropy
 * rounds them down, and cannot do that to whole numbers.
 *
 * @param set - never changed
 * @param from - first digit, 0 … count − 1
 * @param to - one past the last digit, `from` + 1 … count
 * @returns float32, each 0 … 9, shape `[to − from]`; the caller disposes it
 * @throws RangeError if the range is empty or leaves the set
 */
export function labelsToTensor(set: DigitSet, from = 0, to = set.count): tf.Tensor1D {
  requireRange(set, from, to);
  return tf.tensor1d(Float32Array.from(set.labels.subarray(from, to)), 'float32');
}

function requireRange(set: DigitSet, from: number, to: number): void {
  const whole = Number.isInteger(from) && Number.isInteger(to);
  if (!(whole && from >= 0 && from < to && to <= set.count)) {
    throw new RangeError(
      `Cannot take digits: from and to must be whole numbers, 0 <= from < to <= ${set.count}, got ${from} and ${to}`,
    );
  }
}
