/**
 * BM25: which of many texts hold the words of a question, rare words before frequent ones.
 *
 * @example
 * const search = createBm25(['a step downhill', 'a step uphill', 'a valley'].map(wordsOf));
 * search.scores(wordsOf('which step is uphill?'));
 * // the second text has the highest score, the third has 0
 */
import { requireBetween, requireNonNegative } from '../base/checks';

/** How BM25 weighs a word that stands in a text more than once, or in a long text. */
export interface Bm25Options {
  /** `k₁` >= 0: with 0 it counts only whether a word is there; the larger, the more each repetition counts; default 1.2 */
  saturation?: number;
  /** `b`, 0 … 1: how much a long text must hold a word more often, to count as much; default 0.75 */
  lengthNormalisation?: number;
}

/** Texts, ready to be asked. */
export interface Bm25 {
  /** `n`: in how many texts a word stands */
  holding(word: string): number;
  /**
   * How much a word says: `ln(1 + (N − n + ½)/(n + ½))` for a word that is in `n` of the `N` texts. In all of
   * them it is next to nothing, in none the most.
   */
  weight(word: string): number;
  /**
   * How well each text fits a question:
   *
   * `score = Σ_w weight(w) · f / (f + k₁ (1 − b + b · length/mean length))`
   *
   * with `f`, how often the word stands in the text. Each term lies between 0 and the word's weight.
   *
   * @param words - of the question; one that stands there twice counts twice
   * @returns shape `[N]`, >= 0
   */
  scores(words: readonly string[]): Float64Array;
}

/**
 * Counts the words of all texts.
 *
 * @param texts - the words of each text, at least one text
 * @param options - see {@link Bm25Options}
 * @returns the texts, ready to be asked
 * @throws RangeError if there is no text, or an option is out of range
 * @see Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond" (2009), section 3.4; the
 *   weight is that of Robertson and Spärck Jones with 1 added within the logarithm, so that it is never negative
 */
export function createBm25(
  texts: readonly (readonly string[])[],
  { saturation = 1.2, lengthNormalisation = 0.75 }: Bm25Options = {},
): Bm25 {
  requireNonNegative('saturation', saturation, 'build a search');
  requireBetween('lengthNormalisation', lengthNormalisation, 0, 1, 'build a search');
  if (texts.length === 0) throw new RangeError('Cannot build a search: there is no text');
  const counts = countWords(texts);
  const meanLength = texts.reduce((sum, { length }) => sum + length, 0) / texts.length;
  const damping = texts.map(
    ({ length }) =>
      saturation * (1 - lengthNormalisation + lengthNormalisation * (length / (meanLength || 1))),
  );
  const holding = (word: string) => counts.get(word)?.size ?? 0;
  const weight = (word: string) => Math.log(1 + (texts.length - holding(word) + 0.5) / (holding(word) + 0.5));
  return {
    holding,
    weight,
    scores(words) {
      const scores = new Float64Array(texts.length);
      for (const word of words) {
        for (const [text, count] of counts.get(word) ?? []) {
          scores[text] += weight(word) * (count / (count + damping[text]));
        }
      }
      return scores;
    },
  };
}

/** @returns for each word the texts that hold it, by number, and how often each does */
export function countWords(texts: readonly (readonly string[])[]): Map<string, Map<number, number>> {
  const counts = new Map<string, Map<number, number>>();
  texts.forEach((words, text) => {
    for (const word of words) {
      const places = counts.get(word) ?? new Map<number, number>();
      places.set(text, (places.get(text) ?? 0) + 1);
      counts.set(word, places);
    }
  });
  return counts;
}
