/** The loop of training: epochs, shuffled batches, one update each, until done or told to stop. */
import { requireCount } from '../base/checks';
import { seededRandom } from '../base/random';
import { tf } from '../tensorflow/backend';

/** What one update reports: both measured on its batch, before the weights moved. */
export interface BatchResult {
  loss: number;
  /** share of right answers, 0 … 1 */
  accuracy: number;
}

/** Makes one update from the examples with these numbers, shape `[batchSize]` or the rest. */
export type TrainingStep = (examples: Uint32Array) => BatchResult | Promise<BatchResult>;

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
  /** means over this epoch so far */
  loss: number;
  accuracy: number;
  /** since the training began */
  seconds: number;
}

/** What an epoch came to. */
export interface EpochResult {
  /** mean over the epoch's examples, each measured with the weights before its update */
  loss: number;
  accuracy: number;
  /** without the validation */
  seconds: number;
  /** on the validation digits, after the epoch */
  validationLoss?: number;
  validationAccuracy?: number;
}

/** Why a training ended before its last epoch. */
export interface EarlyEnd {
  why: 'interrupted' | 'diverged';
  /** the epoch and the step in it after which no update was made, both from 1; step 0: before the first */
  epoch: number;
  step: number;
  /** one sentence, with the remedy */
  message: string;
}

/** What a training came to. */
export interface TrainingHistory {
  /** the epochs that were finished */
  epochs: EpochResult[];
  /** updates made */
  steps: number;
  seconds: number;
  stopped?: EarlyEnd;
  /** whether the fused step made the updates, see `fused-training.ts` */
  fused?: boolean;
}

/** Follows a training. Each is called with a copy, or with what is not changed any more. */
export interface TrainingView {
  /** after each update */
  onStep(progress: TrainingProgress): void;
  /** after each epoch, validation included */
  onEpoch?(result: EpochResult, progress: TrainingProgress): void;
  /** once, at the end, also of a training that was stopped or failed */
  onEnd?(history: TrainingHistory): void;
}

/** How long, in what order, and who follows. */
export interface TrainingLoopOptions {
  /** passes over the examples, a whole number >= 1 */
  epochs: number;
  /** examples per update, a whole number >= 1 */
  batchSize: number;
  /** decides the order of the examples, anew in each epoch */
  seed: number;
  /** measures the model on digits that it does not learn from, after each epoch */
  validate?: () => Promise<BatchResult>;
  /** stops the training after the update under way */
  signal?: AbortSignal;
  view?: TrainingView;
}

/** How long the loop may keep the process from doing anything else, in milliseconds. */
const patience = 30;

/**
 * Runs the updates of a training. Each epoch draws a new order of the examples,
 * `seededRandom(seed).permutation(count)`, one draw after the other, and cuts it into batches; the
 * last one is smaller when `batchSize` does not divide `count`.
 *
 * @param step - makes one update
 * @param count - how many examples there are
 * @param options - how long, in what order, and who follows
 * @returns each finished epoch, and why it ended early if it did: on a signal, or because the loss
 *   was no longer a finite number
 * @throws RangeError if an option is out of range; what `step` throws
 */
export async function runTraining(
  step: TrainingStep,
  count: number,
  options: TrainingLoopOptions,
): Promise<TrainingHistory> {
  const { epochs, batchSize, seed, validate, signal, view } = options;
  for (const [name, value] of Object.entries({ count, epochs, batchSize })) {
    requireCount(name, value, 'train');
  }
  const random = seededRandom(seed);
  const steps = Math.ceil(count / batchSize);
  const history: TrainingHistory = { epochs: [], steps: 0, seconds: 0 };
  const start = performance.now();
  let lastPause = start;
  try {
    for (let epoch = 1; epoch <= epochs && !history.stopped; epoch++) {
      const order = random.permutation(count);
      const epochStart = performance.now();
      const sum = { loss: 0, accuracy: 0 };
      let progress = progressAt(0);
      for (let number = 0; number < steps; number++) {
        if (performance.now() - lastPause > patience) {
          await tf.nextFrame();
          lastPause = performance.now();
        }
        if (signal?.aborted) {
          history.stopped = interrupted(epoch, number, epochs);
          break;
        }
        const batch = order.subarray(number * batchSize, (number + 1) * batchSize);
        const result = await step(batch);
        history.steps++;
        sum.loss += result.loss * batch.length;
        sum.accuracy += result.accuracy * batch.length;
        progress = progressAt(number * batchSize + batch.length, number + 1);
        view?.onStep(progress);
        if (!Number.isFinite(result.loss)) {
          history.stopped = diverged(epoch, number + 1, result.loss);
          break;
        }
      }
      if (history.stopped) break;
      const result: EpochResult = {
        loss: progress.loss,
        accuracy: progress.accuracy,
        seconds: (performance.now() - epochStart) / 1000,
      };
      if (validate) {
        const { loss, accuracy } = await validate();
        Object.assign(result, { validationLoss: loss, validationAccuracy: accuracy });
      }
      history.epochs.push(result);
      view?.onEpoch?.(result, progress);

      function progressAt(seen: number, done = 0): TrainingProgress {
        return {
          epoch,
          epochs,
          step: done,
          steps,
          examples: (epoch - 1) * count + seen,
          examplesPerEpoch: count,
          loss: sum.loss / seen,
          accuracy: sum.accuracy / seen,
          seconds: (performance.now() - start) / 1000,
        };
      }
    }
  } finally {
    history.seconds = (performance.now() - start) / 1000;
    view?.onEnd?.(history);
  }
  return history;
}

function interrupted(epoch: number, step: number, epochs: number): EarlyEnd {
  const message = `Training was interrupted in epoch ${epoch} of ${epochs}, after step ${step}. The model keeps what it learnt until then.`;
  return { why: 'interrupted', epoch, step, message };
}

function diverged(epoch: number, step: number, loss: number): EarlyEnd {
  const message = `Training stopped in epoch ${epoch}, at step ${step}: the loss is ${loss}, no longer a finite number. Make the model anew and train it with a smaller learning rate.`;
  return { why: 'diverged', epoch, step, message };
}

/** @returns the signal of the reader's stop button, in this project's kernel */
export function kernelSignal(): AbortSignal | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for('descent.interrupt')] as never;
}
