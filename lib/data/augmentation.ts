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
  const paper = onPaper(pixels);
  const moved = new Uint8Array(digitPixels);
  for (let row = 0; row < digitSide; row++) {
    for (let column = 0; column < digitSide; column++) {
      // Where did this pixel come from? The move backwards: shift back, then turn back.
      const x = column - middle - right;
      const y = row - middle - down;
      const grey = greyAt(paper, middle + cos * x + sin * y, middle - sin * x + cos * y);
      moved[row * digitSide + column] = Math.round(grey);
    }
  }
  return moved;
}

const paperSide = digitSide + 2;

/** The digit with a margin of one pixel, shape `[30 · 30]`: four neighbours can be read without asking where they lie. */
function onPaper(pixels: ArrayLike<number>): Float64Array {
  const paper = new Float64Array(paperSide * paperSide);
  for (let index = 0; index < digitPixels; index++) {
    paper[(Math.floor(index / digitSide) + 1) * paperSide + (index % digitSide) + 1] = pixels[index];
  }
  return paper;
}

function greyAt(paper: Float64Array, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < -1 || left >= digitSide || top < -1 || top >= digitSide) return 0;
  const at = (top + 1) * paperSide + left + 1;
  const across = x - left;
  const below = y - top;
  const upper = (1 - across) * paper[at] + across * paper[at + 1];
  const lower = (1 - across) * paper[at + paperSide] + across * paper[at + paperSide + 1];
  return (1 - below) * upper + below * lower;
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
