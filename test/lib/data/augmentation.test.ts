import { expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { augmentDigits, moveDigit } from '../../../lib/data/augmentation';
import { type DigitSet, digitPixels } from '../../../lib/data/digit-set';
import { shiftDigits } from '../../../lib/data/digits';

/** Grey noise in the middle 12 × 12 pixels, so that no small move loses ink. */
function blob(seed: number): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length: digitPixels }, (_, index) => {
    const [row, column] = [Math.floor(index / 28), index % 28];
    const inside = row >= 8 && row < 20 && column >= 8 && column < 20;
    return inside ? random.integer(256) : 0;
  });
}

const set: DigitSet = {
  images: Uint8Array.from([...blob(1), ...blob(2)]),
  labels: Uint8Array.from([3, 7]),
  count: 2,
};

const at = (row: number, column: number) => row * 28 + column;
const single = (row: number, column: number) => {
  const pixels = new Uint8Array(digitPixels);
  pixels[at(row, column)] = 200;
  return pixels;
};
const ink = (pixels: Uint8Array) => pixels.reduce((total, value) => total + value, 0);

test('moveDigit() without a move changes nothing', () => {
  expect(moveDigit(blob(1), {})).toEqual(blob(1));
  expect(moveDigit(blob(1), { degrees: 360 })).toEqual(blob(1));
});

test('moveDigit() by whole pixels equals shiftDigits()', () => {
  for (const [right, down] of [
    [2, 0],
    [-3, 1],
    [0, -2],
  ]) {
    const shifted = shiftDigits(set, right, down).images.subarray(0, digitPixels);
    expect(moveDigit(blob(1), { right, down })).toEqual(Uint8Array.from(shifted));
  }
});

test('moveDigit() turns clockwise about the middle', () => {
  expect(moveDigit(single(2, 13), { degrees: 90 })).toEqual(single(13, 25));
  expect(moveDigit(single(2, 13), { degrees: 180 })).toEqual(single(25, 14));
});

test('moveDigit() by half a pixel shares the ink between two', () => {
  const moved = moveDigit(single(10, 10), { right: 0.5 });
  expect([moved[at(10, 10)], moved[at(10, 11)], ink(moved)]).toEqual([100, 100, 200]);
  const quarter = moveDigit(single(10, 10), { down: 0.25 });
  expect([quarter[at(10, 10)], quarter[at(11, 10)]]).toEqual([150, 50]);
});

test('moveDigit() keeps the ink of a digit that stays inside, to two per cent', () => {
  const moved = moveDigit(blob(1), { right: 1.3, down: -2.2, degrees: 12 });
  expect(Math.abs(ink(moved) / ink(blob(1)) - 1)).toBeLessThan(0.02);
  expect(moved).not.toEqual(blob(1));
});

test('moveDigit() loses what leaves the picture', () => {
  expect(ink(moveDigit(blob(1), { right: 28 }))).toBe(0);
});

test('moveDigit() refuses other sizes and moves that are no numbers', () => {
  expect(() => moveDigit([1, 2], {})).toThrow('must have 784 pixels, got 2');
  expect(() => moveDigit(blob(1), { degrees: Number.NaN })).toThrow(RangeError);
});

test('augmentDigits() keeps the digits and adds copies with their labels', () => {
  const before = structuredClone(set);
  const more = augmentDigits(set, { copies: 2, seed: 5 });
  expect(more.count).toBe(6);
  expect(more.images.subarray(0, 2 * digitPixels)).toEqual(set.images);
  expect([...more.labels]).toEqual([3, 7, 3, 7, 3, 7]);
  const copies = [1, 2].map((k) => more.images.slice(2 * k * digitPixels, (2 * k + 1) * digitPixels));
  expect(copies[0]).not.toEqual(copies[1]);
  expect(copies[0]).not.toEqual(blob(1));
  expect(set).toEqual(before);
});

test('augmentDigits() with the same seed gives the same copies', () => {
  const draw = (seed: number) => augmentDigits(set, { copies: 1, seed }).images;
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
});

test('augmentDigits() without moves only repeats', () => {
  const same = augmentDigits(set, { copies: 1, shift: 0, degrees: 0, seed: 1 });
  expect(same.images.subarray(2 * digitPixels)).toEqual(set.images);
  expect(augmentDigits(set, { copies: 0, seed: 1 })).toEqual(set);
});

test('augmentDigits() refuses what makes no sense', () => {
  expect(() => augmentDigits(set, { copies: -1, seed: 1 })).toThrow('copies must be');
  expect(() => augmentDigits(set, { copies: 1, shift: -1, seed: 1 })).toThrow('shift must be');
  expect(() => augmentDigits(set, { copies: 1, degrees: -5, seed: 1 })).toThrow('degrees must be');
});
