/** Text written by a GPT, token by token. */
import { requireCount, requireKnownOptions } from '../base/checks';
import { seededRandom } from '../base/random';
import { GptCache } from './gpt-cache';
import type { Gpt } from './gpt-model';
import { type SamplingOptions, sampleToken } from './sampling';
import type { Vocabulary } from './vocabulary';

/** Options of {@link writeText}. */
export interface WritingOptions extends SamplingOptions {
  /** what the text begins with, at least one letter and at most as many as the context; else {@link firstPrompt} */
  prompt?: string;
  /** letters to write; 200 */
  letters?: number;
  /** decides what is drawn; 1 */
  seed?: number;
}

/**
 * Continues a text for ever. Where the context is full, the GPT goes on from the latter half of it.
 *
 * @param model - never changed
 * @param prompt - tokens, at least one and at most as many as the context
 * @param options - how boldly to draw, and the seed that decides what
 * @returns the tokens after the prompt, one after the other
 * @throws RangeError if the prompt or an option is out of range
 */
export function* continueTokens(
  model: Gpt,
  prompt: ArrayLike<number>,
  { seed = 1, ...sampling }: SamplingOptions & { seed?: number } = {},
): Generator<number, never> {
  const { context } = model.shape;
  if (prompt.length < 1 || prompt.length > context) {
    const rule = `the prompt must have 1 … ${context} tokens, the context of the GPT`;
    throw new RangeError(`Cannot write: ${rule}, got ${prompt.length}`);
  }
  const random = seededRandom(seed, 'text');
  const text = Array.from(prompt);
  let cache = new GptCache(model);
  let logits = read(cache, text);
  while (true) {
    const token = sampleToken(logits, random, sampling);
    yield token;
    text.push(token);
    if (cache.length < context) logits = cache.next(token);
    else {
      cache = new GptCache(model);
      logits = read(cache, text.slice(-Math.ceil(context / 2)));
    }
  }
}

/** @returns the logits after the last of the tokens */
function read(cache: GptCache, tokens: readonly number[]): Float64Array {
  return tokens.map((token) => cache.next(token))[tokens.length - 1];
}

/**
 * Has a GPT continue a text.
 *
 * @param model - trained on texts of this vocabulary; never changed
 * @param vocabulary - its letters
 * @param options - see {@link WritingOptions}
 * @returns the prompt and what comes after it
 * @throws RangeError if an option is unknown or out of range, or a letter of the prompt not in the vocabulary
 */
export function writeText(model: Gpt, vocabulary: Vocabulary, options: WritingOptions = {}): string {
  requireKnownOptions(options, ['prompt', 'letters', 'seed', 'temperature', 'topK'], 'write');
  const { prompt = firstPrompt(vocabulary), letters = 200, ...rest } = options;
  requireCount('letters', letters, 'write');
  requireVocabulary(model, vocabulary);
  const tokens = continueTokens(model, vocabulary.encode(prompt), rest);
  const written = Array.from({ length: letters }, () => tokens.next().value);
  return prompt + vocabulary.decode(written);
}

/**
 * @param vocabulary - of a GPT
 * @returns what a text begins with if nobody says it: the end of a line, or the first letter that there is
 */
export function firstPrompt({ letters }: Vocabulary): string {
  return letters.includes('\n') ? '\n' : letters[0];
}

/** @throws RangeError if a GPT was not made for a vocabulary */
function requireVocabulary({ shape }: Gpt, { size }: Vocabulary): void {
  if (size === shape.vocabulary) return;
  throw new RangeError(
    `Cannot write: the GPT has a vocabulary of ${shape.vocabulary} letters, the one given has ${size}`,
  );
}
