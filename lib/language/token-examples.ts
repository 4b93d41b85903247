/** Examples that a GPT learns from: tokens, and after each of them the one that comes next. */
import { requireCount } from '../base/checks';

/** Examples, T tokens long. */
export interface TokenExamples {
  /** how many there are */
  readonly count: number;
  /** `T`, their length; a GPT with another context refuses them */
  readonly context?: number;
  /** Writes an example: `inputs[t]` is followed by `targets[t]`, shape `[T]` each. */
  load(example: number, inputs: Int32Array, targets: Int32Array): void;
  /** whether the place counts in the loss, shape `[T]`; all do if it is not given */
  readonly counted?: readonly boolean[];
}

/**
 * Windows of a text.
 *
 * @param tokens - the text; never changed
 * @param context - `T`, tokens in a window
 * @param stride - from the beginning of a window to that of the next; 1 gives every window there is
 * @returns the windows
 * @throws RangeError if the text is not longer than a window, or a token is no whole number >= 0
 */
export function textExamples(tokens: ArrayLike<number>, context: number, stride = 1): TokenExamples {
  requireCount('context', context, 'cut a text');
  requireCount('stride', stride, 'cut a text');
  if (tokens.length <= context) {
    throw new RangeError(
      `Cannot cut a text: it must be longer than ${context} tokens, the context, got ${tokens.length}`,
    );
  }
  requireTokens(tokens, Number.POSITIVE_INFINITY, 'cut a text');
  return {
    count: Math.floor((tokens.length - context - 1) / stride) + 1,
    context,
    load: (example, inputs, targets) => {
      const from = example * stride;
      for (let t = 0; t < context; t++) {
        inputs[t] = tokens[from + t];
        targets[t] = tokens[from + t + 1];
      }
    },
  };
}

/** @throws RangeError if examples say that they are longer or shorter than a GPT's context */
export function requireContext({ context }: TokenExamples, ofGpt: number): void {
  if (context === undefined || context === ofGpt) return;
  throw new RangeError(
    `Cannot read the examples: they are ${context} tokens long, the GPT has a context of ${ofGpt}; make them that long`,
  );
}

/**
 * @param tokens - numbers
 * @param vocabulary - `V`, how many tokens there are; Infinity if that is not known
 * @param action - what for, in the complaint
 * @throws RangeError unless each is a whole number 0 … V − 1
 */
export function requireTokens(tokens: ArrayLike<number>, vocabulary: number, action: string): void {
  for (let place = 0; place < tokens.length; place++) {
    const token = tokens[place];
    if (token >= 0 && token < vocabulary && Number.isInteger(token)) continue;
    const isKnown = Number.isFinite(vocabulary);
    const rule = isKnown ? `one of 0 … ${vocabulary - 1}` : 'a whole number >= 0';
    const remedy = isKnown ? '; encode the text with the vocabulary of the GPT' : '';
    throw new RangeError(`Cannot ${action}: token ${place} must be ${rule}, got ${token}${remedy}`);
  }
}
