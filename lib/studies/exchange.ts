/** Pixels exchanged among digits, or planted into them: what a network answers then says what it uses. */
import { requireCount, requireSameLength } from '../base/checks';
import { type Random, seededRandom } from '../base/random';
import { type DigitSet, digitPixels } from '../data/digit-set';

/**
 * Exchanges the values of groups of pixels among the digits, each group by a permutation of its own:
 * they say nothing about the label any more, nor about each other.
 *
 * @param digits - never changed
 * @param groups - numbers of pixels that are exchanged together
 * @param random - draws who exchanges with whom
 * @returns new digits with the old labels
 */
export function exchangePixels(
  digits: DigitSet,
  groups: readonly (readonly number[])[],
  random: Random,
): DigitSet {
  const images = Uint8Array.from(digits.images);
  for (const group of groups) {
    for (const [index, other] of random.permutation(digits.count).entries()) {
      for (const pixel of group) {
        images[index * digitPixels + pixel] = digits.images[other * digitPixels + pixel];
      }
    }
  }
  return { ...digits, images };
}

/**
 * Permutation importance: how much accuracy is lost when one group of pixels is exchanged among the
 * digits; measured several times, each with permutations of its own.
 *
 * @param classify - one class for each digit
 * @param digits - not those learnt from; never changed
 * @param groups - numbers of pixels that are exchanged together
 * @param options - `seed`: draws the permutations, 1 unless told; `repeats`: how often, 1 unless told
 * @returns share of right answers lost, shape `[groups][repeats]`
 * @throws RangeError if `repeats` is not a whole number >= 1
 * @see Breiman, "Random forests" (2001), section 10
 */
export function permutationImportance(
  classify: (digits: DigitSet) => ArrayLike<number>,
  digits: DigitSet,
  groups: readonly (readonly number[])[],
  { seed = 1, repeats = 1 } = {},
): number[][] {
  requireCount('repeats', repeats, 'measure importance');
  const random = seededRandom(seed, 'exchange');
  const right = (set: DigitSet) =>
    Array.from(classify(set)).filter((answer, index) => answer === digits.labels[index]).length;
  const before = right(digits);
  return groups.map((group) =>
    Array.from(
      { length: repeats },
      () => (before - right(exchangePixels(digits, [group], random))) / digits.count,
    ),
  );
}

/**
 * Sets one pixel of each digit.
 *
 * @param digits - never changed
 * @param pixels - which pixel of each digit, shape `[count]`; below 0: none
 * @param grey - the value that it gets, 0 (paper) … 255 (ink)
 * @returns new digits with the old labels
 * @throws RangeError if digits and pixels differ in number
 */
export function setPixels(digits: DigitSet, pixels: ArrayLike<number>, grey: number): DigitSet {
  requireSameLength('pixels', pixels, 'labels', digits.labels, 'set pixels');
  const images = Uint8Array.from(digits.images);
  for (let index = 0; index < digits.count; index++) {
    if (pixels[index] >= 0) images[index * digitPixels + pixels[index]] = grey;
  }
  return { ...digits, images };
}
