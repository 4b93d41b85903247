/** Which examples a gradient looks at. */
import { requireCount } from '../base/checks';
import type { Random } from '../base/random';

/**
 * One epoch: the numbers of all examples, shuffled and cut into batches. Each example comes once;
 * the last batch is smaller when `batchSize` does not divide `count`.
 *
 * @param count - how many examples there are
 * @param options.batchSize - examples per batch; more than `count` gives one batch of all
 * @param options.random - the source of the shuffle; it advances
 * @returns the batches, each a list of example numbers in 0 … `count` − 1
 * @throws RangeError if `count` or `batchSize` is not a whole number >= 1
 */
export function epochBatches(
  count: number,
  { batchSize, random }: { batchSize: number; random: Random },
): number[][] {
  requireCount('count', count, 'cut batches');
  requireCount('batchSize', batchSize, 'cut batches');
  const order = random.permutation(count);
  const batches: number[][] = [];
  for (let from = 0; from < count; from += batchSize) {
    batches.push(Array.from(order.subarray(from, from + batchSize)));
  }
  return batches;
}

/**
 * One batch drawn with replacement: every example is equally likely in every place, also twice.
 * Such batches are independent of each other, which is what the theory of the noise assumes.
 *
 * @param count - how many examples there are
 * @param options.batchSize - examples in the batch
 * @param options.random - the source of the draws; it advances
 * @returns example numbers in 0 … `count` − 1, shape `[batchSize]`
 * @throws RangeError if `count` or `batchSize` is not a whole number >= 1
 */
export function drawBatch(
  count: number,
  { batchSize, random }: { batchSize: number; random: Random },
): number[] {
  requireCount('count', count, 'draw a batch');
  requireCount('batchSize', batchSize, 'draw a batch');
  return Array.from({ length: batchSize }, () => random.integer(count));
}

/**
 * An endless stream of batches: epoch after epoch, each shuffled anew, or drawn with replacement.
 *
 * @param count - how many examples there are
 * @param options.batchSize - examples per batch
 * @param options.random - the source of the draws; it advances
 * @param options.replacement - draw with replacement; false if not given
 * @returns the batches, one at a time
 */
export function* batchStream(
  count: number,
  options: { batchSize: number; random: Random; replacement?: boolean },
): Generator<number[], never, undefined> {
  for (;;) {
    if (options.replacement) yield drawBatch(count, options);
    else yield* epochBatches(count, options);
  }
}
