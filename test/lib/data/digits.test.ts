import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DigitSet, digitPixels } from '../../../lib/data/digit-set';
import {
  digitSet,
  firstDigits,
  image,
  joinDigits,
  selectDigits,
  shiftDigits,
  splitDigits,
} from '../../../lib/data/digits';
import type { IdxArray } from '../../../lib/data/idx';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { imagesToTensor, labelsToTensor } from '../../../lib/tensorflow/tensors';

/** Digits that can be told apart: digit k has the grey value k in its first pixel, 255 in its last. */
function numbered(count: number): DigitSet {
  const images = new Uint8Array(count * digitPixels);
  for (let index = 0; index < count; index++) {
    images[index * digitPixels] = index;
    images[(index + 1) * digitPixels - 1] = 255;
  }
  return { images, labels: Uint8Array.from({ length: count }, (_, index) => index % 10), count };
}

const numbersIn = (set: DigitSet) =>
  Array.from({ length: set.count }, (_, index) => set.images[index * digitPixels]);

const idx = (shape: number[], fill = 0): IdxArray => ({
  shape,
  type: 'uint8',
  values: new Uint8Array(shape.reduce((product, size) => product * size, 1)).fill(fill),
});

describe('digitSet()', () => {
  test('joins images and labels in the same memory', () => {
    const [images, labels] = [idx([3, 28, 28]), idx([3], 9)];
    const set = digitSet(images, labels);
    expect(set.count).toBe(3);
    expect(set.images).toBe(images.values);
    expect(set.labels).toBe(labels.values);
  });
  test.each<[string, IdxArray, IdxArray, string]>([
    ['different counts', idx([3, 28, 28]), idx([2]), 'there are 3 images and 2 labels'],
    ['no digits', idx([0, 28, 28]), idx([0]), 'there are 0 images and 0 labels'],
    ['other sizes', idx([3, 14, 56]), idx([3]), 'images must be uint8 [count, 28, 28], got uint8 [3,14,56]'],
    ['flat images', idx([3, 784]), idx([3]), 'got uint8 [3,784]'],
    ['images of floats', { ...idx([3, 28, 28]), type: 'float32' }, idx([3]), 'got float32 [3,28,28]'],
    ['labels in a table', idx([3, 28, 28]), idx([3, 1]), 'labels must be uint8 [count], got uint8 [3,1]'],
    ['signed labels', idx([3, 28, 28]), { ...idx([3]), type: 'int8' }, 'got int8 [3]'],
    ['a label of 10', idx([3, 28, 28]), idx([3], 10), 'labels must be 0 … 9, label 0 is 10'],
  ])('rejects %s', (_, images, labels, message) => {
    expect(() => digitSet(images, labels)).toThrow(RangeError);
    expect(() => digitSet(images, labels)).toThrow(/^Cannot join images and labels: /);
    expect(() => digitSet(images, labels)).toThrow(message);
  });
});

describe('selectDigits()', () => {
  test('copies the digits in the given order', () => {
    const set = numbered(20);
    const chosen = selectDigits(set, [7, 0, 7, 19]);
    expect(numbersIn(chosen)).toEqual([7, 0, 7, 19]);
    expect(Array.from(chosen.labels)).toEqual([7, 0, 7, 9]);
    chosen.images.fill(1);
    expect(set).toEqual(numbered(20));
  });
  test.each([-1, 20, 1.5, NaN])('rejects the index %d', (index) => {
    expect(() => selectDigits(numbered(20), [0, index])).toThrow(
      `Cannot take a digit: index must be a whole number 0 … 19, got ${index}`,
    );
  });
});

describe('firstDigits()', () => {
  test('is a view of the first ones', () => {
    const set = numbered(20);
    const first = firstDigits(set, 3);
    expect(numbersIn(first)).toEqual([0, 1, 2]);
    expect(first.images.buffer).toBe(set.images.buffer);
  });
  test.each([0, 21, -1, 2.5])('rejects a limit of %d', (limit) => {
    expect(() => firstDigits(numbered(20), limit, 'limit')).toThrow(/^Cannot take digits: limit must be/);
  });
});

describe('splitDigits()', () => {
  test('puts every digit into exactly one part, with its label', () => {
    const [first, rest] = splitDigits(numbered(100), { first: 80, seed: 1 });
    expect([first.count, rest.count]).toEqual([80, 20]);
    const numbers = [...numbersIn(first), ...numbersIn(rest)];
    expect([...numbers].sort((a, b) => a - b)).toEqual(numbersIn(numbered(100)));
    expect([...first.labels, ...rest.labels]).toEqual(numbers.map((number) => number % 10));
  });
  test('is the same for the same seed only, and leaves its input', () => {
    const set = numbered(100);
    const split = (seed: number) => splitDigits(set, { first: 50, seed }).map(numbersIn);
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
    expect(set).toEqual(numbered(100));
  });
  test.each([0, 20, 21, 1.5])('rejects a first part of %d among 20', (first) => {
    expect(() => splitDigits(numbered(20), { first, seed: 1 })).toThrow(
      /^Cannot split digits: first must be/,
    );
  });
});

