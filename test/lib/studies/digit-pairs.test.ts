import { describe, expect, it } from 'vitest';
import { digitPixels } from '../../../lib/data/digit-set';
import { pairDigits, pairPixels } from '../../../lib/studies/digit-pairs';

/** Ten digits, each all of one grey: digit d has 10 d + 5. */
const digits = {
  images: Uint8Array.from({ length: 10 * digitPixels }, (_, at) => 10 * Math.floor(at / digitPixels) + 5),
  labels: Uint8Array.from({ length: 10 }, (_, digit) => digit),
  count: 10,
};

describe('pairDigits()', () => {
  it('puts the digits of the label side by side, row after row', () => {
    const { images, labels, count } = pairDigits(digits, { count: 50, seed: 1 });
    expect([images.length, labels.length, count]).toEqual([50 * pairPixels, 50, 50]);
    for (const [index, label] of labels.entries()) {
      const row = images.subarray(index * pairPixels + 13 * 56, index * pairPixels + 14 * 56);
      expect(new Set(row.subarray(0, 28))).toEqual(new Set([10 * Math.floor(label / 10) + 5]));
      expect(new Set(row.subarray(28))).toEqual(new Set([10 * (label % 10) + 5]));
    }
  });

  it('draws only the labels asked for, each about equally often', () => {
    const { labels } = pairDigits(digits, { count: 3000, seed: 2, labels: [7, 42, 99] });
    const counts = [7, 42, 99].map((label) => labels.filter((one) => one === label).length);
    expect(counts[0] + counts[1] + counts[2]).toBe(3000);
    // Binomial, 1000 ± 26: five standard deviations.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });

  it('repeats itself with the same seed, and not with another', () => {
    const draw = (seed: number) => Array.from(pairDigits(digits, { count: 20, seed }).labels);
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it('refuses labels that no two digits make', () => {
    const pair = (options: object) => () => pairDigits(digits, { count: 1, seed: 1, ...options });
    expect(pair({ labels: [100] })).toThrow('there are no two digits for the label 100');
    expect(pair({ count: 0 })).toThrow('count must be');
    const ones = { ...digits, labels: digits.labels.map(() => 1) };
    expect(() => pairDigits(ones, { count: 1, seed: 1 })).toThrow('for the label 0');
  });
});
