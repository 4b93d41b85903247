/** The loop of training: epochs, shuffled batches, one update each, until done or told to stop. */
import { requireCount } from '../base/checks';
import { type Random, seededRandom } from '../base/random';
import {
  diverged,
  type EpochResult,
  interrupted,
  stoppedByModel,
  type TrainingHistory,
  type TrainingProgress,
  type TrainingView,
} from './history';
import { Measures, meansOf } from './measures';
import { pauses, startClock } from './timing';
import type { Trainer } from './trainer';

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

/**
 * Runs the updates of a training. Each epoch draws a new order of the examples,
 * `seededRandom(seed, 'order').permutation(count)`, one draw after the other, and cuts it into batches; the
 * last one is smaller when `batchSize` does not divide `count`.
 *
 * It ends early on a signal, where `isStopped` says so, or because the loss is no longer a finite
 * number; what was learnt until then stays in the model, and the history says why and after which step.
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
  const random = seededRandom(seed, 'order');
  const history: TrainingHistory = { epochs: [], steps: 0, seconds: 0, fused: trainer.fused };
  const clock = startClock();
  const pause = pauses();

  async function runEpoch(epoch: number): Promise<void> {
    const order = orderOf(trainer, shuffle ? random : undefined);
    const steps = Math.ceil(order.length / batchSize);
    const measures = new Measures(trainer.labels);
    const epochClock = startClock();
    const progress = (step: number): TrainingProgress => ({
      ...measures.progress(),
      ...{ epoch, epochs, step, steps, examplesPerEpoch: order.length },
      examples: (epoch - 1) * order.length + measures.count,
      seconds: clock(),
    });
    for (let step = 1; step <= steps && !history.stopped; step++) {
      const waiting = pause();
      if (waiting) await waiting;
      if (signal?.aborted) {
        history.stopped = interrupted(epoch, step - 1, epochs);
        return;
      }
      const batch = order.subarray((step - 1) * batchSize, step * batchSize);
      const measured = await trainer.step(batch);
      history.steps++;
      measures.add(measured, batch.length);
      if (view?.onStep) {
        if (!view.figuresOnly) trainer.sync();
        const following = view.onStep(progress(step));
        if (isPromise(following)) await following;
      }
      if (!Number.isFinite(measured[0])) history.stopped = diverged(epoch, step, measured[0]);
      else if (isStopped?.()) history.stopped = stoppedByModel(epoch, step);
    }
    if (measures.count < order.length || history.stopped?.why === 'diverged') return;
    trainer.sync();
    const result = { ...measures.means(), seconds: epochClock(), ...(await validated(trainer)) };
    history.epochs.push(result);
    await view?.onEpoch?.(result, progress(steps));
    if (isStopped?.() && epoch < epochs) history.stopped ??= stoppedByModel(epoch, steps);
  }

  try {
    for (let epoch = 1; epoch <= epochs && !history.stopped; epoch++) await runEpoch(epoch);
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

async function validated({ labels, validation }: Trainer): Promise<Partial<EpochResult>> {
  if (!validation) return {};
  const { loss, accuracy, metrics } = meansOf(labels, await validation.measure(), validation.count);
  return { validationLoss: loss, validationAccuracy: accuracy, validationMetrics: metrics };
}
