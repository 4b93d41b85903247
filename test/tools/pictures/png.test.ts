import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { smallPng } from '../../../tools/pictures/png';

/** A square picture with all its colours: red, green, blue and opacity of each pixel. */
const picture = (side: number, colorAt: (pixel: number) => number[]): Promise<Buffer> => {
  const pixels = Buffer.from(Array.from({ length: side * side }, (_, i) => colorAt(i)).flat());
  return sharp(pixels, { raw: { width: side, height: side, channels: 4 } })
    .png()
    .toBuffer();
};

/** Red, green and blue of each pixel of a file. */
async function colorsOf(file: Buffer): Promise<number[][]> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return Array.from({ length: info.width * info.height }, (_, pixel) => [
    ...data.subarray(info.channels * pixel, info.channels * pixel + 3),
  ]);
}

describe('smallPng()', () => {
  test('keeps up to 256 colours exactly', async () => {
    const grey = await picture(16, (i) => [i, i, i, 255]);
    expect(await colorsOf(await smallPng(grey))).toEqual(Array.from({ length: 256 }, (_, i) => [i, i, i]));
  });

  test('stays near every colour of a gradient of thousands, in a palette, the same each time', async () => {
    const side = 64;
    const gradient = await picture(side, (i) => [4 * (i % side), 4 * (i >> 6), 128, 255]);
    const file = await smallPng(gradient);
    const [wanted, shown] = [await colorsOf(gradient), await colorsOf(file)];
    const far = shown.map((color, i) => Math.max(...color.map((c, k) => Math.abs(c - wanted[i][k]))));
    // 4096 colours in 256: 16 a colour, about 4 × 4 steps of 4, so at most some 16 off.
    expect(Math.max(...far)).toBeLessThanOrEqual(16);
    // The header's colour type: 3, a palette of one byte a pixel.
    expect(file[25]).toBe(3);
    expect(await smallPng(gradient)).toEqual(file);
  });

  test('lays what is transparent on white', async () => {
    const half = await picture(2, (i) => (i < 2 ? [0, 0, 0, 0] : [0, 0, 255, 255]));
    expect(await colorsOf(await smallPng(half))).toEqual([
      [255, 255, 255],
      [255, 255, 255],
      [0, 0, 255],
      [0, 0, 255],
    ]);
  });

  test('sets a picture into the middle of a box, as large as fits, on white', async () => {
    const blue = await picture(10, () => [0, 0, 255, 255]);
    const colors = await colorsOf(await smallPng(blue, { width: 40, height: 20 }));
    const row = colors.slice(40 * 10, 40 * 11).map((color) => color.join());
    expect(colors).toHaveLength(800);
    expect(row.indexOf('0,0,255')).toBe(10);
    expect(row.lastIndexOf('0,0,255')).toBe(29);
    expect(row.filter((color) => color === '255,255,255')).toHaveLength(20);
  });

  test('refuses what is no picture', async () => {
    await expect(smallPng(Buffer.from('no picture'))).rejects.toThrow(/unsupported image format/);
  });
});
