/** A GPT as plain data: its shape and the numbers of its parameters. */
import { countElements } from '../base/arrays';
import { requireCount } from '../base/checks';
import { seededRandom } from '../base/random';
import { type GptShape, gptTensors, requireGptShape } from './gpt-shape';

/** A GPT; whoever trains it changes the numbers in place. */
export interface Gpt {
  readonly shape: Readonly<GptShape>;
  /** the arrays of `gptTensors()` by their names, row after row */
  readonly weights: Readonly<Record<string, Float32Array>>;
}

/**
 * Makes a GPT that has learnt nothing.
 *
 * @param shape - of the GPT; `width` 96, `layers` 3, `heads` 4 and `context` 64 if not given
 * @param seed - draws the weights: the same seed gives the same ones on every machine
 * @returns the GPT
 * @throws RangeError if the shape is impossible or the seed is no whole number >= 0
 */
export function createGpt(shape: Partial<GptShape> & { vocabulary: number }, seed = 1): Gpt {
  const whole = { context: 64, layers: 3, heads: 4, width: 96, ...shape };
  requireGptShape(whole, 'make a GPT');
  requireCount('seed', seed, 'make a GPT', 0);
  const weights = gptTensors(whole).map(({ name, shape, kind, deviation }) => {
    const values = new Float32Array(countElements(shape));
    if (kind === 'gain') values.fill(1);
    else if (kind === 'weight') {
      const random = seededRandom(seed, name);
      for (let index = 0; index < values.length; index++) values[index] = deviation * random.normal();
    }
    return [name, values] as const;
  });
  return { shape: whole, weights: Object.fromEntries(weights) };
}

/**
 * @param model - never changed
 * @returns which of its numbers is not finite, and what helps; undefined if all are
 */
export function notFinite({ shape, weights }: Gpt): string | undefined {
  for (const { name } of gptTensors(shape)) {
    const place = weights[name].findIndex((value) => !Number.isFinite(value));
    if (place < 0) continue;
    const found = `number ${place} of its array '${name}' is ${weights[name][place]}`;
    return `${found}; make the GPT anew, and train it with a smaller learning rate`;
  }
  return undefined;
}
