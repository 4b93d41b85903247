/** The loop of training: epochs, shuffled batches, one update each, until done or told to stop. */
import { requireCount } from '../base/checks';
import { type Random, seededRandom } from '../base/random';
import { tf } from '../tensorflow/backend';
import { diverged, type EarlyEnd, interrupted, stoppedByModel } from './early-end';
import type { Trainer } from './trainer';

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
  /** whether the fused step made the updates */
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

/** How long, in what order, and who follows. */
export interface LoopOptions {
  /** passes over the examples, a whole number >= 1 */
  epochs: number;
  /** examples per update, a whole number >= 1 */
  batchSize: number;
  /** decides the order of the examples, anew in each epoch */
  seed: number;
  /** whether each epoch has another order; true */
  shuffle?: boolean;
  /** stops the training after the update under way */
  signal?: AbortSignal;
  /** asked after each update; `true` stops the training */
  isStopped?: () => boolean;
  view?: TrainingView;
}

/** How long the loop may keep the process from doing anything else, in milliseconds. */
const patience = 30;

/**
 * Runs the updates of a training. Each epoch draws a new order of the examples,
 * `seededRandom(seed).permutation(count)`, one draw after the other, and cuts it into batches; the
 * last one is smaller when `batchSize` does not divide `count`.
 *
 * It ends early on a signal, or because the loss is no longer a finite number; what was learnt until
 * then stays in the model, and the history says why and after which step.
 *
 * @param trainer - makes the updates
 * @param options - how long, in what order, and who follows
 * @returns each finished epoch, and why it ended early if it did
 * @throws RangeError if an option is out of range; what `trainer` and `view` throw
 */
export async function runTraining(trainer: Trainer, options: LoopOptions): Promise<TrainingHistory> {
  const { epochs, batchSize, seed, shuffle = true, signal, isStopped, view } = options;
  requireCount('epochs', epochs, 'train');
  requireCount('batchSize', batchSize, 'train');
  const random = seededRandom(seed);
  const history: TrainingHistory = { epochs: [], steps: 0, seconds: 0, fused: trainer.fused };
  const clock = startClock();
  const pause = pauses();
  try {
    for (let epoch = 1; epoch <= epochs && !history.stopped; epoch++) {
      const order = orderOf(trainer, shuffle ? random : undefined);
      const steps = Math.ceil(order.length / batchSize);
      const sums = sumsOf(trainer.labels);
      const epochClock = startClock();
      const progress = (step: number): TrainingProgress => ({
        ...sums.progress(),
        ...{ epoch, epochs, step, steps, examplesPerEpoch: order.length },
        examples: (epoch - 1) * order.length + sums.count,
        seconds: clock(),
      });
      for (let step = 1; step <= steps && !history.stopped; step++) {
        const waiting = pause();
        if (waiting) await waiting;
        if (signal?.aborted) {
          history.stopped = interrupted(epoch, step - 1, epochs);
          break;
        }
        const batch = order.subarray((step - 1) * batchSize, step * batchSize);
        const measured = await trainer.step(batch);
        history.steps++;
        sums.add(measured, batch.length);
        if (view?.onStep) {
          if (!view.figuresOnly) trainer.sync();
          const following = view.onStep(progress(step));
          if (isPromise(following)) await following;
        }
        if (!Number.isFinite(measured[0])) history.stopped = diverged(epoch, step, measured[0]);
        else if (isStopped?.()) history.stopped = stoppedByModel(epoch, step);
      }
      if (sums.count < order.length || history.stopped?.why === 'diverged') break;
      trainer.sync();
      const result = { ...sums.means(), seconds: epochClock(), ...(await validated(trainer)) };
      history.epochs.push(result);
      await view?.onEpoch?.(result, progress(steps));
      if (isStopped?.() && epoch < epochs) history.stopped ??= stoppedByModel(epoch, steps);
    }
  } catch (error) {
    history.seconds = clock();
    // What failed first is told, not what failed because of it.
    await ended(view, history).catch(() => {});
    throw error;
  }
  history.seconds = clock();
  await ended(view, history);
  return history;
}

/**
 * Only promises are waited for, since waiting costs each step a turn. `instanceof` would not do: the
 * cells of a notebook may have a `Promise` of their own.
 */
function isPromise(value: unknown): boolean {
  return typeof (value as Promise<void> | undefined)?.then === 'function';
}

async function ended(view: TrainingView | undefined, history: TrainingHistory): Promise<void> {
  await view?.onEnd?.(history);
}

function orderOf({ order, count }: Trainer, random?: Random): Uint32Array {
  if (!random) return Uint32Array.from({ length: count }, (_, index) => index);
  return order ? order(random) : random.permutation(count);
}

/** Sums over examples, and their means. */
function sumsOf(labels: readonly string[]) {
  const sums: number[] = new Array(labels.length).fill(0);
  const accuracy = labels.indexOf('acc');
  return {
    count: 0,
    add(measured: readonly number[], count: number): void {
      for (let index = 0; index < sums.length; index++) sums[index] += measured[index];
      this.count += count;
    },
    /** without the other metrics: this is asked after each update */
    progress() {
      const { count } = this;
      return { loss: sums[0] / count, accuracy: (sums[accuracy] ?? Number.NaN) / count };
    },
    means() {
      return meansOf(labels, sums, this.count);
    },
  };
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

async function validated({ labels, validation }: Trainer): Promise<Partial<EpochResult>> {
  if (!validation) return {};
  const { loss, accuracy, metrics } = meansOf(labels, await validation.measure(), validation.count);
  return { validationLoss: loss, validationAccuracy: accuracy, validationMetrics: metrics };
}

/** @returns the seconds since it was started, whenever it is called */
function startClock(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}

/** Lets the process do other things now and then. */
function pauses(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last <= patience) return undefined;
    return tf.nextFrame().then(() => {
      last = performance.now();
    });
  };
}
