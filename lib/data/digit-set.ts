/** What a set of handwritten digits is. This file imports nothing: whoever needs no more loads no more. */

/** Pixels along one side of a digit. */
export const digitSide = 28;

/** Pixels of one digit, 28 · 28. */
export const digitPixels = digitSide * digitSide;

/** Handwritten digits with their labels. */
export interface DigitSet {
  /** grey values 0 (paper) … 255 (ink), digit after digit, row after row, shape `[count · 784]` */
  images: Uint8Array;
  /** the digit that each image shows, 0 … 9, shape `[count]` */
  labels: Uint8Array;
  count: number;
}

/** The pixels of the digits from one to another, in the same memory. */
export function pixelsOf(set: DigitSet, from: number, to: number): Uint8Array {
  return set.images.subarray(from * digitPixels, to * digitPixels);
}
