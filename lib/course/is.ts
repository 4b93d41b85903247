/** Bounds of claims and checks of answers, by one name that reads as a sentence: `is.atLeast(0.97)`. */
import { isFunctionLike, isLike, isNumber } from './answer-checks';
import { above, atLeast, atMost, below, equals, within } from './claims';

/**
 * What a measured value is claimed to be, and what an answer is checked against.
 *
 * @example
 * claim('The test accuracy after ten epochs.', accuracy, is.atLeast(0.97));
 * exercise('gd-best-rate', bestRate, is.number(2 / (mu + L), { relative: 0.01 }));
 */
export const is = {
  above,
  atLeast,
  atMost,
  below,
  equalTo: equals,
  within,
  number: isNumber,
  like: isLike,
  functionLike: isFunctionLike,
};
