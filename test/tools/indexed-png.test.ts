import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { indexedPng } from '../../tools/indexed-png';

/** Reads back what indexedPng() wrote: one filterless index per pixel. */
function read(file: Buffer, width: number, height: number): number[][] {
  const chunks: Record<string, Buffer> = {};
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    chunks[file.toString('latin1', at + 4, at + 8)] = file.subarray(at + 8, at + 8 + length);
    at += 12 + length;
  }
  const rows = inflateSync(chunks.IDAT);
  return Array.from({ length: width * height }, (_, pixel) => {
    const index = rows[Math.floor(pixel / width) * (width + 1) + 1 + (pixel % width)];
    return [...chunks.PLTE.subarray(3 * index, 3 * index + 3)];
  });
}

test('indexedPng() keeps up to 256 colours exactly', () => {
  const pixels = Uint8Array.from({ length: 4 * 256 }, (_, i) =>
    i % 4 === 3 ? 255 : (i >> 2) % 256,
  );
  const shown = read(indexedPng(pixels, 16, 16), 16, 16);
  expect(shown).toEqual(Array.from({ length: 256 }, (_, i) => [i, i, i]));
});

test('indexedPng() stays near every colour of a gradient of thousands', () => {
  const side = 64;
  const pixels = new Uint8Array(4 * side * side);
  for (let i = 0; i < side * side; i++)
    pixels.set([4 * (i % side), 4 * Math.floor(i / side), 128, 255], 4 * i);
  const shown = read(indexedPng(pixels, side, side), side, side);
  const far = shown.map((color, i) =>
    Math.max(...[0, 1, 2].map((c) => Math.abs(color[c] - pixels[4 * i + c]))),
  );
  // 4096 colours in 232 boxes: 18 colours each, about 4 × 4 steps of 4, so at most some 16 off.
  expect(Math.max(...far)).toBeLessThanOrEqual(16);
});

test('indexedPng() rejects a size that does not fit', () => {
  expect(() => indexedPng(new Uint8Array(4), 2, 1)).toThrow('2 × 1 pixels need 8 bytes, got 4');
});
