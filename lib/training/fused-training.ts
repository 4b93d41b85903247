/**
 * Training with the fused step: the arithmetic of `model.fit`, each operation one call of native
 * TensorFlow, or on other backends one of their kernels. What the fused step does not know trains with
 * TensorFlow.js's own step, and the reason is named.
 */
import { requireBetween, requireCount } from '../base/checks';
import { seededRandom } from '../base/random';
import type { tf } from '../tensorflow/backend';
import { readExamples, sliceExamples } from './fused-data';
import { type Examples, FusedNetwork } from './fused-network';
import { insideOf, planFused } from './fused-plan';
import { layersTrainer } from './layers-trainer';
import { kernelSignal } from './loop';
import type {
  FitFusedOptions,
  FusedInputs,
  FusedTargets,
  Trainer,
  TrainerOptions,
} from './trainer';
import { trainingCallbacks } from './training-callbacks';

export type {
  FitFusedOptions,
  FusedInputs,
  FusedTargets,
  Trainer,
  TrainerOptions,
} from './trainer';

/** `model.fit`'s history, and how it came about. */
export type FusedHistory = tf.History & {
  /** whether the fused step ran */
  fused: boolean;
  /** whether the signal ended the training */
  interrupted: boolean;
};

/**
 * Says why the fused step cannot train a model.
 *
 * @param model - compiled
 * @returns one clause per reason; none if it can
 */
export function whyNotFused(model: tf.LayersModel): string[] {
  const plan = planFused(model);
  return Array.isArray(plan) ? plan : [];
}

/**
 * A trainer for a model: the fused one if it can be had, else TensorFlow.js's own.
 *
 * @param model - compiled; moves at `sync()` or, without the fused step, at each step
 * @param inputs - shape `[count, inputs]`
 * @param targets - as the loss takes them
 * @param options - seed and validation; `onFallback` is told why the fused step cannot run
 * @returns the trainer; the caller calls `sync()` and `dispose()`
 * @throws RangeError if inputs and targets do not fit the model
 */
export function createTrainer(
  model: tf.LayersModel,
  inputs: FusedInputs,
  targets: FusedTargets,
  options: TrainerOptions & Pick<FitFusedOptions, 'onFallback'> = {},
): Trainer {
  const { seed = 1, validationData, validationSplit = 0, onFallback = console.warn } = options;
  requireBetween('validationSplit', validationSplit, 0, 1, 'train');
  const plan = planFused(model);
  if (Array.isArray(plan)) {
    onFallback(`TensorFlow.js's own step trains the model, because ${plan.join(', and ')}.`);
    return layersTrainer(model, inputs, targets, { validationData, validationSplit });
  }
  let training = readExamples(plan, inputs, targets);
  let validation = validationData && readExamples(plan, ...validationData);
  if (!validation && validationSplit > 0) {
    const at = Math.floor(training.count * (1 - validationSplit));
    validation = sliceExamples(training, at, training.count);
    training = sliceExamples(training, 0, at);
  }
  const network = new FusedNetwork(plan, seed);
  return fusedTrainer(network, plan.labels, training, validation);
}

function fusedTrainer(
  network: FusedNetwork,
  labels: string[],
  training: Examples,
  validation?: Examples,
): Trainer {
  return {
    fused: true,
    labels,
    count: training.count,
    step: (batch) => network.step(training, batch).map((sum) => sum / batch.length),
    validate: validation && (() => network.evaluate(validation)),
    sync: () => network.sync(),
    dispose: () => network.dispose(),
  };
}

/**
 * Measures a model with the fused forward pass.
 *
 * @param model - compiled; it does not change
 * @param inputs - shape `[count, inputs]`, or bytes that stand for `byte / 255`
 * @param targets - as the loss takes them
 * @returns means: the loss, then each metric; `undefined` if the fused step cannot run
 * @throws RangeError if the data do not fit
 */