describe.each(['native', 'wasm', 'js'] as const)('tensors on %s', (backend) => {
  let available = true;
  let before = 0;
  beforeAll(async () => {
    available = await startTensorflow(backend).then(
      () => true,
      () => false,
    );
    before = tf.memory().numTensors;
  });
  afterAll(() => {
    if (available) expect(tf.memory().numTensors).toBe(before);
  });

  test('imagesToTensor() divides each byte by 255, to float32', async ({ skip }) => {
    skip(!available, `${backend} is not installed`);
    // Every byte there is, in digits 0 and 1.
    const set = numbered(2);
    set.images.set(
      Array.from({ length: 256 }, (_, byte) => byte),
      100,
    );
    const given = Uint8Array.from(set.images);
    const tensor = imagesToTensor(set);
    expect(tensor.shape).toEqual([2, 784]);
    expect(tensor.dtype).toBe('float32');
    expect(await tensor.data()).toEqual(Float32Array.from(given, (byte) => byte / 255));
    expect(set.images).toEqual(given);
    tensor.dispose();
  });

  test('imagesToTensor() and labelsToTensor() take a range', async ({ skip }) => {
    skip(!available, `${backend} is not installed`);
    const images = imagesToTensor(numbered(20), 12, 15);
    const labels = labelsToTensor(numbered(20), 12, 15);
    expect(images.shape).toEqual([3, 784]);
    expect((await images.data())[784]).toBe(Math.fround(13 / 255));
    expect(labels.dtype).toBe('float32');
    expect(Array.from(await labels.data())).toEqual([2, 3, 4]);
    tf.dispose([images, labels]);
  });

  test.each([
    [3, 3],
    [5, 4],
    [-1, 2],
    [0, 21],
    [0.5, 2],
  ])('rejects the range %d … %d', (from, to) => {
    const message = `0 <= from < to <= 20, got ${from} and ${to}`;
    expect(() => imagesToTensor(numbered(20), from, to)).toThrow(message);
    expect(() => labelsToTensor(numbered(20), from, to)).toThrow(message);
  });
});

test('image() gives rows from the top', () => {
  const rows = image(numbered(20), 7);
  expect(rows).toHaveLength(28);
  expect(rows.every((row) => row.length === 28)).toBe(true);
  expect([rows[0][0], rows[27][27]]).toEqual([7, 255]);
  expect(() => image(numbered(20), 20)).toThrow('Cannot take a digit');
});

describe('shiftDigits()', () => {
  /** One digit whose grey values are all different from 0. */
  const full: DigitSet = {
    images: Uint8Array.from({ length: digitPixels }, (_, pixel) => 1 + (pixel % 255)),
    labels: Uint8Array.of(4),
    count: 1,
  };
  test.each([
    [0, 0],
    [1, 0],
    [-2, 0],
    [0, 3],
    [0, -1],
    [2, -2],
    [-27, 27],
    [28, 0],
    [0, -40],
  ])('moves every pixel by (%d, %d)', (right, down) => {
    const before = image(full, 0);
    const after = image(shiftDigits(full, right, down), 0);
    for (let row = 0; row < 28; row++) {
      for (let column = 0; column < 28; column++) {
        expect(after[row][column]).toBe(before[row - down]?.[column - right] ?? 0);
      }
    }
    expect(image(full, 0)).toEqual(before);
  });
  test('moves each digit by itself and keeps the labels', () => {
    const moved = shiftDigits(numbered(20), 1, 0);
    expect(moved.labels).toEqual(numbered(20).labels);
    expect(image(moved, 7)[0].slice(0, 3)).toEqual([0, 7, 0]);
  });
  test.each([0.5, NaN])('rejects a shift of %d', (shift) => {
    expect(() => shiftDigits(full, shift, 0)).toThrow('Cannot shift digits: right must be a whole');
  });
});

test('joinDigits() puts sets one behind the other', () => {
  const joined = joinDigits([numbered(3), numbered(2)]);
  expect(numbersIn(joined)).toEqual([0, 1, 2, 0, 1]);
  expect(Array.from(joined.labels)).toEqual([0, 1, 2, 0, 1]);
  expect(joined.count).toBe(5);
  expect(() => joinDigits([])).toThrow('Cannot join digits');
});
