/** The letters of a text, numbered: what a model of language counts and predicts. */

/** Letters (code points: also spaces, digits and signs) and their numbers. */
export interface Vocabulary {
  /** in the order of their code points; the place of a letter is its number */
  readonly letters: readonly string[];
  /** `V`, how many there are */
  readonly size: number;
  /**
   * @param text - of these letters
   * @returns the number of each letter, shape `[letters of the text]`
   * @throws RangeError if a letter is not in the vocabulary; the message names it and its place
   */
  encode(text: string): Int32Array;
  /**
   * @param numbers - each 0 … `size` − 1
   * @returns the text
   * @throws RangeError if a number is another
   */
  decode(numbers: ArrayLike<number>): string;
}

/**
 * Numbers the letters that occur in a text.
 *
 * @param text - at least one letter
 * @returns its vocabulary
 * @throws RangeError if the text has no letters
 * @example
 * createVocabulary('hello').letters; // ['e', 'h', 'l', 'o']
 */
export function createVocabulary(text: string): Vocabulary {
  if (text.length === 0) throw new RangeError('Cannot make a vocabulary: the text has no letters');
  const letters = [...new Set(text)].sort((a, b) => codeOf(a) - codeOf(b));
  const numbers = new Map(letters.map((letter, number) => [letter, number]));
  return {
    letters,
    size: letters.length,
    encode(other) {
      const encoded = new Int32Array(other.length);
      let count = 0;
      for (const letter of other) {
        const number = numbers.get(letter);
        if (number === undefined) throw unknown(letter, count, letters.length);
        encoded[count++] = number;
      }
      return encoded.slice(0, count);
    },
    decode: (list) =>
      Array.from(list, (number) => {
        const letter = letters[number];
        if (letter !== undefined) return letter;
        const rule = `a letter's number must be one of 0 … ${letters.length - 1}`;
        throw new RangeError(`Cannot decode: ${rule}, got ${number}`);
      }).join(''),
  };
}

const codeOf = (letter: string) => letter.codePointAt(0) as number;

function unknown(letter: string, place: number, size: number): RangeError {
  // An end of a line would make two lines of it.
  const printed = /\p{C}/u.test(letter) ? JSON.stringify(letter).slice(1, -1) : letter;
  const code = codeOf(letter).toString(16).toUpperCase().padStart(4, '0');
  return new RangeError(
    `Cannot encode: the letter '${printed}' (U+${code}) at place ${place} is not in the vocabulary of ${size} letters`,
  );
}
