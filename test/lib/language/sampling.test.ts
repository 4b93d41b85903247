import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { sampleToken, samplingProbabilities } from '../../../lib/language';

const logits = [Math.log(0.5), Math.log(0.3), Math.log(0.2)];

test('samplingProbabilities() are the softmax at temperature 1', () => {
  const [a, b, c] = samplingProbabilities(logits);
  expect([a, b, c].map((p) => Number(p.toFixed(12)))).toEqual([0.5, 0.3, 0.2]);
});

test('samplingProbabilities() are pᵢ^(1/τ), divided by their sum', () => {
  const squares = [0.25, 0.09, 0.04].map((p) => p / 0.38);
  for (const [place, p] of samplingProbabilities(logits, { temperature: 0.5 }).entries()) {
    expect(p).toBeCloseTo(squares[place], 12);
  }
});

test('samplingProbabilities() keeps topK tokens, of equal ones the first', () => {
  expect(Array.from(samplingProbabilities([1, 3, 3, 3], { topK: 2 }))).toEqual([0, 0.5, 0.5, 0]);
  expect(Array.from(samplingProbabilities(logits, { topK: 1 }))).toEqual([1, 0, 0]);
});

test('samplingProbabilities() are finite for any logits, and sum to 1', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(values, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (z, temperature) => {
      const before = [...z];
      const p = samplingProbabilities(z, { temperature });
      expect(p.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
      expect(p.every((one) => one >= 0)).toBe(true);
      expect(z).toEqual(before);
    }),
  );
});

test('sampleToken() draws as often as the probabilities say', () => {
  const random = seededRandom(1, 'draws');
  const counts = [0, 0, 0];
  for (let draw = 0; draw < 10_000; draw++) counts[sampleToken(logits, random)]++;
  // Four standard deviations of a share of 10,000 draws are at most 4 · 0.005.
  for (const [place, p] of [0.5, 0.3, 0.2].entries()) {
    expect(Math.abs(counts[place] / 10_000 - p)).toBeLessThan(0.02);
  }
});

test('sampleToken() is the same for the same seed, and never draws what cannot come', () => {
  const draw = () => {
    const random = seededRandom(3);
    return Array.from({ length: 50 }, () => sampleToken([0, Number.NEGATIVE_INFINITY, 0], random));
  };
  expect(draw()).toEqual(draw());
  expect(draw()).not.toContain(1);
});

test.each<[object, string]>([
  [{ temperature: 0 }, 'Cannot draw a token: temperature must be > 0, got 0'],
  [{ temperature: -1 }, 'Cannot draw a token: temperature must be > 0, got -1'],
  [{ temperature: Number.NaN }, 'Cannot draw a token: temperature must be > 0, got NaN'],
  [{ topK: 0 }, 'Cannot draw a token: topK must be a whole number >= 1, got 0'],
  [{ topK: 4 }, 'Cannot draw a token: topK must be at most 3, the size of the vocabulary, got 4'],
])('sampleToken() refuses %o', (options, message) => {
  expect(() => sampleToken(logits, seededRandom(1), options)).toThrow(new RangeError(message));
});

test.each([[[]], [[Number.NaN, 1]], [[Number.NEGATIVE_INFINITY]], [[Number.POSITIVE_INFINITY, 0]]])(
  'samplingProbabilities() refuses the logits %o',
  (broken) => {
    expect(() => samplingProbabilities(broken)).toThrow(/^Cannot draw a token: /);
  },
);
