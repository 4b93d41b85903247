import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IdxArray, type IdxType, parseIdx, writeIdx } from '../../../lib/data/idx';

// One file for each element type, written by hand from the description of the format.
const byHand: [IdxType, number[], number[]][] = [
  ['uint8', [0, 0, 0x08, 1, 0, 0, 0, 3, 0, 127, 255], [0, 127, 255]],
  ['int8', [0, 0, 0x09, 1, 0, 0, 0, 3, 0, 127, 255], [0, 127, -1]],
  ['int16', [0, 0, 0x0b, 1, 0, 0, 0, 2, 0x01, 0x02, 0xff, 0xfe], [258, -2]],
  ['int32', [0, 0, 0x0c, 1, 0, 0, 0, 2, 0, 1, 0, 2, 0xff, 0xff, 0xff, 0xfd], [65538, -3]],
  ['float32', [0, 0, 0x0d, 1, 0, 0, 0, 2, 0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0], [1.5, -2]],
  [
    'float64',
    [0, 0, 0x0e, 1, 0, 0, 0, 2, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0],
    [1.5, -2],
  ],
];

describe.each(byHand)('parseIdx() of %s', (type, bytes, values) => {
  test('reads big-endian elements', () => {
    const array = parseIdx(Uint8Array.from(bytes));
    expect(array).toMatchObject({ shape: [values.length], type });
    expect(Array.from(array.values)).toEqual(values);
  });

  test('is undone by writeIdx()', () => {
    expect(Array.from(writeIdx(parseIdx(Uint8Array.from(bytes))))).toEqual(bytes);
  });

  test('reads a file that begins anywhere in memory', () => {
    const view = Uint8Array.from([9, 9, 9, ...bytes, 9]).subarray(3, 3 + bytes.length);
    expect(Array.from(parseIdx(view).values)).toEqual(values);
  });
});

describe('parseIdx()', () => {
  test('reads axes as unsigned 32-bit big-endian numbers, last axis fastest', () => {
    const header = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3];
    const { shape, values } = parseIdx(Uint8Array.from([...header, 1, 2, 3, 4, 5, 6]));
    expect(shape).toEqual([2, 3]);
    expect(Array.from(values)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('reads rank 255, and empty arrays', () => {
    const shape = new Array(255).fill(1);
    const wide = writeIdx({ shape, type: 'uint8', values: Uint8Array.of(7) });
    expect(parseIdx(wide)).toEqual({ shape, type: 'uint8', values: Uint8Array.of(7) });
    const none = writeIdx({ shape: [3, 0], type: 'int16', values: new Int16Array(0) });
    expect(parseIdx(none)).toEqual({ shape: [3, 0], type: 'int16', values: new Int16Array(0) });
  });

  test('gives bytes as a plain Uint8Array that looks into the same memory, of a Buffer too', () => {
    const file = Buffer.from(byHand[0][1]);
    const { values } = parseIdx(file);
    expect(Object.getPrototypeOf(values)).toBe(Uint8Array.prototype);
    file[file.length - 1] = 7;
    expect(Array.from(values)).toEqual([0, 127, 7]);
  });

  test('leaves the bytes unchanged', () => {
    for (const [, bytes] of byHand) {
      const given = Uint8Array.from(bytes);
      parseIdx(given);
      expect(Array.from(given)).toEqual(bytes);
    }
  });

  test('undoes writeIdx() for any shape and type', () => {
    const array = fc
      .tuple(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(...byHand.map(([type]) => type)),
      )
      .chain(([shape, type]) => {
        const count = shape.reduce((product, size) => product * size, 1);
        const range = { minLength: count, maxLength: count };
        const values = {
          uint8: fc.uint8Array(range),
          int8: fc.int8Array(range),
          int16: fc.int16Array(range),
          int32: fc.int32Array(range),
          float32: fc.float32Array(range),
          float64: fc.float64Array(range),
        }[type] as fc.Arbitrary<IdxArray['values']>;
        return values.map((drawn): IdxArray => ({ shape, type, values: drawn }));
      });
    fc.assert(
      fc.property(array, (drawn) => {
        expect(parseIdx(writeIdx(drawn))).toEqual(drawn);
      }),
    );
  });
});

test('a size of 0 makes an empty array, however large the others are', () => {
  // 39 sizes of 2³² − 1: their product is more than any number can be.
  const shape = [...new Array(39).fill(2 ** 32 - 1), 0];
  const bytes = writeIdx({ shape, type: 'float32', values: new Float32Array() });
  expect(bytes).toHaveLength(4 + 4 * 40);
  expect(parseIdx(bytes)).toEqual({ shape, type: 'float32', values: new Float32Array() });
  expect(() => parseIdx(Uint8Array.of(...bytes, 1))).toThrow('takes 164 bytes, got 165');
});

describe('parseIdx() refuses', () => {
  const file = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];
  const cases: [string, number[], RegExp][] = [
    ['no bytes', [], /must begin with 4 bytes of magic, but has 0/],
    ['three bytes', [0, 0, 8], /must begin with 4 bytes of magic, but has 3/],
    ['a wrong magic', [1, 0, 8, 1, 0, 0, 0, 0], /magic at offset 0 .* got 01 00 08 01/],
    ['an unknown type', [0, 0, 0x0a, 1, 0, 0, 0, 0], /magic at offset 0 .* got 00 00 0a 01/],
    ['a gzip file', [0x1f, 0x8b, 8, 0], /gzip: decompress the file first/],
    ['rank 0', [0, 0, 8, 0, 1], /rank at offset 3 must be >= 1, got 0/],
    ['a header cut short', file.slice(0, 10), /rank 2 takes 12 bytes, but the file ends at 10/],
    ['elements cut short', file.slice(0, -1), /cut short: shape \[2,3\] of uint8 takes 18 bytes, got 17/],
    ['a byte too many', [...file, 0], /too long: shape \[2,3\] of uint8 takes 18 bytes, got 19/],
    [
      'sizes beyond all memory',
      [0, 0, 0x0e, 4, ...new Array(16).fill(0xff)],
      /cut short: shape \[4294967295,4294967295,4294967295,4294967295\] of float64/,
    ],
  ];
  test.each(cases)('%s', (_, bytes, message) => {
    const read = () => parseIdx(Uint8Array.from(bytes));
    expect(read).toThrow(RangeError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^Cannot read IDX: /);
  });

  test('every file that is cut anywhere', () => {
    for (let length = 0; length < file.length; length++) {
      expect(() => parseIdx(Uint8Array.from(file.slice(0, length)))).toThrow(/^Cannot read IDX/);
    }
  });
});

describe('writeIdx() refuses', () => {
  const values = Uint8Array.of(1, 2, 3);
  test.each<[string, IdxArray, RegExp]>([
    ['an unknown type', { shape: [3], type: 'bool' as IdxType, values }, /element type 'bool'/],
    ['rank 0', { shape: [], type: 'uint8', values }, /rank must be 1 … 255, got 0/],
    ['rank 256', { shape: new Array(256).fill(1), type: 'uint8', values }, /got 256/],
    ['a size that is not whole', { shape: [1.5], type: 'uint8', values }, /got 1.5/],
    ['a size below 0', { shape: [-3], type: 'uint8', values }, /got -3/],
    ['a size of 33 bits', { shape: [2 ** 32], type: 'uint8', values }, /got 4294967296/],
    ['too few elements', { shape: [2, 2], type: 'uint8', values }, /takes 4 elements, got 3/],
  ])('%s', (_, array, message) => {
    expect(() => writeIdx(array)).toThrow(RangeError);
    expect(() => writeIdx(array)).toThrow(message);
  });
});
