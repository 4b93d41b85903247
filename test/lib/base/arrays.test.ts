import { expect, test } from 'vitest';
import { concatenate, countElements } from '../../../lib/base/arrays';

test('concatenate() puts arrays one after the other, in memory of their own', () => {
  const parts = [Float32Array.of(1, 2), new Float32Array(0), Float32Array.of(0.5)];
  const whole = concatenate(parts, (length) => new Float32Array(length));
  expect(whole).toEqual(Float32Array.of(1, 2, 0.5));
  whole[0] = 9;
  expect(parts[0][0]).toBe(1);
  expect(concatenate([], (length) => new Uint8Array(length))).toEqual(new Uint8Array(0));
});

test.each([
  [[], 1],
  [[2, 3, 4], 24],
  [[2 ** 40, 2 ** 40, 2 ** 1000, 0], 0],
])('countElements() of the shape [%j] is %d', (shape, count) => {
  expect(countElements(shape)).toBe(count);
});
