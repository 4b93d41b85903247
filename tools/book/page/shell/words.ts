/** How the search takes text apart: into words; Chinese, which has no spaces, so that a word is found wherever it stands. */

export const han = /\p{Script=Han}/u;
const runs = /\p{Script=Han}+|[\p{L}\p{N}_](?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}_])*/gu;

/**
 * @returns the terms under which a text is kept: its words, names of code also by their parts; of Chinese each pair of
 *   neighbours, and the last letter of a run, so that every word of the text is found, wherever others begin or end
 */
export function wordsOf(text: string): string[] {
  return (text.match(runs) ?? []).flatMap((run) => (han.test(run) ? kept(run) : withParts(run)));
}

/** The terms that a reader's words ask for. */
export interface AskedWords {
  /** a passage that has them all is rather shown than one that has not */
  needed: string[];
  /** the more of them a passage has, the better */
  wished: string[];
}

/**
 * Takes a reader's words apart. Of Chinese the pairs within each word are needed, those across two words are wished for:
 * 梯度下降的步长 also finds where 步长 stands before 梯度下降. Words that no dictionary has, as 过拟合, come apart into
 * letters; they are needed where nothing else is asked for.
 *
 * @param segment - takes Chinese apart into words; unless told as the browser does
 */
export function askedWords(text: string, segment = segmented): AskedWords {
  const asked: AskedWords = { needed: [], wished: [] };
  for (const run of text.match(runs) ?? []) {
    if (!han.test(run)) asked.needed.push(...withParts(run));
    else if (run.length === 1) asked.needed.push(run);
    else {
      const inWords = segment(run).flatMap(pairs);
      asked.needed.push(...(inWords.length > 0 ? inWords : pairs(run)));
      asked.wished.push(...pairs(run).filter((pair) => !asked.needed.includes(pair)));
    }
  }
  return asked;
}

/** A browser without a segmenter takes a run as one word. */
function segmented(run: string): string[] {
  if (!('Segmenter' in Intl)) return [run];
  segmenter ??= new Intl.Segmenter('zh', { granularity: 'word' });
  return Array.from(segmenter.segment(run), ({ segment }) => segment);
}
let segmenter: Intl.Segmenter | undefined;

/** Where a text has words that are kept under one of these terms. */
export function placesOf(text: string, terms: ReadonlySet<string>): [first: number, last: number][] {
  const places: [number, number][] = [];
  const add = (first: number, last: number) => {
    const before = places.at(-1);
    // Pairs of one word overlap.
    if (before && first < before[1]) before[1] = last;
    else places.push([first, last]);
  };
  for (const { 0: run, index } of text.matchAll(runs)) {
    if (!han.test(run)) {
      if (withParts(run).some((word) => terms.has(stem(word)))) add(index, index + run.length);
      continue;
    }
    for (let at = 0; at < run.length; at++) {
      const size = [2, 1].find(
        (letters) => at + letters <= run.length && terms.has(run.slice(at, at + letters)),
      );
      if (size) add(index + at, index + at + size);
    }
  }
  return places;
}

const pairs = (run: string): string[] =>
  Array.from({ length: Math.max(0, run.length - 1) }, (_, at) => run.slice(at, at + 2));

const kept = (run: string) => [...pairs(run), run.slice(-1)];

/** `gradientDescent` is found by `descent` too. */
function withParts(word: string): string[] {
  const parts = word.split(/_+|(?<=\p{Ll})(?=\p{Lu})/u).filter(Boolean);
  return parts.length > 1 ? [word, ...parts] : [word];
}

/** @returns the form of a word under which it is kept: one spelling, one number */
export function stem(word: string): string {
  const plainLetters = word.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
  const british = plainLetters.replace(/iz(?=e|a|i)/g, 'is').replace(/yze/g, 'yse');
  return british.length > 3 ? british.replace(/(?<![isu])s$/, '') : british;
}
