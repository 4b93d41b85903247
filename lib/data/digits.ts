/** Sets of digits: joined, chosen, split, moved. */
import { concatenate } from '../base/arrays';
import { requireCount } from '../base/checks';
import { seededRandom } from '../base/random';
import { type DigitSet, digitPixels, digitSide, pixelsOf } from './digit-set';
import type { IdxArray } from './idx';

/**
 * Joins images and their labels.
 *
 * @param images - bytes of shape `[count, 28, 28]`
 * @param labels - bytes of shape `[count]`, each 0 … 9
 * @returns the set, in the same memory
 * @throws RangeError if a shape or type is another, if the counts differ, or if a label is above 9
 */
export function digitSet(images: IdxArray, labels: IdxArray): DigitSet {
  const [count, rows, columns] = images.shape;
  const square = images.shape.length === 3 && rows === digitSide && columns === digitSide;
  if (images.type !== 'uint8' || !square) {
    throw cannotJoin(`images must be uint8 [count, 28, 28], got ${images.type} [${images.shape}]`);
  }
  if (labels.type !== 'uint8' || labels.shape.length !== 1) {
    throw cannotJoin(`labels must be uint8 [count], got ${labels.type} [${labels.shape}]`);
  }
  if (labels.shape[0] !== count || count === 0) {
    throw cannotJoin(
      `there are ${count} images and ${labels.shape[0]} labels; they must be as many, and not none`,
    );
  }
  const wrong = labels.values.findIndex((label) => label > 9);
  if (wrong >= 0) throw cannotJoin(`labels must be 0 … 9, label ${wrong} is ${labels.values[wrong]}`);
  return { images: images.values as Uint8Array, labels: labels.values as Uint8Array, count };
}

/**
 * The digits at the given places, in that order.
 *
 * @param set - never changed
 * @param indices - whole numbers 0 … count − 1, shape `[n]`
 * @returns a new set of `n` digits
 * @throws RangeError if an index is out of range
 */
export function selectDigits(set: DigitSet, indices: ArrayLike<number>): DigitSet {
  const count = indices.length;
  const images = new Uint8Array(count * digitPixels);
  const labels = new Uint8Array(count);
  for (let place = 0; place < count; place++) {
    const index = indices[place];
    requireIndex(set, index);
    images.set(pixelsOf(set, index, index + 1), place * digitPixels);
    labels[place] = set.labels[index];
  }
  return { images, labels, count };
}

/**
 * The first digits of a set.
 *
 * @param set - never changed
 * @param count - how many, 1 … `set.count`
 * @param name - what the caller calls `count`, for the complaint
 * @returns a view into the same memory
 * @throws RangeError if `count` is not a whole number, or more than there are
 */
export function firstDigits(set: DigitSet, count: number, name = 'count'): DigitSet {
  requireCount(name, count, 'take digits');
  if (count > set.count) {
    throw new RangeError(`Cannot take digits: ${name} must be <= ${set.count}, got ${count}`);
  }
  return { images: pixelsOf(set, 0, count), labels: set.labels.subarray(0, count), count };
}

/**
 * Splits a set in two at random, for example into training and validation digits. No digit is in
 * both parts.
 *
 * @param set - never changed
 * @param options - `first`: how many digits the first part holds, 1 … count − 1; `seed`: the same
 *   seed gives the same split
 * @returns the two parts, `[first, rest]`, each shuffled
 * @throws RangeError if a part would be empty
 */
export function splitDigits(
  set: DigitSet,
  { first, seed }: { first: number; seed: number },
): [DigitSet, DigitSet] {
  requireCount('first', first, 'split digits');
  if (first >= set.count) {
    throw new RangeError(`Cannot split digits: first must be < ${set.count}, got ${first}`);
  }
  const order = seededRandom(seed, 'split').permutation(set.count);
  return [selectDigits(set, order.subarray(0, first)), selectDigits(set, order.subarray(first))];
}

/**
 * Moves every digit; what leaves the picture is lost, and paper comes in from the other side.
 *
 * @param set - never changed
 * @param right - pixels to the right, a whole number; negative: to the left
 * @param down - pixels downwards, a whole number; negative: upwards
 * @returns a new set of as many digits
 * @throws RangeError if a shift is not a whole number
 */
export function shiftDigits(set: DigitSet, right: number, down: number): DigitSet {
  for (const [name, shift] of Object.entries({ right, down })) {
    requireCount(name, Math.abs(shift), 'shift digits', 0);
  }
  const images = new Uint8Array(set.images.length);
  const width = Math.max(0, digitSide - Math.abs(right));
  for (let index = 0; index < set.count; index++) {
    for (let row = Math.max(0, down); row < Math.min(digitSide, digitSide + down); row++) {
      const from = index * digitPixels + (row - down) * digitSide + Math.max(0, -right);
      const to = index * digitPixels + row * digitSide + Math.max(0, right);
      if (width > 0) images.set(set.images.subarray(from, from + width), to);
    }
  }
  return { images, labels: Uint8Array.from(set.labels), count: set.count };
}

/**
 * Puts sets one behind the other.
 *
 * @param sets - at least one; never changed
 * @returns a new set of all their digits
 * @throws RangeError if there is no set
 */
export function joinDigits(sets: readonly DigitSet[]): DigitSet {
  requireCount('the number of sets', sets.length, 'join digits');
  const join = (parts: Uint8Array[]) => concatenate(parts, (length) => new Uint8Array(length));
  const labels = join(sets.map((set) => set.labels));
  return { images: join(sets.map((set) => set.images)), labels, count: labels.length };
}

/**
 * One digit as rows of grey values.
 *
 * @param set - never changed
 * @param index - which digit, 0 … count − 1
 * @returns grey values 0 (paper) … 255 (ink), shape `[28, 28]`, first row on top
 * @throws RangeError if there is no such digit
 */
export function image(set: DigitSet, index: number): number[][] {
  requireIndex(set, index);
  const grey = pixelsOf(set, index, index + 1);
  return Array.from({ length: digitSide }, (_, row) =>
    Array.from(grey.subarray(row * digitSide, (row + 1) * digitSide)),
  );
}

function requireIndex(set: DigitSet, index: number): void {
  if (!(Number.isInteger(index) && index >= 0 && index < set.count)) {
    throw new RangeError(
      `Cannot take a digit: index must be a whole number 0 … ${set.count - 1}, got ${index}`,
    );
  }
}

function cannotJoin(why: string): RangeError {
  return new RangeError(`Cannot join images and labels: ${why}`);
}
