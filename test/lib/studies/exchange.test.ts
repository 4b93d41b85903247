import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { type DigitSet, digitPixels } from '../../../lib/data/digit-set';
import { exchangePixels, permutationImportance, setPixels } from '../../../lib/studies/exchange';

/** Pictures half of whose pixels are blank. */
function noise(count: number, seed: number): DigitSet {
  const random = seededRandom(seed);
  const grey = () => (random.uniform() < 0.5 ? 0 : 1 + random.integer(255));
  return {
    images: Uint8Array.from({ length: count * digitPixels }, grey),
    labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
    count,
  };
}

const column = (set: DigitSet, pixel: number) =>
  Array.from({ length: set.count }, (_, index) => set.images[index * digitPixels + pixel]);
const sorted = (values: number[]) => [...values].sort((a, b) => a - b);

describe('exchangePixels()', () => {
  const digits = noise(300, 21);

  test('keeps the values of each pixel and moves them among the digits', () => {
    const moved = exchangePixels(digits, [[5, 6], [7]], seededRandom(1));
    for (const pixel of [5, 6, 7]) {
      expect(column(moved, pixel)).not.toEqual(column(digits, pixel));
      expect(sorted(column(moved, pixel))).toEqual(sorted(column(digits, pixel)));
    }
    expect(column(moved, 8)).toEqual(column(digits, 8));
    expect(moved.labels).toEqual(digits.labels);
  });
  test('moves the pixels of one group together, and different groups apart', () => {
    // Pixels 5, 6 and 7 say which digit they come from.
    const named = setPixels(digits, new Array(300).fill(5), 0);
    for (let index = 0; index < 300; index++) {
      for (const pixel of [5, 6, 7]) named.images[index * digitPixels + pixel] = index % 250;
    }
    const moved = exchangePixels(named, [[5, 6], [7]], seededRandom(2));
    expect(column(moved, 5)).toEqual(column(moved, 6));
    const alike = column(moved, 5).filter((value, index) => value === column(moved, 7)[index]).length;
    // Of 300, 1.4 agree by chance (Poisson): more than 9 in one of a million draws.
    expect(alike).toBeLessThan(10);
  });
});

test('setPixels() sets one pixel of each digit, or none, in a copy', () => {
  const digits = noise(3, 22);
  const before = Uint8Array.from(digits.images);
  const set = setPixels(digits, [4, -1, 9], 77);
  expect(set.images[4]).toBe(77);
  expect(set.images[2 * digitPixels + 9]).toBe(77);
  expect(set.images.filter((grey, place) => grey !== before[place]).length).toBeLessThanOrEqual(2);
  expect(digits.images).toEqual(before);
  expect(() => setPixels(digits, [1], 77)).toThrow('Cannot set pixels');
});

describe('permutationImportance()', () => {
  // Says 1 if pixel 5 is dark: half of the labels are 1, and pixel 5 gives them away.
  const digits = noise(200, 9);
  digits.labels.forEach((_, index) => {
    digits.labels[index] = index % 2;
    digits.images[index * 784 + 5] = index % 2 ? 255 : 0;
  });
  const predict = (set: DigitSet) =>
    Array.from({ length: set.count }, (_, index) => (set.images[index * 784 + 5] > 127 ? 1 : 0));

  test('finds the pixel that the rule looks at, and no other', () => {
    const [five, six, both] = permutationImportance(predict, digits, [[5], [6], [5, 6]]).flat();
    // Of a random exchange half are still right: 0.5 ± four standard deviations of 0.035.
    expect(Math.abs(five - 0.5)).toBeLessThan(0.14);
    expect(six).toBe(0);
    expect(Math.abs(both - 0.5)).toBeLessThan(0.14);
  });
  test('leaves the digits unchanged and depends on the seed alone', () => {
    const before = Uint8Array.from(digits.images);
    const first = permutationImportance(predict, digits, [[5]], { seed: 2, repeats: 3 });
    expect(permutationImportance(predict, digits, [[5]], { seed: 2, repeats: 3 })).toEqual(first);
    expect(first[0]).toHaveLength(3);
    expect(new Set(first[0]).size).toBeGreaterThan(1);
    expect(digits.images).toEqual(before);
  });
});
