/** The numbers of a GPT as bytes: float32, or whole numbers of 8 bits with a scale for each column. */
import { countElements } from '../base/arrays';
import type { GptTensor } from './gpt-shape';
import { dequantise, quantise } from './quantise';

/** How the weights are stored; gains and biases always as float32. */
export const precisions = ['float32', 'int8'] as const;
export type Precision = (typeof precisions)[number];

/** @returns how many bytes an array takes */
export function bytesOf({ shape, kind }: GptTensor, precision: Precision): number {
  const count = countElements(shape);
  return precision === 'int8' && kind === 'weight' ? 4 * shape[1] + count : 4 * count;
}

/**
 * Stores an array: as int8 `q = round(w / s)` with `s = max |w| / 127` of the column, the scales first.
 *
 * @param tensor - which array
 * @param values - its numbers; never changed
 * @param precision - of weights
 * @returns the bytes
 */
export function toBytes(tensor: GptTensor, values: Float32Array, precision: Precision): Uint8Array {
  if (precision === 'float32' || tensor.kind !== 'weight') return bytesAt(values);
  const columns = tensor.shape[1];
  const { codes, scales } = quantise(values, columns, 8);
  const bytes = new Uint8Array(4 * columns + codes.length);
  bytes.set(bytesAt(scales));
  bytes.set(bytesAt(codes), 4 * columns);
  return bytes;
}

/**
 * Reads what {@link toBytes} stored.
 *
 * @param tensor - which array
 * @param bytes - as many as `bytesOf()` says; never changed
 * @param precision - of weights
 * @returns the numbers
 */
export function fromBytes(tensor: GptTensor, bytes: Uint8Array, precision: Precision): Float32Array {
  // Copied, since floats must begin at a multiple of four bytes.
  const { buffer } = Uint8Array.from(bytes);
  if (precision === 'float32' || tensor.kind !== 'weight') return new Float32Array(buffer);
  const columns = tensor.shape[1];
  return dequantise({
    codes: new Int8Array(buffer, 4 * columns),
    scales: new Float32Array(buffer, 0, columns),
  });
}

/** @returns the bytes of numbers, in the same memory */
export function bytesAt(values: Float32Array | Int8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
