import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gunzip, isGzip } from '../../../lib/data/bytes';

const text = Uint8Array.from({ length: 100_000 }, (_, index) => (index * index) % 251);
const packed = new Uint8Array(gzipSync(text));

test('gunzip() gives back what gzip packed, whatever room was made for it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 5000 }),
      fc.integer({ min: 0, max: 6000 }),
      async (bytes, room) => {
        const file = gzipSync(bytes);
        expect(isGzip(file)).toBe(true);
        expect(await gunzip(file, { room })).toEqual(bytes);
      },
    ),
    { numRuns: 20 },
  );
  for (const room of [0, 1, 70_000, text.length, 2 * text.length]) {
    expect(await gunzip(packed, { room })).toEqual(text);
  }
});

test('gunzip() with the right room copies nothing, and leaves the packed bytes as they were', async () => {
  const before = packed.slice();
  const bytes = await gunzip(packed, { room: text.length });
  expect(bytes.buffer.byteLength).toBe(text.length);
  expect(packed).toEqual(before);
});

test.each([
  ['breaks off', packed.subarray(0, packed.length / 2)],
  ['breaks off in its last bytes', packed.subarray(0, packed.length - 3)],
  ['is damaged', packed.slice().fill(0xff, 500, 600)],
  ['has a wrong checksum', packed.map((byte, at) => (at === packed.length - 6 ? byte ^ 1 : byte))],
])('gunzip() refuses a file that %s', async (_, file) => {
  await expect(gunzip(file, { room: text.length })).rejects.toThrow(/./);
});

test('gunzip() refuses more than the most that it is allowed', async () => {
  expect(await gunzip(packed, { room: 10, most: text.length })).toHaveLength(text.length);
  await expect(gunzip(packed, { room: 10, most: text.length - 1 })).rejects.toThrow(
    new RangeError('there are more than 99999 bytes in it'),
  );
});

test('isGzip() looks at both of the first two bytes', () => {
  expect(isGzip(Uint8Array.of(0x1f, 0x8b))).toBe(true);
  for (const bytes of [[], [0x1f], [0x1f, 0x8c], [0x1e, 0x8b]]) {
    expect(isGzip(Uint8Array.from(bytes))).toBe(false);
  }
});
