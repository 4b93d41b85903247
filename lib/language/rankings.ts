/**
 * Rankings of texts: made of scores, joined, and measured against what is known to be right.
 *
 * @example
 * ranking([0.2, 0, 1.5]); // [ 2, 0 ]
 * fusedScores([[0.2, 0, 1.5], [0.9, 0.8, 0.1]]);
 */
import { requireCount, requireNonNegative } from '../base/checks';

/**
 * Puts texts in order, the best first.
 *
 * @param scores - of each text
 * @returns the numbers of the texts with a score above 0; of equal ones the first comes first
 */
export function ranking(scores: ArrayLike<number>): number[] {
  const places = Array.from(scores, (_, place) => place).filter((place) => scores[place] > 0);
  return places.sort((first, second) => scores[second] - scores[first] || first - second);
}

/**
 * Reciprocal rank fusion: joins several ways to score the same texts, of which only the order counts, as their
 * scores have different units.
 *
 * `score = Σ_ways 1 / (k + rank)` with the rank 1 for the best; a text that a way does not rank gets nothing of it.
 *
 * @param ways - the scores of the texts by each way, shape `[N]` each
 * @param offset - `k` >= 0: the larger, the less the first ranks are ahead; default 60, the authors' choice
 * @returns shape `[N]`
 * @throws RangeError if `offset` is negative, or two ways score a different number of texts
 * @see Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning
 *   methods" (2009)
 */
export function fusedScores(ways: readonly ArrayLike<number>[], offset = 60): Float64Array {
  requireNonNegative('offset', offset, 'join rankings');
  const fused = new Float64Array(ways[0]?.length ?? 0);
  const other = ways.find(({ length }) => length !== fused.length);
  if (other) {
    throw new RangeError(
      `Cannot join rankings: each way must score the same texts, got ${fused.length} and ${other.length} scores`,
    );
  }
  for (const scores of ways) {
    ranking(scores).forEach((text, index) => {
      fused[text] += 1 / (offset + index + 1);
    });
  }
  return fused;
}

/** How often a search finds what is right. */
export interface RetrievalMeasure {
  /** the share of questions with a right answer among the first 1, 2, … `most` that were found: recall at 1, 2, … */
  recall: number[];
  /** the mean of 1/rank of the first right answer, 0 where none was found: MRR */
  meanReciprocalRank: number;
}

/**
 * Measures rankings.
 *
 * @param found - for each question what was found, the best first
 * @param right - for each question what would be right: one of them is enough
 * @param most - the greatest number of answers looked at; default 3
 * @returns see {@link RetrievalMeasure}
 * @throws RangeError if there is no question, or the numbers of questions differ
 */
export function measureRetrieval<Text>(
  found: readonly (readonly Text[])[],
  right: readonly (readonly Text[])[],
  most = 3,
): RetrievalMeasure {
  const action = 'measure a search';
  requireCount('most', most, action);
  if (found.length !== right.length || found.length === 0) {
    throw new RangeError(
      `Cannot ${action}: there are ${found.length} rankings for ${right.length} questions; both must be as many, and at least one`,
    );
  }
  const ranks = found.map((texts, question) => {
    const place = texts.findIndex((text) => right[question].includes(text));
    return place < 0 ? Number.POSITIVE_INFINITY : place + 1;
  });
  const share = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0) / ranks.length;
  return {
    recall: Array.from({ length: most }, (_, index) => share(ranks.map((rank) => Number(rank <= index + 1)))),
    meanReciprocalRank: share(ranks.map((rank) => 1 / rank)),
  };
}
