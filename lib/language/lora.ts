/**
 * Low-rank adaptation, LoRA: of a GPT that has been trained no number changes; to each matrix `W` of its blocks a product
 * of two thin ones is added, `W + (α/r) A B`, and only these are trained.
 */
import { countElements } from '../base/arrays';
import { requireCount, requireKnownOptions, requirePositive } from '../base/checks';
import { seededRandom } from '../base/random';
import type { Gpt } from './gpt-model';
import { type GptShape, type GptTensor, gptTensors, requireGptShape } from './gpt-shape';

/** What is added to a GPT; whoever trains it changes the numbers in place. */
export interface Lora {
  /** of the GPT that it was made for */
  readonly shape: Readonly<GptShape>;
  /** `r`, the columns of `A` and rows of `B` */
  readonly rank: number;
  /** `α`: `A B` counts `α/r` times */
  readonly alpha: number;
  /** the arrays of `loraTensors()` by their names, row after row */
  readonly weights: Readonly<Record<string, Float32Array>>;
}

/**
 * The matrices that get an `A`, shape `[inputs, r]`, and a `B`, shape `[r, units]`: all those of the blocks. `A` is drawn
 * with the deviation `1/√inputs`, `B` begins at 0, so that at the beginning nothing is added.
 *
 * @param shape - of the GPT
 * @param rank - `r`
 * @returns the arrays in a fixed order, `A` of a matrix before its `B`
 * @throws RangeError if the shape is impossible, or the rank not 1 … the smaller side of each matrix
 */
export function loraTensors(shape: GptShape, rank: number): GptTensor[] {
  const action = 'adapt the GPT';
  requireGptShape(shape, action);
  requireCount('rank', rank, action);
  return adaptedMatrices(shape).flatMap(({ name, shape: [inputs, units] }): GptTensor[] => {
    const most = Math.min(inputs, units);
    if (rank > most) {
      throw new RangeError(
        `Cannot ${action}: rank must be at most ${most}, the smaller side of '${name}', got ${rank}`,
      );
    }
    const at = name.replace(/\.weights$/, '');
    return [
      { name: `${at}.A`, shape: [inputs, rank], kind: 'weight', deviation: 1 / Math.sqrt(inputs) },
      { name: `${at}.B`, shape: [rank, units], kind: 'weight', deviation: 0 },
    ];
  });
}

/** The matrices of the blocks. */
function adaptedMatrices(shape: GptShape): GptTensor[] {
  return gptTensors(shape).filter(({ name }) => /^block.*\.weights$/.test(name));
}

/**
 * How many parameters an adaptation has: `r (inputs + units)` for each matrix, together `16 L D r`.
 *
 * @param shape - of the GPT
 * @param rank - `r`
 * @returns their number
 * @throws RangeError as {@link loraTensors}
 */
export function countLoraParameters(shape: GptShape, rank: number): number {
  return loraTensors(shape, rank).reduce((sum, tensor) => sum + countElements(tensor.shape), 0);
}

/**
 * Makes an adaptation that has learnt nothing.
 *
 * @param shape - of the GPT that is to be adapted
 * @param options - `rank` 4, `alpha` 8 if not given; `seed` draws `A`
 * @returns the adaptation
 * @throws RangeError as {@link loraTensors}, or if `alpha` is not > 0, or the seed no whole number >= 0
 * @see Hu et al., "LoRA: Low-rank adaptation of large language models" (2021)
 */
export function createLora(
  shape: GptShape,
  options: { rank?: number; alpha?: number; seed?: number } = {},
): Lora {
  requireKnownOptions(options, ['rank', 'alpha', 'seed'], 'adapt the GPT');
  const { rank = 4, alpha = 8, seed = 1 } = options;
  requirePositive('alpha', alpha, 'adapt the GPT');
  requireCount('seed', seed, 'adapt the GPT', 0);
  const weights = loraTensors(shape, rank).map(({ name, shape, deviation }) => {
    const random = seededRandom(seed, name);
    const draw = () => (deviation === 0 ? 0 : deviation * random.normal());
    return [name, Float32Array.from({ length: countElements(shape) }, draw)] as const;
  });
  return { shape: { ...shape }, rank, alpha, weights: Object.fromEntries(weights) };
}

/**
 * Puts an adaptation into the weights: `W + (α/r) A B`. The GPT that comes out computes the same, and costs no more than
 * the one that was adapted.
 *
 * @param model - never changed
 * @param adapter - never changed
 * @returns a GPT of its own
 * @throws RangeError if the adaptation was made for another shape
 */
export function mergeLora(model: Gpt, adapter: Lora): Gpt {
  requireFitting(model.shape, adapter);
  const { rank, alpha } = adapter;
  const weights = Object.entries(model.weights).map(([name, values]) => [name, values.slice()] as const);
  const merged: Gpt = { shape: { ...model.shape }, weights: Object.fromEntries(weights) };
  for (const { name, shape } of adaptedMatrices(model.shape)) {
    const [W, A, B] = ['weights', 'A', 'B'].map((kind) => {
      const own = name.replace(/weights$/, kind);
      return kind === 'weights' ? merged.weights[own] : adapter.weights[own];
    });
    const units = shape[1];
    for (let at = 0; at < W.length; at++) {
      const [row, column] = [Math.floor(at / units), at % units];
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += A[row * rank + k] * B[k * units + column];
      W[at] += (alpha / rank) * sum;
    }
  }
  return merged;
}

/** @throws RangeError if an adaptation was made for a GPT of another shape */
export function requireFitting(shape: GptShape, adapter: Lora): void {
  const names = ['vocabulary', 'context', 'layers', 'heads', 'width'] as const;
  const other = names.find((name) => shape[name] !== adapter.shape[name]);
  if (other === undefined) return;
  const sizes = `${other} ${adapter.shape[other]}, the GPT has ${shape[other]}`;
  throw new RangeError(`Cannot adapt the GPT: the adaptation was made for ${sizes}`);
}
