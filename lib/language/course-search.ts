/**
 * Asks the course: which of its passages answer a question, and whether any does.
 *
 * @example
 * const { found, findings } = createCourseSearch(await loadPassages()).ask('Why not start at zero?');
 * findings[0].sentence; // the sentence that fits best
 */
import { requireBetween } from '../base/checks';
import { type Bm25, createBm25 } from './bm25';
import { alsoCalled } from './everyday-words';
import type { Passage } from './passages';
import { plainText, sentencesOf, withoutFormulas } from './plain-text';
import { ranking } from './rankings';
import { wordsOf } from './words';

/** A passage that may answer. */
export interface Finding {
  passage: Passage;
  /** of the passage, without its Markdown: the one that holds the most of the question */
  sentence: string;
  /** 0 … 1: how much of the question it holds, `s` below */
  share: number;
}

/** What the course has to say to a question. */
export interface CourseAnswer {
  /** whether the share of the best finding is large enough, see {@link leastShare} */
  found: boolean;
  /** the best passage of each of the best cells, the best first; of a question that is not found, what comes nearest */
  findings: Finding[];
  /** words of the question that no passage holds, as they stand in the question */
  unknown: string[];
}

/** The course, ready to be asked. */
export interface CourseSearch {
  /**
   * @param question - in the reader's words
   * @param most - how many findings at most, 1 … 100; default 3
   * @returns see {@link CourseAnswer}
   * @throws RangeError if the question holds no word to search for, or `most` is out of range
   */
  ask(question: string, most?: number): CourseAnswer;
}

/**
 * `k₁` and `b` of the search of the course. Of the values of `b` that were tried on the questions to develop by, the best:
 * what is long here is seldom beside the point.
 */
export const courseBm25 = { saturation: 1.2, lengthNormalisation: 0 };

/**
 * Below this share nothing is found. Chosen by the questions to develop by; how often it is right,
 * `npm run ask -- --measure` says.
 */
const leastShare = 0.28;

/** Both searches, and the number of each passage's cell. */
interface Indexes {
  byPassage: Bm25;
  byCell: Bm25;
  cellOf: readonly number[];
}

/** A word of the question: what stands for it in the course, and how much it says. */
interface Term {
  words: string[];
  weight: number;
}

/**
 * Makes passages ready to be asked. A passage is scored with the cell that it stands in, since a paragraph seldom
 * repeats what the one before it has named: with `W` the weights of the question's words together,
 *
 * `s = (1/W) Σ_w ½ (BM25_w(passage) + BM25_w(cell))`,
 *
 * of each word the best of all that it may be called; a word in a heading counts as often as two in the text. The order
 * is that of `c s`, with `c` the share of the words, by weight, that the cell holds: who holds all of them answers sooner
 * than who repeats one of them.
 *
 * @param passages - at least one
 * @returns the passages, ready to be asked
 * @throws RangeError if there is no passage
 */
export function createCourseSearch(passages: readonly Passage[]): CourseSearch {
  const cells = [...new Set(passages.map(({ cell }) => cell))];
  const numbers = new Map(cells.map((cell, number) => [cell, number]));
  const cellOf = passages.map(({ cell }) => numbers.get(cell) as number);
  const headed = (headings: Iterable<string>) =>
    [...headings].flatMap((text) => [...proseWords(text), ...proseWords(text)]);
  const texts = passages.map(({ heading, text }) => [...headed([heading]), ...proseWords(text)]);
  const bodies = cells.map((cell) => {
    const own = passages.filter((passage) => passage.cell === cell);
    const headings = new Set(own.map(({ heading }) => heading));
    return [...headed(headings), ...own.flatMap(({ text }) => proseWords(text))];
  });
  const [byPassage, byCell] = [texts, bodies].map((all) => createBm25(all, courseBm25));
  const indexes = { byPassage, byCell, cellOf };
  return {
    ask(question, most = 3) {
      requireBetween('most', most, 1, 100, 'ask the course');
      const terms = termsOf(question, indexes.byCell);
      const { shares, scores } = fitsOf(terms, indexes);
      const seen = new Set<number>();
      const best = ranking(scores).filter((index) => !seen.has(cellOf[index]) && seen.add(cellOf[index]));
      const findings = best.slice(0, most).map((index) => ({
        passage: passages[index],
        sentence: bestSentence(passages[index].text, terms),
        share: shares[index],
      }));
      const unknown = unknownWords(question, indexes.byCell);
      return { found: findings.length > 0 && findings[0].share >= leastShare, findings, unknown };
    },
  };
}

/** @returns the words of a passage that a search compares: those of its heading and of its text, without formulas */
export function searchedWords({ heading, text }: Passage): string[] {
  return proseWords(`${heading} ${text}`);
}

function proseWords(markdown: string): string[] {
  return wordsOf(plainText(withoutFormulas(markdown)));
}

/** The question's words, each once; one that the course has not is as heavy as the rarest word that it has for it. */
function termsOf(question: string, search: Bm25): Term[] {
  const words = [...new Set(wordsOf(question))];
  if (words.length === 0) {
    throw new RangeError(
      `Cannot ask the course: there is no word to search for in '${question}'; name what it is about`,
    );
  }
  return words.map((word) => {
    const known = alsoCalled(word).filter((name) => search.holding(name) > 0);
    const heavy = known.includes(word) || known.length === 0 ? [word] : known;
    return { words: known, weight: Math.max(...heavy.map(search.weight)) };
  });
}

/** How well each passage fits: `s` and `c s`. */
function fitsOf(terms: readonly Term[], { byPassage, byCell, cellOf }: Indexes) {
  const whole = terms.reduce((sum, { weight }) => sum + weight, 0);
  const shares = new Float64Array(cellOf.length);
  const covered = new Float64Array(cellOf.length);
  for (const { words, weight } of terms) {
    const scored = words.map((word) => [byPassage.scores([word]), byCell.scores([word])]);
    cellOf.forEach((cell, passage) => {
      const best =
        Math.max(0, ...scored.map(([ofPassages, ofCells]) => ofPassages[passage] + ofCells[cell])) / 2;
      shares[passage] += Math.min(best, weight) / whole;
      if (best > 0) covered[passage] += weight / whole;
    });
  }
  return { shares, scores: shares.map((share, passage) => covered[passage] * share) };
}

/** The sentence that holds the most of the question, by weight; one that asks answers nothing. */
function bestSentence(markdown: string, terms: readonly Term[]): string {
  const sentences = sentencesOf(plainText(markdown));
  const held = sentences.map((sentence) => {
    if (sentence.endsWith('?')) return -1;
    const words = new Set(wordsOf(sentence));
    const there = terms.filter((term) => term.words.some((word) => words.has(word)));
    return there.reduce((sum, { weight }) => sum + weight, 0);
  });
  return sentences[held.indexOf(Math.max(...held))];
}

function unknownWords(question: string, search: Bm25): string[] {
  const words = question.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? [];
  return [...new Set(words)].filter((word) => {
    const stems = wordsOf(word);
    return (
      stems.length > 0 && stems.every((one) => alsoCalled(one).every((name) => search.holding(name) === 0))
    );
  });
}
