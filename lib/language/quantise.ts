/** Weights in few bits: whole numbers, and what one step of them is worth. */
import { countElements } from '../base/arrays';
import { requireCount, requireOneOf } from '../base/checks';
import { type Gpt, notFinite } from './gpt-model';
import { type GptShape, type GptTensor, gptTensors, requireGptShape } from './gpt-shape';

/** What shares a scale: the whole matrix, or each column, the weights of one unit. */
export type ScaleFor = 'matrix' | 'column';

/** Weights as whole numbers. */
export interface Quantised {
  /** `q`, −(2ᵇ⁻¹ − 1) … 2ᵇ⁻¹ − 1, row after row */
  codes: Int8Array;
  /** `s`, one for each column, or one alone */
  scales: Float32Array;
}

/**
 * `q = round(w / s)` with `s = max |w| / (2ᵇ⁻¹ − 1)`, the maximum over all that share the scale: then `|w − s q| ≤ s/2`.
 *
 * @param values - `w`, row after row; never changed
 * @param columns - of the matrix
 * @param bits - `b`, 2 … 8
 * @param scaleFor - what shares a scale
 * @returns `q` and `s`
 * @throws RangeError if the bits are not 2 … 8, the values are not whole rows, or one is not a finite number of 32 bits
 */
export function quantise(
  values: ArrayLike<number>,
  columns: number,
  bits: number,
  scaleFor: ScaleFor = 'column',
): Quantised {
  requireBits(bits);
  requireCount('columns', columns, 'quantise');
  requireOneOf('what shares a scale', scaleFor, ['matrix', 'column'], 'quantise');
  if (values.length % columns !== 0) {
    throw new RangeError(`Cannot quantise: values must be rows of ${columns} columns, got ${values.length}`);
  }
  const most = 2 ** (bits - 1) - 1;
  const scales = new Float32Array(scaleFor === 'column' ? columns : 1);
  for (let at = 0; at < values.length; at++) {
    if (!Number.isFinite(Math.fround(values[at]))) {
      throw new RangeError(
        `Cannot quantise: value ${at} must be a finite number of 32 bits, got ${values[at]}`,
      );
    }
    const place = at % scales.length;
    scales[place] = Math.max(scales[place], Math.abs(values[at]) / most);
  }
  const codes = Int8Array.from(values, (value, at) => Math.round(value / (scales[at % scales.length] || 1)));
  return { codes, scales };
}

/**
 * @param quantised - from {@link quantise}; never changed
 * @returns `s q`, row after row
 */
export function dequantise({ codes, scales }: Quantised): Float32Array {
  return Float32Array.from(codes, (code, at) => code * scales[at % scales.length]);
}

/**
 * What a GPT becomes when its weights are kept in few bits. Gains and biases stay as they are.
 *
 * @param model - never changed
 * @param bits - `b`, 2 … 8
 * @param scaleFor - what shares a scale
 * @returns a GPT of its own, with the weights `s q`
 * @throws RangeError if the bits are not 2 … 8, or a number of the GPT is not finite
 */
export function quantiseGpt(model: Gpt, bits: number, scaleFor: ScaleFor = 'column'): Gpt {
  requireBits(bits);
  const why = notFinite(model);
  if (why) throw new RangeError(`Cannot quantise: ${why}`);
  const weights = gptTensors(model.shape).map((tensor) => {
    const values = model.weights[tensor.name];
    if (tensor.kind !== 'weight') return [tensor.name, values.slice()] as const;
    return [tensor.name, dequantise(quantise(values, tensor.shape[1], bits, scaleFor))] as const;
  });
  return { shape: { ...model.shape }, weights: Object.fromEntries(weights) };
}

/**
 * The room that a GPT takes: `b` bits a weight, and 32 for each scale, gain and bias.
 *
 * @param shape - of the GPT
 * @param bits - 2 … 8, or 32 for weights as they are
 * @param scaleFor - what shares a scale
 * @returns bytes; each matrix takes whole ones
 * @throws RangeError if the shape is impossible or the bits are others
 */
export function gptBytes(shape: GptShape, bits: number, scaleFor: ScaleFor = 'column'): number {
  requireGptShape(shape, 'count the bytes');
  if (bits !== 32) requireBits(bits);
  const bytesOf = ({ kind, shape: sides }: GptTensor) => {
    const count = countElements(sides);
    if (kind !== 'weight' || bits === 32) return 4 * count;
    return Math.ceil((count * bits) / 8) + 4 * (scaleFor === 'column' ? sides[1] : 1);
  };
  return gptTensors(shape).reduce((sum, tensor) => sum + bytesOf(tensor), 0);
}

function requireBits(bits: number): void {
  if (Number.isInteger(bits) && bits >= 2 && bits <= 8) return;
  throw new RangeError(`Cannot quantise: bits must be a whole number 2 … 8, got ${bits}`);
}
