/** Sums as texts: what a GPT can learn from examples, and be asked about others. */
import { requireBetween, requireCount } from '../base/checks';
import { seededRandom } from '../base/random';
import type { Gpt } from './gpt-model';
import { GptNetwork } from './gpt-network';
import type { GptShape } from './gpt-shape';
import { requireContext, type TokenExamples } from './token-examples';

/** Two numbers to add. */
export type Sum = readonly [number, number];

/** How a sum is written. */
export interface AdderOptions {
  /** digits of each number, 1 … 3; 2 */
  digits?: number;
  /** whether the digits of the sum come last one first, as one computes them by hand; yes */
  reversed?: boolean;
}

/** All sums of two numbers, and how they are written: `a`, `b` and `a + b`, one token a digit, nothing between. */
export interface Adder {
  digits: number;
  reversed: boolean;
  /** of a GPT that reads them: 10 tokens, and all but the last digit of the sum */
  shape: Pick<GptShape, 'vocabulary' | 'context'>;
  /** to learn from */
  seen: Sum[];
  /** to be judged by */
  unseen: Sum[];
}

/**
 * Deals the sums.
 *
 * @param options - how they are written, `unseen`: how many are kept back (500), `seed`: decides which (1)
 * @returns the sums
 * @throws RangeError if an option is out of range
 */
export function makeAdder(options: AdderOptions & { unseen?: number; seed?: number } = {}): Adder {
  const { digits = 2, reversed = true, unseen = 500, seed = 1 } = options;
  requireCount('digits', digits, 'make sums');
  if (digits > 3) throw new RangeError(`Cannot make sums: digits must be 1, 2 or 3, got ${digits}`);
  const numbers = 10 ** digits;
  requireCount('unseen', unseen, 'make sums');
  if (unseen >= numbers ** 2) {
    throw new RangeError(`Cannot make sums: unseen must be less than ${numbers ** 2}, got ${unseen}`);
  }
  const order = seededRandom(seed, 'sums').permutation(numbers ** 2);
  const sums = Array.from(order, (index): Sum => [Math.floor(index / numbers), index % numbers]);
  const shape = { vocabulary: 10, context: 3 * digits };
  return { digits, reversed, shape, seen: sums.slice(unseen), unseen: sums.slice(0, unseen) };
}

/** @throws RangeError unless a number is whole and has so many digits at most */
function requireDigits(sum: Sum, digits: number): void {
  for (const value of sum) {
    requireCount('each number', value, 'write a sum', 0);
    requireBetween('each number', value, 0, 10 ** digits - 1, 'write a sum');
  }
}

function digitsOf(value: number, count: number): number[] {
  return [...String(value).padStart(count, '0')].map(Number);
}

/**
 * Sums as examples; only the digits of the answer count.
 *
 * @param adder - how they are written
 * @param sums - of it
 * @returns an example a sum
 * @throws RangeError if a number is none of so many digits
 */
export function sumExamples({ digits, reversed }: Adder, sums: readonly Sum[]): TokenExamples {
  for (const sum of sums) requireDigits(sum, digits);
  return {
    count: sums.length,
    context: 3 * digits,
    counted: Array.from({ length: 3 * digits }, (_, place) => place >= 2 * digits - 1),
    load: (example, inputs, targets) => {
      const [a, b] = sums[example];
      const answer = digitsOf(a + b, digits + 1);
      const text = [
        ...digitsOf(a, digits),
        ...digitsOf(b, digits),
        ...(reversed ? answer.reverse() : answer),
      ];
      inputs.set(text.slice(0, -1));
      targets.set(text.slice(1));
    },
  };
}

/**
 * Has a GPT add: it writes the answer digit by digit, each time the most likely one.
 *
 * @param model - trained on sums of this kind
 * @param adder - how they are written
 * @param sums - what to add
 * @returns the answers
 * @throws RangeError if the sums are not as long as the context of the GPT, or a number is none of so many digits
 */
export function addWith(model: Gpt, adder: Adder, sums: readonly Sum[]): number[] {
  requireContext(sumExamples(adder, sums), model.shape.context);
  const { digits, reversed } = adder;
  const context = 3 * digits;
  const tokens = new Int32Array(sums.length * context);
  const answers = sums.map((): number[] => []);
  sums.forEach(([a, b], row) => {
    tokens.set([...digitsOf(a, digits), ...digitsOf(b, digits)], row * context);
  });
  const network = new GptNetwork(model);
  try {
    for (let place = 2 * digits - 1; place < context; place++) {
      const logits = network.logits(tokens);
      for (const [row, answer] of answers.entries()) {
        const at = row * context + place;
        const digit = likeliest(logits.subarray(at * 10, (at + 1) * 10));
        answer.push(digit);
        if (place + 1 < context) tokens[at + 1] = digit;
      }
    }
  } finally {
    network.dispose();
  }
  return answers.map((answer) => Number((reversed ? answer.reverse() : answer).join('')));
}

function likeliest(logits: Float32Array): number {
  return logits.reduce((best, value, index) => (value > logits[best] ? index : best), 0);
}
