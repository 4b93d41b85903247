import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countNGrams, type Smoothing } from '../../../lib/language';

const encode = (text: string) => Int32Array.from(text, (letter) => letter.charCodeAt(0) - 97);
const abracadabra = encode('abracadabra');
const counted = countNGrams(abracadabra, { order: 4, size: 18 });

/** The definition, by going through the tokens again for each question. */
function byDefinition(tokens: readonly number[], size: number, context: number[], smoothing: Smoothing) {
  const seen = new Array(size).fill(0);
  for (let end = context.length; end < tokens.length; end++) {
    if (context.every((token, index) => tokens[end - context.length + index] === token)) seen[tokens[end]]++;
  }
  const total = seen.reduce((sum, one) => sum + one, 0);
  const kinds = seen.filter((one) => one > 0).length;
  if (smoothing === 'none') return seen.map((one) => (total === 0 ? 0 : one / total));
  if (smoothing === 'add-one') return seen.map((one) => (one + 1) / (total + size));
  const shorter: number[] =
    context.length === 0
      ? new Array(size).fill(1 / size)
      : byDefinition(tokens, size, context.slice(1), smoothing);
  return seen.map((one, token) =>
    total === 0 ? shorter[token] : (one + kinds * shorter[token]) / (total + kinds),
  );
}

/** A constant off each count, by listing sequences anew for each question; with `ways`, Kneser and Ney's rule. */
function discounted(
  tokens: readonly number[],
  size: number,
  context: number[],
  ways: boolean,
  longest = true,
): number[] {
  const n = context.length + 1;
  const sequences = (length: number) =>
    tokens.slice(length - 1).map((_, start) => tokens.slice(start, start + length).join(' '));
  const different = [...new Set(sequences(n + 1))].map((longer) => longer.split(' ').slice(1).join(' '));
  const times = new Map<string, number>();
  for (const one of longest || !ways ? sequences(n) : different) times.set(one, (times.get(one) ?? 0) + 1);
  const [once, twice] = [1, 2].map((count) => [...times.values()].filter((one) => one === count).length);
  const discount = once > 0 ? once / (once + 2 * twice) : 0.5;
  const seen = Array.from({ length: size }, (_, token) => times.get([...context, token].join(' ')) ?? 0);
  const total = seen.reduce((sum, one) => sum + one, 0);
  const kinds = seen.filter((one) => one > 0).length;
  const shorter =
    context.length === 0 ? seen.map(() => 1 / size) : discounted(tokens, size, context.slice(1), ways, false);
  return seen.map((one, token) =>
    total === 0 ? shorter[token] : (Math.max(one - discount, 0) + discount * kinds * shorter[token]) / total,
  );
}

const texts = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 40 });

describe('countNGrams()', () => {
  test('counts what is there', () => {
    expect(counted.kinds).toEqual([5, 7, 7, 7]);
    expect(counted.count([])).toBe(11);
    expect(counted.count(encode('a'))).toBe(5);
    expect(counted.count(encode('abra'))).toBe(2);
    expect(counted.count(encode('brab'))).toBe(0);
  });

  test.each<Smoothing>(['witten-bell', 'kneser-ney', 'absolute', 'add-one', 'none'])(
    'has the probabilities of %s',
    (smoothing) => {
      fc.assert(
        fc.property(texts, fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 5 }), (tokens, context) => {
          const before = [...tokens];
          const ngrams = countNGrams(tokens, { order: 4, size: 4 });
          const latest = context.slice(-3);
          const expected =
            smoothing === 'kneser-ney' || smoothing === 'absolute'
              ? discounted(tokens, 4, latest, smoothing === 'kneser-ney')
              : byDefinition(tokens, 4, latest, smoothing);
          const found = ngrams.probabilities(context, { smoothing });
          for (const [token, p] of expected.entries()) expect(found[token]).toBeCloseTo(p, 12);
          expect(tokens).toEqual(before);
        }),
      );
    },
  );

  test.each<Smoothing>(['witten-bell', 'kneser-ney', 'absolute'])(
    'probabilities of %s sum to 1 for each n, also after what was never seen',
    (smoothing) => {
      for (const n of [1, 2, 3, 4]) {
        for (const context of ['', 'a', 'abr', 'qqq']) {
          const p = counted.probabilities(encode(context), { n, smoothing });
          expect(p.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
        }
      }
    },
  );

  test('Kneser and Ney, by hand', () => {
    // Pairs: ab twice, ba twice, ac once, so D = 1/5. Before each of a, b and c came one other letter, so that
    // the D of these counts is 1, and the shorter context says 1/3 of each.
    const pairs = countNGrams(encode('ababac'), { order: 2, size: 3 });
    expect(pairs.discounts).toEqual([1 / 3, 0.2]);
    const p = pairs.probabilities(encode('a'), { smoothing: 'kneser-ney' });
    for (const [token, parts] of [2, 29, 14].entries()) expect(p[token]).toBeCloseTo(parts / 45, 12);
  });

  test.each<Smoothing>(['witten-bell', 'kneser-ney', 'absolute', 'add-one', 'none'])(
    'surprises are −ln p, and losses their mean, with %s',
    (smoothing) => {
      const other = encode('cadabra');
      for (const [index, loss] of counted.losses(other, smoothing).entries()) {
        const n = index + 1;
        const surprises = counted.surprises(other, { n, smoothing });
        for (const [place, surprise] of surprises.entries()) {
          const p = counted.probabilities(other.subarray(0, place), { n, smoothing })[other[place]];
          expect(surprise).toBeCloseTo(-Math.log(p), 12);
        }
        expect(loss).toBeCloseTo(surprises.reduce((sum, one) => sum + one, 0) / other.length, 12);
      }
    },
  );

  test('one token that never came makes the unsmoothed loss infinite', () => {
    expect(counted.losses(encode('az'), 'none')[0]).toBe(Number.POSITIVE_INFINITY);
    expect(Number.isFinite(counted.losses(encode('aq'))[3])).toBe(true);
  });

  test('a long vocabulary needs no more than its own numbers', () => {
    const size = 100_000;
    const tokens = Int32Array.from({ length: 1000 }, (_, index) => (index * 7919) % size);
    const ngrams = countNGrams(tokens, { order: 6, size });
    expect(ngrams.count(tokens.subarray(10, 16))).toBe(1);
    expect(ngrams.count(Int32Array.of(tokens[10], tokens[12]))).toBe(0);
  });

  test.each<[() => unknown, string]>([
    [
      () => countNGrams([0, 1], { order: 2, size: 2 }),
      'Cannot count n-grams: there must be more than 2 tokens, got 2',
    ],
    [
      () => countNGrams([0, 1, 2], { order: 2, size: 2 }),
      'Cannot count n-grams: token 2 must be one of 0 … 1, got 2',
    ],
    [
      () => countNGrams([0, 1, 0], { order: 0, size: 2 }),
      'Cannot count n-grams: order must be a whole number >= 1, got 0',
    ],
    [
      () => counted.probabilities([], { n: 5 }),
      'Cannot guess the next token: n must be between 1 and 4, got 5',
    ],
    [
      () => counted.surprises([0], { n: 0 }),
      'Cannot measure a surprise: n must be a whole number >= 1, got 0',
    ],
    [() => counted.losses([]), 'Cannot measure a loss: there is no token'],
    [
      () => counted.count([0, 1, 2, 3, 4]),
      'Cannot look up a count: the number of tokens must be between 0 and 4, got 5',
    ],
  ])('refuses what it cannot do: %s', (call, message) => {
    expect(call).toThrow(new RangeError(message));
  });
});
