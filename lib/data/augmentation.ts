/** More digits from the same digits: moved and turned a little, with the same labels. */
import { requireCount, requireFinite, requireNonNegative } from '../base/checks';
import { seededRandom } from '../base/random';
import { type DigitSet, digitPixels, digitSide, pixelsOf } from './digit-set';
import { joinDigits } from './digits';

/** How one digit is moved. */
export interface Move {
  /** pixels to the right; 0 if not given */
  right?: number;
  /** pixels down; 0 if not given */
  down?: number;
  /** degrees, clockwise about the middle of the picture; 0 if not given */
  degrees?: number;
}

/**
 * Turns a digit about its middle, then shifts it. Between four pixels, their grey values are mixed
 * by distance (bilinear); what leaves the picture is lost, what comes in is paper.
 *
 * @param pixels - grey values 0 … 255, row by row, shape `[784]`; never changed
 * @param move - how far
 * @returns grey values 0 … 255, rounded, shape `[784]`
 * @throws RangeError if `pixels` has another length or a move is not finite
 */
export function moveDigit(pixels: ArrayLike<number>, move: Move): Uint8Array {
  const { right = 0, down = 0, degrees = 0 } = move;
  for (const [name, value] of Object.entries({ right, down, degrees })) {
    requireFinite(name, value, 'move a digit');
  }
  if (pixels.length !== digitPixels) {
    throw new RangeError(`Cannot move a digit: it must have ${digitPixels} pixels, got ${pixels.length}`);
  }
  const middle = (digitSide - 1) / 2;
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const moved = new Uint8Array(digitPixels);
  for (let row = 0; row < digitSide; row++) {
    for (let column = 0; column < digitSide; column++) {
      // Where did this pixel come from? The move backwards: shift back, then turn back.
      const x = column - middle - right;
      const y = row - middle - down;
      const grey = greyAt(pixels, middle + cos * x + sin * y, middle - sin * x + cos * y);
      moved[row * digitSide + column] = Math.round(grey);
    }
  }
  return moved;
}

function greyAt(pixels: ArrayLike<number>, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [across, below] = [x - left, y - top];
  const upper = (1 - across) * pixel(pixels, left, top) + across * pixel(pixels, left + 1, top);
  const lower = (1 - across) * pixel(pixels, left, top + 1) + across * pixel(pixels, left + 1, top + 1);
  return (1 - below) * upper + below * lower;
}

function pixel(pixels: ArrayLike<number>, column: number, row: number): number {
  const inside = column >= 0 && column < digitSide && row >= 0 && row < digitSide;
  return inside ? pixels[row * digitSide + column] : 0;
}

/** How many copies, how far moved at most, and which draw. */
export interface AugmentationOptions {
  /** moved copies of each digit, a whole number >= 0 */
  copies: number;
  /** the farthest shift in each direction, in pixels, >= 0; 2 if not given */
  shift?: number;
  /** the largest turn to either side, in degrees, >= 0; 10 if not given */
  degrees?: number;
  /** the same seed gives the same copies */
  seed: number;
}

/**
 * Adds moved copies: shifts and turns are drawn uniformly up to the given limits. Only for digits to
 * learn from; digits to be judged by stay as they are.
 *
 * @param set - never changed
 * @param options - how many copies, and how far moved
 * @returns the digits themselves, then `copies` moved copies of the whole set
 * @throws RangeError if an option is out of range
 * @see Simard, Steinkraus and Platt, "Best practices for convolutional neural networks applied to
 *   visual document analysis" (2003), https://doi.org/10.1109/ICDAR.2003.1227801
 */
export function augmentDigits(set: DigitSet, options: AugmentationOptions): DigitSet {
  const { copies, shift = 2, degrees = 10, seed } = options;
  requireCount('copies', copies, 'augment digits', 0);
  requireNonNegative('shift', shift, 'augment digits');
  requireNonNegative('degrees', degrees, 'augment digits');
  const random = seededRandom(seed, 'copies');
  const upTo = (most: number) => most * (2 * random.uniform() - 1);
  const movedSet = (): DigitSet => {
    const images = new Uint8Array(set.count * digitPixels);
    for (let index = 0; index < set.count; index++) {
      const digit = pixelsOf(set, index, index + 1);
      const move = { right: upTo(shift), down: upTo(shift), degrees: upTo(degrees) };
      images.set(moveDigit(digit, move), index * digitPixels);
    }
    return { images, labels: set.labels, count: set.count };
  };
  return joinDigits([set, ...Array.from({ length: copies }, movedSet)]);
}
