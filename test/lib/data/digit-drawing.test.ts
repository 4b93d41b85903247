import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centreDigit, drawnDigit, resample, type Stroke } from '../../../lib/data/digit-drawing';
import { loadMnist } from '../../../lib/data/mnist';
import { distortDigit } from '../../../lib/studies/digit-centring';
import { drawnDigits } from '../../samples/drawn-digits';

const three = drawnDigits[3][0];
const moved = (strokes: Stroke[], scale: number, x: number, y: number): Stroke[] =>
  strokes.map((stroke) => stroke.map((point) => ({ x: x + scale * point.x, y: y + scale * point.y })));
const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, place) => Math.max(most, Math.abs(value - b[place])), 0);

/** Mean stroke width = 2 · area / perimeter; the perimeter is the sum of |gradient| (co-area formula). */
function strokeWidth(ink: ArrayLike<number>): number {
  let [area, perimeter] = [0, 0];
  for (let row = 0; row < 27; row++) {
    for (let column = 0; column < 27; column++) {
      const [a, b] = [ink[row * 28 + column], ink[row * 28 + column + 1]];
      const [c, d] = [ink[(row + 1) * 28 + column], ink[(row + 1) * 28 + column + 1]];
      perimeter += Math.hypot((b - a + d - c) / 2, (c - a + d - b) / 2);
      area += a;
    }
  }
  return (2 * area) / perimeter;
}

describe('drawnDigit()', () => {
  it('sees nothing in an empty drawing, a single dot or a stroke without points', () => {
    expect(drawnDigit([])).toBeUndefined();
    expect(drawnDigit([[]])).toBeUndefined();
    expect(drawnDigit([[{ x: 0.5, y: 0.5 }]])).toBeUndefined();
    expect(drawnDigit([[{ x: 0.5, y: 0.5 }]], { centred: false })).toBeUndefined();
  });

  it('gives the same picture wherever and however large a digit is drawn', () => {
    const plain = drawnDigit(three) as number[];
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 1.2, noNaN: true }),
        fc.double({ min: -0.5, max: 0.5, noNaN: true }),
        fc.double({ min: -0.5, max: 0.5, noNaN: true }),
        (scale, x, y) => {
          expect(largest(drawnDigit(moved(three, scale, x, y)) as number[], plain)).toBeLessThan(1e-6);
        },
      ),
    );
  });

  it('inks a line where it is drawn when it does not centre, as thick as the pen on both sides', () => {
    // Upright, through the middle: a pen of 4 pixels covers columns 12 to 15, and no other, alike.
    const line: Stroke[] = [
      [
        { x: 0.5, y: 0.25 },
        { x: 0.5, y: 0.75 },
      ],
    ];
    const picture = drawnDigit(line, { penWidth: 4, centred: false }) as number[];
    const row = picture.slice(14 * 28, 15 * 28);
    for (let column = 0; column < 14; column++) expect(row[column]).toBeCloseTo(row[27 - column], 12);
    expect(row.reduce((sum, ink) => sum + ink, 0)).toBeCloseTo(4, 6);
    expect(row.slice(12, 16).every((ink) => ink > 0.9)).toBe(true);
    const inked = Array.from({ length: 28 }, (_, y) => picture[y * 28 + 14]);
    for (let y = 0; y < 14; y++) expect(inked[y]).toBeCloseTo(inked[27 - y], 12);
  });

  it('depends on place and size when it does not centre', () => {
    const options = { centred: false };
    const plain = drawnDigit(three, options) as number[];
    expect(largest(drawnDigit(moved(three, 1, 0.1, 0), options) as number[], plain)).toBeGreaterThan(0.5);
  });

  it('leaves a dot beside a digit in the picture, and the strokes unchanged', () => {
    const strokes = [...structuredClone(three), [{ x: 0.1, y: 0.1 }]];
    const before = structuredClone(strokes);
    expect(largest(drawnDigit(strokes) as number[], drawnDigit(three) as number[])).toBeGreaterThan(0.5);
    expect(strokes).toEqual(before);
  });

  it('fills 20 pixels of 28 with ink between 0 and 1, for every drawing', () => {
    for (const strokes of drawnDigits.flat()) {
      const picture = drawnDigit(strokes) as number[];
      const inked = picture.flatMap((ink, place) => (ink > 0 ? [place] : []));
      const [rows, columns] = [inked.map((p) => Math.floor(p / 28)), inked.map((p) => p % 28)];
      const [height, width] = [rows, columns].map((all) => Math.max(...all) - Math.min(...all) + 1);
      expect(Math.max(height, width)).toBeGreaterThanOrEqual(20);
      expect(Math.max(height, width)).toBeLessThanOrEqual(21);
      expect(Math.min(...picture)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...picture)).toBeLessThanOrEqual(1);
    }
  });
});

