/** How the search takes text apart: into words, and Chinese into pairs of characters. */

const han = /\p{Script=Han}/u;

/** @returns the words of a text, names of code also by their parts, runs of Chinese as overlapping pairs */
export function wordsOf(text: string): string[] {
  const runs = text.match(/\p{Script=Han}+|[\p{L}\p{N}_](?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}_])*/gu) ?? [];
  return runs.flatMap((run) => (han.test(run) ? pairs(run) : withParts(run)));
}

function pairs(run: string): string[] {
  const characters = [...run];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, index) => characters[index] + character);
}

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
