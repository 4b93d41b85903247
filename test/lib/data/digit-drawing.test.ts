import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centreDigit, drawnDigit, resample, type Stroke } from '../../../lib/data/digit-drawing';
import { loadMnist } from '../../../lib/data/mnist';
import { distortDigit } from '../../../lib/studies/digit-centring';
import { drawnDigits } from '../../samples/drawn-digits';
import { noMnist } from '../../samples/small-network';

const three = drawnDigits[3][0];
const moved = (strokes: Stroke[], scale: number, x: number, y: number): Stroke[] =>
  strokes.map((stroke) =>
    stroke.map((point) => ({ x: x + scale * point.x, y: y + scale * point.y })),
  );
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
          expect(largest(drawnDigit(moved(three, scale, x, y)) as number[], plain)).toBeLessThan(
            1e-6,
          );
        },
      ),
    );
  });

  it('depends on place and size when it does not centre', () => {
    const options = { centred: false };
    const plain = drawnDigit(three, options) as number[];
    expect(
      largest(drawnDigit(moved(three, 1, 0.1, 0), options) as number[], plain),
    ).toBeGreaterThan(0.5);
  });

  it('leaves a dot beside a digit in the picture, and the strokes unchanged', () => {
    const strokes = [...structuredClone(three), [{ x: 0.1, y: 0.1 }]];
    const before = structuredClone(strokes);
    expect(largest(drawnDigit(strokes) as number[], drawnDigit(three) as number[])).toBeGreaterThan(
      0.5,
    );
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

describe('resample()', () => {
  it('keeps a picture at scale 1, and the mean of a uniform one when it shrinks it', () => {
    const picture = Array.from({ length: 784 }, (_, place) => (place * 37) % 101);
    expect(resample(picture, 28, 1, 0, 0)).toEqual(picture);
    expect(
      largest(resample(new Array(112 * 112).fill(0.7), 112, 0.25, 0, 0), new Array(784).fill(0.7)),
    ).toBeLessThan(1e-12);
  });
});

describe.skipIf(noMnist)(`MNIST's rule${noMnist}`, () => {
  it('is the one of centreDigit(): at least 99.9 % of 10,000 test digits come back unchanged', async () => {
    const { test } = await loadMnist({ source: 'full' });
    let unchanged = 0;
    for (let index = 0; index < test.count; index++) {
      const ink = Array.from(
        test.images.subarray(784 * index, 784 * (index + 1)),
        (grey) => grey / 255,
      );
      unchanged += Number(largest(centreDigit(ink, 28) as number[], ink) < 1e-9);
    }
    console.log(`${unchanged} of ${test.count} test digits unchanged`);
    expect(unchanged / test.count).toBeGreaterThanOrEqual(0.999);
  });

  it('draws with strokes as wide as those of MNIST, whose mean over the test digits is within 0.3 pixels', async () => {
    const { test } = await loadMnist({ source: 'full' });
    const widths = Array.from({ length: test.count }, (_, index) =>
      strokeWidth(
        Array.from(test.images.subarray(784 * index, 784 * (index + 1)), (grey) => grey / 255),
      ),
    );
    const drawn = drawnDigits.flat().map((strokes) => strokeWidth(drawnDigit(strokes) as number[]));
    const mean = (all: number[]) => all.reduce((sum, value) => sum + value, 0) / all.length;
    console.log(`stroke width: MNIST ${mean(widths).toFixed(2)}, drawn ${mean(drawn).toFixed(2)}`);
    expect(Math.abs(mean(widths) - mean(drawn))).toBeLessThan(0.3);
  });
});
