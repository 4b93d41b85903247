/** Names as a network reads them: numbers for their letters, or one number each. */
import { requireOneOf } from '../base/checks';

/** What the digits 0 … 9 are called. */
export const digitNames = 'zero one two three four five six seven eight nine'.split(' ');

/** What two digits side by side are called, 00 … 99: `zero zero`, `zero one`, … `nine nine`. */
export const pairNames = digitNames.flatMap((left) => digitNames.map((right) => `${left} ${right}`));

/** `letters`: what a name is spelt with; `ids`: which of the names it is, and nothing else. */
export type NameCode = 'letters' | 'ids';

/** Places for the letters of a word: as many as the longest name of a digit has. */
const wordLength = 5;
const letters = 26;

/**
 * A name by its letters: for each word five places, for each place 26 numbers, 1 for the letter that
 * stands there.
 *
 * @param name - as many words as `words` says, each one to five letters a … z, a space between two
 * @param words - how many words a name has
 * @returns zeros and ones, shape `[words · 5 · 26]`
 * @throws RangeError if a word is longer, empty, or has another character, or there are more or fewer
 */
export function encodeName(name: string, words = 1): number[] {
  const spelt = name.split(' ');
  if (spelt.length !== words || !spelt.every((word) => /^[a-z]{1,5}$/.test(word))) {
    const many = words === 1 ? 'it must be' : `it must be ${words} words, each of`;
    throw new RangeError(`Cannot encode a name: ${many} 1 … ${wordLength} letters a … z, got '${name}'`);
  }
  const code = new Array<number>(words * wordLength * letters).fill(0);
  for (const [index, word] of spelt.entries()) {
    for (const [place, letter] of Array.from(word).entries()) {
      code[(index * wordLength + place) * letters + letter.charCodeAt(0) - 'a'.charCodeAt(0)] = 1;
    }
  }
  return code;
}

/** A name by its place in the list: 1 there, 0 at all others; shape `[names]`. */
function oneHot(name: string, names: readonly string[]): number[] {
  if (!names.includes(name)) throw new RangeError(`Cannot encode a name: '${name}' is none of the names`);
  return names.map((one) => (one === name ? 1 : 0));
}

/**
 * How a tower reads names.
 *
 * @param names - all that it will ever read as ids; as letters, the first says how many words a name has
 * @param code - by what it tells them apart
 * @returns name → numbers, all of one length
 */
export function nameReader(names: readonly string[], code: NameCode): (name: string) => number[] {
  requireOneOf('code', code, ['letters', 'ids'], 'read names');
  const words = names[0].split(' ').length;
  return (name) => (code === 'ids' ? oneHot(name, names) : encodeName(name, words));
}
