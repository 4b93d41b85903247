/** What a training says of itself: while it runs, after each epoch, at its end. */
import { say } from '../base/words';

/** Means over examples, by TensorFlow.js's names of the metrics: `acc`, `mse` … */
export type Metrics = Record<string, number>;

/** Where a training stands, after an update. */
export interface TrainingProgress {
  /** the epoch under way, from 1 */
  epoch: number;
  epochs: number;
  /** updates made in this epoch, from 1 */
  step: number;
  /** updates in a whole epoch */
  steps: number;
  /** examples seen in all epochs together */
  examples: number;
  /** examples in a whole epoch */
  examplesPerEpoch: number;
  /** means over this epoch so far; the accuracy is NaN if the model was not compiled with it */
  loss: number;
  accuracy: number;
  /** since the training began */
  seconds: number;
}

/** What an epoch came to. */
export interface EpochResult {
  /** means over the epoch's examples, each measured with the weights before its update */
  loss: number;
  accuracy: number;
  metrics: Metrics;
  /** without the validation */
  seconds: number;
  /** on the validation examples, after the epoch */
  validationLoss?: number;
  validationAccuracy?: number;
  validationMetrics?: Metrics;
}

/** What a training came to. */
export interface TrainingHistory {
  /** the epochs that were finished */
  epochs: EpochResult[];
  /** updates made */
  steps: number;
  seconds: number;
  /** why it ended before its last epoch, if it did */
  stopped?: EarlyEnd;
  /** whether a fused step made the updates, not TensorFlow.js's own */
  fused: boolean;
}

/**
 * Follows a training. Each is called with a copy, or with what is not changed any more; the training
 * waits for the promise that one returns.
 */
export interface TrainingView {
  /** after each update */
  onStep?(progress: TrainingProgress): unknown;
  /** after each epoch, validation included */
  onEpoch?(result: EpochResult, progress: TrainingProgress): unknown;
  /** once, at the end, also of a training that was stopped or failed */
  onEnd?(history: TrainingHistory): unknown;
  /** a promise that `onStep` looks at no weight: then the model is brought up to date once an epoch */
  figuresOnly?: boolean;
}

/** The end of a training that was not meant to be the end. */
export interface EarlyEnd {
  why: 'interrupted' | 'diverged' | 'model.stopTraining';
  /** the epoch and the step in it after which no update was made, both from 1; step 0: before the first */
  epoch: number;
  step: number;
  /** one sentence, with the remedy */
  message: string;
}

/** The reader's stop button, or another signal. */
export function interrupted(epoch: number, step: number, epochs: number): EarlyEnd {
  const message = say(
    'Training was interrupted in epoch {epoch} of {epochs}, after step {step}. The model keeps what it learnt until then.',
    { epoch, step, epochs },
  );
  return { why: 'interrupted', epoch, step, message };
}

/** The loss is no longer a finite number. */
export function diverged(epoch: number, step: number, loss: number): EarlyEnd {
  const message = say(
    'Training stopped in epoch {epoch}, at step {step}: the loss is {loss}, no longer a finite number. Make the model anew and train it with a smaller learning rate.',
    { epoch, step, loss },
  );
  return { why: 'diverged', epoch, step, message };
}

/** Whoever follows the training has set `model.stopTraining`. */
export function stoppedByModel(epoch: number, step: number): EarlyEnd {
  const message = say(
    'Training stopped in epoch {epoch}, after step {step}, because model.stopTraining was set. The model keeps what it learnt until then.',
    { epoch, step },
  );
  return { why: 'model.stopTraining', epoch, step, message };
}
