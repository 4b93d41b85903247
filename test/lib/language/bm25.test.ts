import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBm25 } from '../../../lib/language/bm25';

/** Lengths 2, 3 and 1, in the mean 2. */
const texts = [['a', 'b'], ['a', 'a', 'c'], ['d']];

const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const text = fc.array(word, { minLength: 1, maxLength: 12 });

describe('createBm25()', () => {
  test('weighs and scores as the formula does by hand', () => {
    const search = createBm25(texts);
    // 'a' is in 2 of 3 texts, 'c' in one, 'z' in none.
    expect(search.holding('a')).toBe(2);
    expect(search.weight('a')).toBeCloseTo(Math.log(1 + 1.5 / 2.5), 12);
    expect(search.weight('c')).toBeCloseTo(Math.log(1 + 2.5 / 1.5), 12);
    expect(search.weight('z')).toBeCloseTo(Math.log(1 + 3.5 / 0.5), 12);
    // k₁ (1 − b + b · length/mean) is 1.2 · (0.25 + 0.75 · 1) = 1.2 and 1.2 · (0.25 + 0.75 · 1.5) = 1.65.
    const [first, second, third] = search.scores(['a', 'c', 'z']);
    expect(first).toBeCloseTo(Math.log(1.6) / 2.2, 12);
    expect(second).toBeCloseTo((Math.log(1.6) * 2) / 3.65 + Math.log(1 + 2.5 / 1.5) / 2.65, 12);
    expect(third).toBe(0);
  });

  test('counts a word twice that the question has twice', () => {
    const search = createBm25(texts);
    expect(search.scores(['a', 'a'])[0]).toBeCloseTo(2 * search.scores(['a'])[0], 12);
  });

  test('with k₁ = 0 asks only whether a word is there', () => {
    const search = createBm25(texts, { saturation: 0 });
    expect(Array.from(search.scores(['a']))).toEqual([search.weight('a'), search.weight('a'), 0]);
  });

  test('gives a longer text with the same count less for b > 0, and as much for b = 0', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (short, more, lengthNormalisation) => {
          const filled = (length: number) => ['a', ...new Array<string>(length).fill('b')];
          const pair = [filled(short), filled(short + more)];
          const [first, second] = createBm25(pair, { lengthNormalisation }).scores(['a']);
          expect(second).toBeLessThan(first);
          const [same, likewise] = createBm25(pair, { lengthNormalisation: 0 }).scores(['a']);
          expect(likewise).toBe(same);
        },
      ),
    );
  });

  test('gives a word in all texts next to no weight, and a rarer one more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (count) => {
        const search = createBm25(Array.from({ length: count }, (_, number) => ['all', `only${number}`]));
        // ln(1 + x) <= x, with x = ½/(N + ½)
        expect(search.weight('all')).toBeLessThanOrEqual(0.5 / (count + 0.5));
        if (count > 1) expect(search.weight('only0')).toBeGreaterThan(search.weight('all'));
        expect(search.weight('none')).toBeGreaterThan(search.weight('only0'));
      }),
    );
  });

  test('keeps each score between 0 and the weights of the question', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), text, (some, question) => {
        const search = createBm25(some);
        const most = question.reduce((sum, one) => sum + search.weight(one), 0);
        for (const score of search.scores(question)) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThan(most);
        }
      }),
    );
  });

  test('takes texts without a word', () => {
    expect(Array.from(createBm25([[], []]).scores(['a']))).toEqual([0, 0]);
  });

  test.each([
    [{ saturation: -1 }, 'Cannot build a search: saturation must be >= 0, got -1'],
    [
      { lengthNormalisation: 1.5 },
      'Cannot build a search: lengthNormalisation must be between 0 and 1, got 1.5',
    ],
    [
      { lengthNormalisation: Number.NaN },
      'Cannot build a search: lengthNormalisation must be between 0 and 1, got NaN',
    ],
  ])('rejects %j', (options, message) => {
    expect(() => createBm25(texts, options)).toThrow(new RangeError(message));
  });

  test('rejects no text', () => {
    expect(() => createBm25([])).toThrow(new RangeError('Cannot build a search: there is no text'));
  });
});
