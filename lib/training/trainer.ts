/** What a training is made of: its data, its steps, its options. */
import type { tf } from '../tensorflow/backend';

/** Inputs: a tensor of shape `[count, …]`, or bytes that stand for `byte / 255`, example after example. */
export type FusedInputs = tf.Tensor | Uint8Array;

/** Labels or targets: a tensor of shape `[count]`, `[count, 1]` or `[count, units]`, or labels as bytes. */
export type FusedTargets = tf.Tensor | Uint8Array;

/** What `model.fit` takes as callbacks. */
export type FitCallbacks =
  | tf.CustomCallbackArgs
  | tf.CustomCallbackArgs[]
  | tf.Callback
  | tf.Callback[];

/** What makes the updates of a training. All numbers are means: the loss, then each metric. */
export interface Trainer {
  /** whether the fused step runs */
  fused: boolean;
  /** names of the numbers: `loss`, then the metrics */
  labels: string[];
  /** examples to train on */
  count: number;
  /** makes one update from these examples; returns what was measured before it */
  step(batch: ArrayLike<number>): number[] | Promise<number[]>;
  /** measures the model on the validation examples */
  validate?: () => number[] | Promise<number[]>;
  /** brings the model's weights and its optimizer up to date */
  sync(): void;
  /** frees what the trainer holds; the model stays */
  dispose(): void;
}

/** What is trained on and judged by. */
export interface TrainerOptions {
  /** decides the order of the examples, and what dropout drops; 1 */
  seed?: number;
  /** judged after each epoch, never learnt from */
  validationData?: [FusedInputs, FusedTargets];
  /** share of the examples, the last ones, that is used as validation data; 0 … 1 */
  validationSplit?: number;
}

/** How to train: the options of `model.fit`, a seed and a signal. */
export interface FitFusedOptions extends TrainerOptions {
  /** passes over the examples; 1 */
  epochs?: number;
  /** the first epoch's number, of a training that goes on; 0 */
  initialEpoch?: number;
  /** examples per update; 32 */
  batchSize?: number;
  /** whether each epoch has another order; true */
  shuffle?: boolean;
  callbacks?: FitCallbacks;
  /** how often `onYield` is called and the process may do other things; as in `model.fit` */
  yieldEvery?: 'auto' | 'batch' | 'epoch' | 'never' | number;
  /** stops the training after the update under way; the model keeps what it learnt */
  signal?: AbortSignal;
  /** is told why TensorFlow.js's own step runs instead; `console.warn` */
  onFallback?: (reason: string) => void;
}
