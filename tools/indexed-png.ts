import { deflateSync } from 'node:zlib';

/** A colour as one number, `red · 65536 + green · 256 + blue`, and how many pixels have it. */
type Count = [color: number, pixels: number];

const paletteSize = 256;
const keptExactly = 24;

/**
 * Writes an opaque picture as a PNG of at most 256 colours, a quarter to a third of the size of one
 * with all. The most frequent colours (paper, lines, fills) stay exact; the rest are gathered by
 * median cut.
 *
 * @param pixels - red, green, blue and an ignored alpha, 0 … 255, shape `[height * width * 4]`
 * @returns the file; equal pixels give equal bytes
 * @see Heckbert, "Color image quantization for frame buffer display" (1982)
 */
export function indexedPng(pixels: Uint8Array, width: number, height: number): Buffer {
  if (pixels.length !== 4 * width * height) {
    throw new RangeError(
      `Cannot write a PNG: ${width} × ${height} pixels need ${4 * width * height} bytes, got ${pixels.length}`,
    );
  }
  const colors = new Uint32Array(width * height);
  const counts = new Map<number, number>();
  for (let index = 0; index < colors.length; index++) {
    const at = 4 * index;
    const color = (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
    colors[index] = color;
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const { palette, indexOf } = choosePalette([...counts]);
  const rows = Buffer.alloc(height * (width + 1));
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      // Each row begins with its filter: 0, none.
      rows[row * (width + 1) + 1 + column] = indexOf.get(colors[row * width + column]) as number;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function channels(color: number): [number, number, number] {
  return [color >> 16, (color >> 8) & 255, color & 255];
}

function choosePalette(counts: Count[]): { palette: number[]; indexOf: Map<number, number> } {
  const sorted = counts.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const exact = sorted.slice(0, sorted.length <= paletteSize ? paletteSize : keptExactly);
  const rest = sorted.slice(exact.length);
  const boxes = rest.length ? medianCut(rest, paletteSize - exact.length) : [];
  const indexOf = new Map(exact.map(([color], index) => [color, index]));
  boxes.forEach((box, index) => {
    for (const [color] of box) indexOf.set(color, exact.length + index);
  });
  return { palette: [...exact.map(([color]) => color), ...boxes.map(meanColor)], indexOf };
}

/** Cuts the box whose colours differ most, at the middle of its pixels, until there are enough. */
function medianCut(counts: Count[], most: number): Count[][] {
  const boxes = [measure(counts)];
  while (boxes.length < most) {
    const widest = boxes.reduce((best, box) => (box.spread > best.spread ? box : best));
    if (widest.spread === 0) break;
    const { colors, channel } = widest;
    const sorted = [...colors].sort(
      (a, b) => channels(a[0])[channel] - channels(b[0])[channel] || a[0] - b[0],
    );
    const half = sorted.reduce((sum, [, pixels]) => sum + pixels, 0) / 2;
    let cut = 0;
    for (let seen = 0; cut < sorted.length - 1 && seen < half; cut++) seen += sorted[cut][1];
    cut = Math.max(1, cut);
    boxes.splice(
      boxes.indexOf(widest),
      1,
      measure(sorted.slice(0, cut)),
      measure(sorted.slice(cut)),
    );
  }
  return boxes.map(({ colors }) => colors);
}

function measure(colors: Count[]): { colors: Count[]; channel: number; spread: number } {
  const spreads = [0, 1, 2].map((channel) => {
    let [low, high] = [255, 0];
    for (const [color] of colors) {
      const value = channels(color)[channel];
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return high - low;
  });
  const spread = Math.max(...spreads);
  return { colors, channel: spreads.indexOf(spread), spread };
}

function meanColor(colors: Count[]): number {
  const total = colors.reduce((sum, [, pixels]) => sum + pixels, 0);
  const [red, green, blue] = [0, 1, 2].map((channel) =>
    Math.round(
      colors.reduce((sum, [color, pixels]) => sum + channels(color)[channel] * pixels, 0) / total,
    ),
  );
  return (red << 16) | (green << 8) | blue;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(checksum(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** The CRC-32 that ends every chunk of a PNG (Node's own zlib.crc32 begins with Node 22). */
function checksum(bytes: Buffer): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
    }
  }
  return (remainder ^ 0xffffffff) >>> 0;
}