export function evaluateFused(
  model: tf.LayersModel,
  inputs: FusedInputs,
  targets: FusedTargets,
): number[] | undefined {
  const plan = planFused(model);
  if (Array.isArray(plan)) return undefined;
  const examples = readExamples(plan, inputs, targets);
  const network = new FusedNetwork(plan, 0);
  try {
    return network.evaluate(examples);
  } finally {
    network.dispose();
  }
}

/**
 * Trains a model as `model.fit` does, in an order that the seed decides.
 *
 * @param model - compiled; its weights and its optimizer are up to date when this returns, also after
 *   an interrupt or an error, and when callbacks are called
 * @param inputs - shape `[count, inputs]`, or bytes that stand for `byte / 255`
 * @param targets - as the loss takes them
 * @param options - those of `model.fit`, a seed and a signal
 * @returns the history, as `model.fit` gives it
 * @throws RangeError if an option is out of range or the data do not fit; what a callback throws; the
 *   kernel's interrupt if the reader stops the cell and no signal was given
 */
export async function fitFused(
  model: tf.LayersModel,
  inputs: FusedInputs,
  targets: FusedTargets,
  options: FitFusedOptions = {},
): Promise<FusedHistory> {
  const { epochs = 1, initialEpoch = 0, batchSize = 32, seed = 1 } = options;
  requireCount('epochs', epochs, 'train');
  requireCount('batchSize', batchSize, 'train');
  requireCount('initialEpoch', initialEpoch, 'train', 0);
  requireCount('seed', seed, 'train', 0);
  const signal = options.signal ?? kernelSignal();
  const busy = insideOf(model);
  if (busy.isTraining) throw new Error('Cannot train: the model is being trained already');
  const trainer = createTrainer(model, inputs, targets, options);
  busy.isTraining = true;
  try {
    const how = { ...options, epochs, initialEpoch, batchSize, seed, signal };
    const history = await runEpochs(model, trainer, how);
    if (!options.signal) signal?.throwIfAborted();
    return history;
  } finally {
    busy.isTraining = false;
    trainer.sync();
    trainer.dispose();
  }
}

type RunOptions = FitFusedOptions &
  Required<Pick<FitFusedOptions, 'epochs' | 'initialEpoch' | 'batchSize' | 'seed'>>;

async function runEpochs(
  model: tf.LayersModel,
  trainer: Trainer,
  options: RunOptions,
): Promise<FusedHistory> {
  const { epochs, initialEpoch, batchSize, seed, shuffle = true, signal } = options;
  const { count, labels } = trainer;
  const random = seededRandom(seed);
  const callbacks = trainingCallbacks(model, trainer, options);
  let interrupted = false;
  await callbacks.onTrainBegin();
  model.stopTraining = false;
  for (let epoch = initialEpoch; epoch < epochs; epoch++) {
    await callbacks.onEpochBegin(epoch);
    const order = shuffle
      ? random.permutation(count)
      : Uint32Array.from({ length: count }, identity);
    const sums: number[] = new Array(labels.length).fill(0);
    let seen = 0;
    for (let number = 0; seen < count && !model.stopTraining; number++) {
      if (signal?.aborted) {
        interrupted = true;
        break;
      }
      const batch = order.subarray(seen, seen + batchSize);
      await callbacks.onBatchBegin(number);
      const means = await trainer.step(batch);
      means.forEach((mean, index) => {
        sums[index] += mean * batch.length;
      });
      seen += batch.length;
      const pause = callbacks.onBatchEnd(epoch, number, batch.length, means);
      if (pause) await pause;
    }
    if (interrupted) break;
    const logs: tf.Logs = {};
    if (seen === count && trainer.validate) {
      const means = await trainer.validate();
      labels.forEach((label, index) => {
        logs[`val_${label}`] = means[index];
      });
    }
    labels.forEach((label, index) => {
      logs[label] = sums[index] / seen;
    });
    await callbacks.onEpochEnd(epoch, logs);
    if (model.stopTraining) break;
  }
  await callbacks.onTrainEnd();
  return Object.assign(callbacks.history, { fused: trainer.fused, interrupted });
}

function identity(_: unknown, index: number): number {
  return index;
}
