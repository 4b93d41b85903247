import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytePairs, trainBytePairs } from '../../../lib/language';

const text = 'the whale, the white whale, and the whaler\nthe whales — there she blows'.repeat(3);
const learnt = trainBytePairs(text, 40);
const spell = (token: number) => new TextDecoder().decode(learnt.tokens[token]);

test('trainBytePairs() makes a token of the most frequent pair, of equal ones that of the smallest numbers', () => {
  // 'ab' occurs three times, 'bc' twice.
  expect(trainBytePairs('abc abc ab', 1).merges).toEqual([[97, 98]]);
  // After the space each of ' x', 'xy' occurs twice; the space is the smaller number.
  expect(trainBytePairs('a xy xy', 1).merges).toEqual([[32, 120]]);
});

test('trainBytePairs() stops when no pair occurs twice', () => {
  expect(trainBytePairs('abcdef', 10).merges).toEqual([]);
  expect(trainBytePairs('', 10).size).toBe(256);
});

test('trainBytePairs() learns again what a plain recount at each merge learns', () => {
  const words = fc.array(fc.constantFrom('ab', 'aab', 'ba', ' ', 'abab', '\n', 'c'), { maxLength: 40 });
  fc.assert(
    fc.property(words, (list) => {
      const sample = list.join('');
      let pieces = sample
        .split(/(?=[ \n])/)
        .map((piece) => Array.from(piece, (letter) => letter.charCodeAt(0)));
      const merges: [number, number][] = [];
      while (merges.length < 8) {
        const counts = new Map<string, number>();
        for (const piece of pieces) {
          for (let i = 1; i < piece.length; i++) {
            const pair = `${piece[i - 1]},${piece[i]}`;
            counts.set(pair, (counts.get(pair) ?? 0) + 1);
          }
        }
        const ranked = [...counts]
          .map(([pair, count]) => ({ pair: pair.split(',').map(Number) as [number, number], count }))
          .sort((a, b) => b.count - a.count || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1]);
        if (!ranked[0] || ranked[0].count < 2) break;
        const [left, right] = ranked[0].pair;
        pieces = pieces.map((piece) => {
          const merged: number[] = [];
          for (const token of piece) {
            const fits = token === right && merged[merged.length - 1] === left;
            if (fits) merged[merged.length - 1] = -1 - merges.length;
            else merged.push(token);
          }
          return merged.map((token) => (token < 0 ? 255 - token : token));
        });
        merges.push([left, right]);
      }
      expect(trainBytePairs(sample, 8).merges).toEqual(merges);
    }),
  );
});

test('BytePairs.encode() and decode() undo each other for every string of bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const before = bytes.slice();
      expect(learnt.decode(learnt.encode(bytes))).toEqual(before);
      expect(bytes).toEqual(before);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (other) => {
      const bytes = learnt.decode(learnt.encode(other));
      expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)).toBe(other);
    }),
  );
});

test('BytePairs.encode() applies the earliest merge first, from the left', () => {
  const { encode } = bytePairs([
    [98, 99],
    [97, 98],
    [97, 97],
  ]);
  const tokens = (word: string) => Array.from(encode(word));
  expect(tokens('abcab')).toEqual([97, 256, 257]);
  expect(tokens('aaa')).toEqual([258, 97]);
  expect(tokens('')).toEqual([]);
});

test('no token reaches over the beginning of a word', () => {
  for (let token = 256; token < learnt.size; token++) expect(spell(token)).not.toMatch(/.[ \n]/);
  expect(Array.from({ length: learnt.size - 256 }, (_, index) => spell(256 + index))).toContain(' the');
});

test('bytePairs() with fewer of the merges is the encoding as it was then', () => {
  const lengths = [0, 10, 20, 40].map(
    (count) => bytePairs(learnt.merges.slice(0, count)).encode(text).length,
  );
  expect(lengths[0]).toBe(new TextEncoder().encode(text).length);
  expect([...lengths].sort((a, b) => b - a)).toEqual(lengths);
});

test.each<[() => unknown, string]>([
  [() => trainBytePairs('ab', -1), 'Cannot learn merges: count must be a whole number >= 0, got -1'],
  [
    () => bytePairs([[97, 256]]),
    'Cannot use merge 0: it joins 97 and 256, and there are only 256 tokens yet',
  ],
  [() => bytePairs([]).decode([256]), 'Cannot decode: a token must be one of 0 … 255, got 256'],
])('refuses what it cannot do: %s', (call, message) => {
  expect(call).toThrow(new RangeError(message));
});