describe('centreDigit()', () => {
  it('finds nothing in an empty picture', () => {
    expect(centreDigit(new Array(784).fill(0), 28)).toBeUndefined();
  });

  it('undoes any shift by whole pixels exactly', () => {
    const picture = drawnDigit(three) as number[];
    for (const [right, down] of [
      [3, 0],
      [-4, 2],
      [0, -4],
    ]) {
      const shifted = distortDigit(picture, { right, down });
      expect(
        largest(centreDigit(shifted, 28) as number[], centreDigit(picture, 28) as number[]),
      ).toBeLessThan(1e-9);
    }
  });
});

/** A picture that is all paper but for the given digit's ink. */
const onPaper = (ink: readonly number[], grey: (place: number) => number) =>
  ink.map((value, place) => Math.max(value, grey(place)));
const inkedRows = (ink: ArrayLike<number>) => {
  const rows = Array.from(ink).flatMap((value, place) => (value > 0.5 ? [place / 28] : []));
  return [Math.floor(Math.min(...rows)), Math.floor(Math.max(...rows))];
};

describe('centreDigit() on paper that is not white', () => {
  const picture = drawnDigit(three) as number[];
  const small = distortDigit(picture, { scale: 0.6, right: 3, down: -2 });
  const onWhite = centreDigit(small, 28) as number[];

  it.each<[string, (place: number) => number]>([
    ['grey of 2 %', () => 0.02],
    ['speckled up to 2.9 %', (place) => ((place * 37) % 30) / 1000],
  ])('scales and places the digit as on white: %s', (_, grey) => {
    const centred = centreDigit(onPaper(small, grey), 28) as number[];
    expect(inkedRows(centred)).toEqual(inkedRows(onWhite));
    expect(largest(centred, onWhite)).toBeLessThan(0.03);
  });

  it('finds no digit in paper, and a digit in ink of 3 %', () => {
    expect(centreDigit(new Array(784).fill(0.0299), 28)).toBeUndefined();
    expect(centreDigit(new Array(784).fill(0.03), 28)).toBeDefined();
  });

  it('takes another threshold', () => {
    const grey = onPaper(small, () => 0.1);
    const height = (ink: number[] = []) => inkedRows(ink)[1] - inkedRows(ink)[0];
    // The threshold cuts the softest edges away as well.
    expect(height(centreDigit(grey, 28, 0.11))).toBeGreaterThanOrEqual(height(onWhite));
    // All of the paper is taken for the digit, which shrinks with it.
    expect(height(centreDigit(grey, 28))).toBeLessThan(height(onWhite) / 1.2);
    expect(centreDigit(new Array(784).fill(1), 28, 1)).toBeDefined();
  });
});

describe('pictures that are none', () => {
  const picture = drawnDigit(three) as number[];
  const changed = (place: number, value: number) =>
    picture.map((ink, other) => (other === place ? value : ink));

  it.each<[string, () => unknown, string]>([
    [
      'grey values to 255',
      () => centreDigit(changed(57, 255), 28),
      'Cannot centre a digit: ink must be 0 … 1 (grey values divided by 255), got 255 in row 2, column 1',
    ],
    ['negative ink', () => centreDigit(changed(0, -0.1), 28), 'got -0.1 in row 0, column 0'],
    ['NaN', () => centreDigit(changed(783, Number.NaN), 28), 'got NaN in row 27, column 27'],
    [
      'another side',
      () => centreDigit(picture, 27),
      'Cannot centre a digit: a picture of side 27 must have 27 · 27 pixels, got 784',
    ],
    // √11 · √11 rounds to 11.
    ['a broken side', () => centreDigit(new Array(11).fill(1), Math.sqrt(11)), 'must have'],
    ['a negative side', () => centreDigit(picture, -28), 'a picture of side -28 must have'],
    ['no pixel', () => centreDigit([], 0), 'a picture of side 0 must have'],
    [
      'a threshold of 0',
      () => centreDigit(picture, 28, 0),
      'Cannot centre a digit: paper must be > 0 and <= 1, got 0',
    ],
    ['a threshold above 1', () => centreDigit(picture, 28, 1.01), 'got 1.01'],
    [
      'a side that does not fit',
      () => resample(picture, 20, 1, 0, 0),
      'Cannot resample a picture: a picture of side 20 must have 20 · 20 pixels, got 784',
    ],
    [
      'a scale of 0',
      () => resample(picture, 28, 0, 0, 0),
      'Cannot resample a picture: scale must be > 0, got 0',
    ],
    ['a scale that is none', () => resample(picture, 28, Number.NaN, 0, 0), 'got NaN'],
    [
      'a pen of no width',
      () => drawnDigit(three, { penWidth: 0 }),
      'Cannot draw a digit: penWidth must be > 0 and < 20, got 0',
    ],
    ['a pen as wide as a digit', () => drawnDigit(three, { penWidth: 20 }), 'got 20'],
    [
      'pixels missing to distort',
      () => distortDigit(picture.slice(1), {}),
      'a picture of side 28 must have 28 · 28 pixels, got 783',
    ],
  ])('are refused: %s', (_, attempt, message) => {
    expect(attempt).toThrow(RangeError);
    expect(attempt).toThrow(message);
  });

  it('may be off by the rounding of sums', () => {
    expect(centreDigit(changed(300, 1 + 2e-16), 28)).toBeDefined();
    expect(centreDigit(changed(0, -1e-17), 28)).toBeDefined();
  });
});

