/** Sums over examples, and their means: who makes a sum carries it, and divides once. */
import type { Metrics } from './history';

/** What was measured over some examples so far. */
export class Measures {
  /** examples */
  count = 0;
  private readonly sums: number[];
  private readonly accuracy: number;

  /** @param labels - `loss`, then the metrics by TensorFlow.js's names */
  constructor(private readonly labels: readonly string[]) {
    this.sums = labels.map(() => 0);
    this.accuracy = labels.indexOf('acc');
  }

  /** Adds sums over `count` more examples, in the order of the labels. */
  add(sums: readonly number[], count: number): void {
    for (let index = 0; index < sums.length; index++) this.sums[index] += sums[index];
    this.count += count;
  }

  /** The two means that are asked for after each update. */
  progress(): { loss: number; accuracy: number } {
    const { sums, count } = this;
    return { loss: sums[0] / count, accuracy: (sums[this.accuracy] ?? Number.NaN) / count };
  }

  /** All means. */
  means(): { loss: number; accuracy: number; metrics: Metrics } {
    return meansOf(this.labels, this.sums, this.count);
  }
}

/**
 * Names means.
 *
 * @param labels - `loss`, then the metrics
 * @param sums - over `count` examples, in that order
 * @param count - of the examples
 * @returns the means; the accuracy once more by that name, NaN if there is none
 */
export function meansOf(
  labels: readonly string[],
  sums: readonly number[],
  count: number,
): { loss: number; accuracy: number; metrics: Metrics } {
  const means = labels.map((label, index) => [label, sums[index] / count] as const);
  const metrics = Object.fromEntries(means.slice(1));
  return { loss: means[0][1], accuracy: metrics.acc ?? Number.NaN, metrics };
}
