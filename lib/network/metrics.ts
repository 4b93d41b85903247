/** How often a model is right, and what it takes for what. */
import { requireCount, requireSameLength } from '../base/checks';
import type { Matrix } from '../maths/vectors';

/**
 * The number of the largest element, the first if several are equal: the class a model chooses.
 *
 * @param values - shape `[classes]`, without NaN
 * @returns 0 … classes − 1
 * @throws RangeError if `values` is empty
 */
export function argMax(values: ArrayLike<number>): number {
  requireCount('the length of values', values.length, 'find the largest');
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if (values[index] > values[best]) best = index;
  }
  return best;
}

/**
 * The share of right answers.
 *
 * @param predictions - the class chosen for each example, shape `[n]`
 * @param labels - the right class of each example, shape `[n]`
 * @returns from 0 to 1
 * @throws RangeError if the shapes differ or are empty
 */
export function accuracy(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  requireSameLength('predictions', predictions, 'labels', labels, 'measure accuracy');
  let right = 0;
  for (let index = 0; index < labels.length; index++) {
    if (predictions[index] === labels[index]) right++;
  }
  return right / labels.length;
}

/**
 * How often each class was taken for which: entry `[i][j]` counts the examples of class `i` that
 * were called `j`. The diagonal holds the right answers.
 *
 * @param predictions - the class chosen for each example, shape `[n]`
 * @param labels - the right class of each example, shape `[n]`
 * @param classes - how many classes there are
 * @returns shape `[classes, classes]`
 * @throws RangeError if the shapes differ or a class is not a whole number in 0 … classes − 1
 */
export function confusionMatrix(
  predictions: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): Matrix {
  requireSameLength('predictions', predictions, 'labels', labels, 'count confusions');
  requireCount('classes', classes, 'count confusions');
  const counts: Matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let index = 0; index < labels.length; index++) {
    for (const [name, value] of [
      ['label', labels[index]],
      ['prediction', predictions[index]],
    ] as const) {
      if (!(Number.isInteger(value) && value >= 0 && value < classes)) {
        throw new RangeError(
          `Cannot count confusions: ${name} ${index} must be a class from 0 to ${classes - 1}, got ${value}`,
        );
      }
    }
    counts[labels[index]][predictions[index]]++;
  }
  return counts;
}

/** Two models on the same examples, and how surely one of them is the better. */
export interface PairedTest {
  /** examples that only the first answers correctly */
  onlyFirst: number;
  /** examples that only the second answers correctly */
  onlySecond: number;
  /** `(onlyFirst − onlySecond) / √(onlyFirst + onlySecond)`; 0 if they never differ */
  z: number;
}

/**
 * Compares two models on the same examples by McNemar's test: examples that both get right, or both
 * get wrong, say nothing about which is better. Were the models equally good, each of the others
 * would fall to either by the toss of a coin, and `z` would have the mean 0 and the variance 1.
 *
 * @param first - the classes that one model chose, shape `[n]`
 * @param second - the classes that the other chose, shape `[n]`
 * @param labels - the right classes, shape `[n]`
 * @returns the two counts, and `z`, positive where the first model is better
 * @throws RangeError if the shapes differ or are empty
 * @see McNemar, "Note on the sampling error of the difference between correlated proportions or
 *   percentages", Psychometrika 12 (1947)
 */
export function pairedTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  labels: ArrayLike<number>,
): PairedTest {
  requireSameLength('the first predictions', first, 'labels', labels, 'compare models');
  requireSameLength('the second predictions', second, 'labels', labels, 'compare models');
  let [onlyFirst, onlySecond] = [0, 0];
  for (let index = 0; index < labels.length; index++) {
    const [one, other] = [first[index] === labels[index], second[index] === labels[index]];
    if (one && !other) onlyFirst++;
    if (other && !one) onlySecond++;
  }
  const differing = onlyFirst + onlySecond;
  return { onlyFirst, onlySecond, z: differing === 0 ? 0 : (onlyFirst - onlySecond) / Math.sqrt(differing) };
}
