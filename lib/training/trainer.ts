/** What makes the updates of a training. */
import type { Random } from '../base/random';

/**
 * Makes updates and measures. Every list of numbers begins with the loss, then come the metrics, in
 * the order of `labels`; all are sums over examples.
 */
export interface Trainer {
  /** whether a fused step runs, not TensorFlow.js's own */
  fused: boolean;
  /** names of the numbers: `loss`, then the metrics by TensorFlow.js's names */
  labels: readonly string[];
  /** examples in an epoch */
  count: number;
  /** the order of an epoch's examples; without it a random one of `count` */
  order?(random: Random): Uint32Array;
  /** makes one update from these examples; returns what was measured before it */
  step(batch: Uint32Array): readonly number[] | Promise<readonly number[]>;
  /** measures the model on the validation examples, if there are any */
  validation?: { count: number; measure(): readonly number[] | Promise<readonly number[]> };
  /** brings the model's weights and its optimizer up to date */
  sync(): void;
  /** frees what the trainer holds; the model stays */
  dispose(): void;
}