describe('the samples of resample()', () => {
  /** One inked column among `side`; the picture is then the same in every row. */
  const column = (side: number, inked: number) =>
    Array.from({ length: side * side }, (_, place) => Number(place % side === inked));

  // The mean of the hat function at so many equally spaced places, written out for one column.
  it.each([
    [1, 1],
    [0.9, 2],
    [0.8, 2],
    [0.45, 3],
    [0.5, 2],
    [0.4, 3],
    [1 / 3, 3],
    [0.26, 4],
    [0.25, 4],
    [1 / 4.000000000001, 4],
    [2, 1],
  ])('are at scale %d in each direction %d', (scale, samples) => {
    const side = Math.round(28 / scale);
    const inked = Math.floor(side / 2);
    const target = resample(column(side, inked), side, scale, 0, 0);
    for (let x = 0; x < 28; x++) {
      let expected = 0;
      for (let k = 0; k < samples; k++) {
        const place = (x + (k + 0.5) / samples) / scale - 0.5;
        expected += Math.max(0, 1 - Math.abs(place - inked)) / samples;
      }
      expect(target[14 * 28 + x]).toBeCloseTo(expected, 9);
    }
  });

  it('skip no pixel of the source, however small it becomes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 28, max: 90 }), fc.nat(), (side, chosen) => {
        const inked = 2 + (chosen % (side - 4));
        const target = resample(column(side, inked), side, 28 / side, 0, 0);
        const share = target.slice(14 * 28, 15 * 28).reduce((sum, one) => sum + one, 0);
        // Over all targets a source pixel's weights sum to its width, give or take the sampling.
        expect(share).toBeGreaterThan((0.5 * 28) / side);
      }),
      { numRuns: 30 },
    );
  });
});

describe('resample()', () => {
  it('keeps a picture at scale 1, and the mean of a uniform one when it shrinks it', () => {
    const picture = Array.from({ length: 784 }, (_, place) => (place * 37) % 101);
    expect(resample(picture, 28, 1, 0, 0)).toEqual(picture);
    expect(
      largest(resample(new Array(112 * 112).fill(0.7), 112, 0.25, 0, 0), new Array(784).fill(0.7)),
    ).toBeLessThan(1e-12);
  });
});

describe("MNIST's rule", () => {
  it('is the one of centreDigit(): at least 99.9 % of 10,000 test digits come back unchanged', async () => {
    const { test } = await loadMnist();
    let unchanged = 0;
    for (let index = 0; index < test.count; index++) {
      const ink = Array.from(test.images.subarray(784 * index, 784 * (index + 1)), (grey) => grey / 255);
      unchanged += Number(largest(centreDigit(ink, 28) as number[], ink) < 1e-9);
    }
    console.log(`${unchanged} of ${test.count} test digits unchanged`);
    expect(unchanged / test.count).toBeGreaterThanOrEqual(0.999);
  });

  it('draws with strokes as wide as those of MNIST, whose mean over the test digits is within 0.3 pixels', async () => {
    const { test } = await loadMnist();
    const widths = Array.from({ length: test.count }, (_, index) =>
      strokeWidth(Array.from(test.images.subarray(784 * index, 784 * (index + 1)), (grey) => grey / 255)),
    );
    const drawn = drawnDigits.flat().map((strokes) => strokeWidth(drawnDigit(strokes) as number[]));
    const mean = (all: number[]) => all.reduce((sum, value) => sum + value, 0) / all.length;
    console.log(`stroke width: MNIST ${mean(widths).toFixed(2)}, drawn ${mean(drawn).toFixed(2)}`);
    expect(Math.abs(mean(widths) - mean(drawn))).toBeLessThan(0.3);
  });
});
