/** Drawing the next token from what a model says of it. */
import { requireCount, requirePositive } from '../base/checks';
import type { Random } from '../base/random';

/** How boldly to draw. */
export interface SamplingOptions {
  /** `τ` > 0: below 1 the likely becomes likelier, above 1 the unlikely; 1 */
  temperature?: number;
  /** `k`: only the `k` likeliest tokens can be drawn, 1 … V; all */
  topK?: number;
}

/**
 * `pᵢ = exp(zᵢ/τ) / Σ exp(zⱼ/τ)` over the `k` greatest logits, 0 for the others. Among equal logits
 * those of the smaller number come first.
 *
 * @param logits - `z`, shape `[V]`; natural logarithms of probabilities will do, −∞ for what cannot come
 * @param options - see {@link SamplingOptions}
 * @returns `p`, shape `[V]`; its sum is 1
 * @throws RangeError if the temperature is not > 0, `topK` is not 1 … V, or no logit is finite
 */
export function samplingProbabilities(
  logits: ArrayLike<number>,
  { temperature = 1, topK = logits.length }: SamplingOptions = {},
): Float64Array {
  const action = 'draw a token';
  requirePositive('temperature', temperature, action);
  requireCount('topK', topK, action);
  if (topK > logits.length) {
    throw new RangeError(
      `Cannot ${action}: topK must be at most ${logits.length}, the size of the vocabulary, got ${topK}`,
    );
  }
  const values = Float64Array.from(logits);
  const greatest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(greatest)) {
    throw new RangeError(`Cannot ${action}: the greatest logit must be finite, got ${greatest}`);
  }
  const weights = values.map((value) => Math.exp((value - greatest) / temperature));
  if (topK < values.length) {
    const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a] || a - b);
    for (const place of order.slice(topK)) weights[place] = 0;
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * Draws a token with the probabilities of {@link samplingProbabilities}.
 *
 * @param logits - shape `[V]`
 * @param random - a seeded source; it advances by one draw
 * @param options - see {@link SamplingOptions}
 * @returns its number, 0 … V − 1
 * @throws RangeError as {@link samplingProbabilities}
 */
export function sampleToken(
  logits: ArrayLike<number>,
  random: Random,
  options: SamplingOptions = {},
): number {
  const probabilities = samplingProbabilities(logits, options);
  let rest = random.uniform();
  let last = 0;
  for (const [token, probability] of probabilities.entries()) {
    if (probability === 0) continue;
    last = token;
    rest -= probability;
    if (rest < 0) return token;
  }
  // What rounding has left of the sum belongs to the last that can come.
  return last;
}
