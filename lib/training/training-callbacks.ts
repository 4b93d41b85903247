/** `model.fit`'s callbacks for a training loop of one's own. */

import { tf } from '../tensorflow/backend';
import { insideOf } from './fused-plan';
import type { FitFusedOptions, Trainer } from './trainer';

/** Parts of `tf.CustomCallback` that say whether it follows each batch. */
interface Follows {
  batchBegin?: unknown;
  batchEnd?: unknown;
}

/** How long the loop may keep the process from doing anything else, in milliseconds. */
const patience = 50;

/** The events of a training, for all callbacks in turn. */
export interface TrainingCallbacks {
  history: tf.History;
  onTrainBegin(): Promise<void>;
  onEpochBegin(epoch: number): Promise<void>;
  onBatchBegin(batch: number): Promise<void> | undefined;
  /** `undefined` when there is nothing to wait for */
  onBatchEnd(
    epoch: number,
    batch: number,
    size: number,
    means: number[],
  ): Promise<void> | undefined;
  onEpochEnd(epoch: number, logs: tf.Logs): Promise<void>;
  onTrainEnd(): Promise<void>;
}

/**
 * Prepares callbacks: `tf.Callback`s such as early stopping, or objects with functions. The model is
 * up to date whenever one is called.
 *
 * @param model - what they may look at, and stop
 * @param trainer - is asked to bring the model up to date
 * @param options - the callbacks, and what they are told about the training
 * @returns the events; without callbacks for batches those cost nothing
 */
export function trainingCallbacks(
  model: tf.LayersModel,
  trainer: Trainer,
  options: FitFusedOptions,
): TrainingCallbacks {
  const { epochs = 1, initialEpoch = 0, batchSize = 32, yieldEvery = 'auto' } = options;
  const given = [options.callbacks ?? []].flat();
  const follower = given.map((one) =>
    one instanceof tf.Callback || one instanceof tf.CustomCallback
      ? one
      : new tf.CustomCallback({ ...(one as tf.CustomCallbackArgs), onYield: undefined }, 'never'),
  ) as tf.Callback[];
  const yields = given.flatMap((one) => (one as tf.CustomCallbackArgs).onYield ?? []);
  const history = new tf.History();
  const metrics = trainer.labels.flatMap((label) =>
    trainer.validate ? [label, `val_${label}`] : [label],
  );
  for (const one of [...follower, history]) {
    const samples = trainer.count;
    const doValidation = trainer.validate !== undefined;
    one.setParams({ epochs, initialEpoch, samples, batchSize, doValidation, metrics, verbose: 0 });
    one.setModel(model);
  }
  model.history = history;
  insideOf(model).history = history;
  const begins = follower.filter((one) => follows(one, 'onBatchBegin', 'batchBegin'));
  const ends = follower.filter((one) => follows(one, 'onBatchEnd', 'batchEnd'));
  const milliseconds = typeof yieldEvery === 'number' ? yieldEvery : patience;
  let last = performance.now();

  const each = async (call: (one: tf.Callback) => Promise<void>, list = follower) => {
    if (list.length > 0) trainer.sync();
    for (const one of list) await call(one);
  };
  const pause = async (epoch: number, batch: number, logs: tf.Logs) => {
    for (const one of yields) await one(epoch, batch, logs);
    await tf.nextFrame();
    last = performance.now();
  };
  const due = () =>
    yieldEvery === 'batch' ||
    (yieldEvery !== 'never' && yieldEvery !== 'epoch' && performance.now() - last > milliseconds);

  return {
    history,
    onTrainBegin: async () => {
      await each((one) => one.onTrainBegin({}));
      await history.onTrainBegin({});
    },
    onEpochBegin: (epoch) => each((one) => one.onEpochBegin(epoch, {})),
    onBatchBegin: (batch) =>
      begins.length > 0 ? each((one) => one.onBatchBegin(batch, {}), begins) : undefined,
    onBatchEnd: (epoch, batch, size, means) => {
      const pausing = due();
      if (ends.length === 0 && !pausing) return undefined;
      const logs: tf.Logs = { batch, size };
      means.forEach((mean, index) => {
        logs[trainer.labels[index]] = mean;
      });
      const finished = each((one) => one.onBatchEnd(batch, logs), ends);
      return pausing ? finished.then(() => pause(epoch, batch, logs)) : finished;
    },
    onEpochEnd: async (epoch, logs) => {
      await each((one) => one.onEpochEnd(epoch, logs));
      await history.onEpochEnd(epoch, logs);
      if (yieldEvery === 'epoch') await pause(epoch, 0, logs);
    },
    onTrainEnd: () => each((one) => one.onTrainEnd({})),
  };
}

/** Whether a callback does anything at a batch. */
function follows(
  callback: tf.Callback,
  event: 'onBatchBegin' | 'onBatchEnd',
  own: keyof Follows,
): boolean {
  if (callback instanceof tf.CustomCallback) {
    return (callback as unknown as Follows)[own] !== undefined;
  }
  return callback[event] !== tf.Callback.prototype[event];
}
