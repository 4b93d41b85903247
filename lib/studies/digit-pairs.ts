/** Two digits side by side, as one picture. */
import { requireCount } from '../base/checks';
import { seededRandom } from '../base/random';
import { type DigitSet, digitSide, pixelsOf } from '../data/digit-set';

/** Pictures, and which of a list of names each has. A `DigitSet` is one, whose names are those of the digits. */
export interface NamedPictures {
  /** grey values 0 (paper) … 255 (ink), picture after picture, row after row, shape `[count · pixels]` */
  images: Uint8Array;
  /** the place of each picture's name in the list of names, shape `[count]` */
  labels: Uint8Array;
  count: number;
}

/** Pixels of two digits side by side, 28 · 56. */
export const pairPixels = digitSide * 2 * digitSide;

/**
 * Draws digits at random, two for each picture, and puts the second to the right of the first. The
 * label is `10 · left + right`, the place of the name in `pairNames`.
 *
 * @param digits - drawn with replacement; never changed
 * @param options - `count`: how many pictures; `seed`: the same seed draws the same digits; `labels`:
 *   only pictures with these labels, 0 … 99, equally often up to chance; default all 100
 * @returns the pictures, each of shape `[28, 56]`
 * @throws RangeError if a count or label is out of range, or a digit that a label needs is missing
 */
export function pairDigits(
  digits: DigitSet,
  { count, seed, labels }: { count: number; seed: number; labels?: readonly number[] },
): NamedPictures {
  requireCount('count', count, 'pair digits');
  const wanted = labels ?? Array.from({ length: 100 }, (_, label) => label);
  const piles = Array.from({ length: 10 }, (): number[] => []);
  for (let index = 0; index < digits.count; index++) piles[digits.labels[index]].push(index);
  for (const label of wanted) {
    const [left, right] = [Math.floor(label / 10), label % 10];
    if (!(piles[left]?.length && piles[right]?.length)) {
      throw new RangeError(`Cannot pair digits: there are no two digits for the label ${label}`);
    }
  }
  const random = seededRandom(seed, 'data');
  const pictures = {
    images: new Uint8Array(count * pairPixels),
    labels: Uint8Array.from({ length: count }, () => wanted[random.integer(wanted.length)]),
    count,
  };
  for (const [index, label] of pictures.labels.entries()) {
    for (const [side, digit] of [Math.floor(label / 10), label % 10].entries()) {
      const pile = piles[digit];
      const drawn = pile[random.integer(pile.length)];
      copyDigit(
        pixelsOf(digits, drawn, drawn + 1),
        pictures.images,
        (2 * index * digitSide + side) * digitSide,
      );
    }
  }
  return pictures;
}

/** Writes a digit's rows into every other stretch of 28 pixels, from the place `at` on. */
function copyDigit(pixels: Uint8Array, images: Uint8Array, at: number): void {
  for (let row = 0; row < digitSide; row++) {
    images.set(pixels.subarray(row * digitSide, (row + 1) * digitSide), at + 2 * row * digitSide);
  }
}
