import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createVocabulary } from '../../../lib/language';

test('createVocabulary() numbers the letters in the order of their code points', () => {
  const { letters, size, encode, decode } = createVocabulary('hello, 春\n');
  expect(letters).toEqual(['\n', ' ', ',', 'e', 'h', 'l', 'o', '春']);
  expect(size).toBe(8);
  expect(Array.from(encode('春 oh'))).toEqual([7, 1, 6, 4]);
  expect(decode([7, 1, 6, 4])).toBe('春 oh');
  expect(encode('')).toHaveLength(0);
});

test('createVocabulary() takes a sign of two UTF-16 units for one letter', () => {
  const { size, encode, decode } = createVocabulary('a🐳a');
  expect(size).toBe(2);
  expect(Array.from(encode('🐳a🐳'))).toEqual([1, 0, 1]);
  expect(decode(encode('🐳a'))).toBe('🐳a');
});

test('Vocabulary.encode() and decode() undo each other', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
      const { encode, decode } = createVocabulary(text);
      expect(decode(encode(text))).toBe(text);
    }),
  );
});

test('Vocabulary.encode() names a letter outside and its place', () => {
  const { encode } = createVocabulary('abc');
  expect(() => encode('abßc')).toThrow(
    new RangeError("Cannot encode: the letter 'ß' (U+00DF) at place 2 is not in the vocabulary of 3 letters"),
  );
});

test('Vocabulary.encode() names what cannot be seen by its code, in one line', () => {
  const { encode } = createVocabulary('abc');
  expect(() => encode('a\n')).toThrow(
    new RangeError(
      "Cannot encode: the letter '\\n' (U+000A) at place 1 is not in the vocabulary of 3 letters",
    ),
  );
});

test.each([3, -1, 0.5, Number.NaN])('Vocabulary.decode() refuses the number %s', (number) => {
  const { decode } = createVocabulary('abc');
  expect(() => decode([0, number])).toThrow(
    new RangeError(`Cannot decode: a letter's number must be one of 0 … 2, got ${number}`),
  );
});

test('createVocabulary() refuses a text with no letters', () => {
  expect(() => createVocabulary('')).toThrow(
    new RangeError('Cannot make a vocabulary: the text has no letters'),
  );
});
