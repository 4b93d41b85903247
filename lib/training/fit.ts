/**
 * Training and judging a compiled model of TensorFlow.js: the arithmetic of `model.fit` and
 * `model.evaluate`, with the fused step where it knows the model, else with TensorFlow.js's own.
 */
import { requireCount, requireKnownOptions } from '../base/checks';
import { kernelSignal } from '../base/contract';
import type { tf } from '../tensorflow/backend';
import { insideOf } from '../tensorflow/insides';
import { type Inputs, readExamples, type Targets } from './examples';
import { FusedStep } from './fused-step';
import type { Metrics, TrainingHistory, TrainingView } from './history';
import { layersStep, measureLayers } from './layers-step';
import { runTraining } from './loop';
import { meansOf } from './measures';
import { planTraining } from './plan';
import type { Trainer } from './trainer';

/** How to train. */
export interface FitOptions {
  /** passes over the examples; 1 */
  epochs?: number;
  /** examples per update; 32 */
  batchSize?: number;
  /** decides the order of the examples, and what dropout drops; 1 */
  seed?: number;
  /** whether each epoch has another order; true */
  shuffle?: boolean;
  /** measured after each epoch, never learnt from */
  validationData?: readonly [Inputs, Targets];
  /** follows the training, for example `trainingView()`; `{}` keeps quiet */
  view?: TrainingView;
  /** stops the training; without it, the signal that the notebook's kernel gives to its cell */
  signal?: AbortSignal;
}

const known: Record<keyof FitOptions, true> = {
  epochs: true,
  batchSize: true,
  seed: true,
  shuffle: true,
  validationData: true,
  view: true,
  signal: true,
};

const viewNames = ['onStep', 'onEpoch', 'onEnd'];

/**
 * Trains a model with the arithmetic of `model.fit`. The same seed on the same backend gives the same
 * weights.
 *
 * When the signal comes, or the loss is no longer finite, or `model.stopTraining` is set, it returns
 * what it has; then `history.stopped` says why and where, and the model can be used and trained on. A
 * weight that is set, a layer that is frozen, a learning rate that is changed between two updates
 * count from the next.
 *
 * @param model - compiled; its weights and its optimizer are up to date when this returns, also after
 *   an interrupt or an error, and when the view is called
 * @param inputs - shape `[count, inputs]`, or bytes that stand for `byte / 255`
 * @param targets - as the loss takes them
 * @param options - see {@link FitOptions}
 * @returns loss, metrics and seconds of each finished epoch
 * @throws RangeError if an option is unknown or out of range, or the data do not fit; Error if the
 *   model is not compiled, has nothing to train, or is compiled again meanwhile; what the view throws
 */
export async function fitModel(
  model: tf.LayersModel,
  inputs: Inputs,
  targets: Targets,
  options: FitOptions = {},
): Promise<TrainingHistory> {
  requireOptions(options);
  const { epochs = 1, batchSize = 32, seed = 1, shuffle, validationData, view } = options;
  requireCompiled(model, 'train');
  requireCount('epochs', epochs, 'train');
  requireCount('batchSize', batchSize, 'train');
  requireCount('seed', seed, 'train', 0);
  const inside = insideOf(model);
  if (inside.isTraining) throw new Error('Cannot train: the model is being trained already');
  const weights = inside.collectedTrainableWeights;
  if (weights && !weights.some(({ trainable }) => trainable)) {
    throw new Error(
      'Cannot train: every layer is frozen; set layer.trainable = true for one, and compile the model again',
    );
  }
  const trainer = createTrainer(model, [inputs, targets], validationData, seed);
  inside.isTraining = true;
  model.stopTraining = false;
  try {
    const history = await runTraining(trainer, {
      ...{ epochs, batchSize, seed, shuffle, view },
      signal: options.signal ?? kernelSignal(),
      isStopped: () => model.stopTraining,
    });
    if (history.stopped && !view) console.warn(history.stopped.message);
    return history;
  } finally {
    inside.isTraining = false;
    finish(trainer);
  }
}

/** Frees what the trainer holds, also where the model cannot be brought up to date any more. */
function finish(trainer: Trainer): void {
  try {
    trainer.sync();
  } finally {
    trainer.dispose();
  }
}

/** Says what no compiler has said: the names that `model.fit` has, and values of another type. */
function requireOptions(options: FitOptions): void {
  requireKnownOptions(options, Object.keys(known), 'train');
  const { shuffle, validationData, view = {}, signal } = options;
  const callbacks = Object.keys(view).filter((name) => name.startsWith('on'));
  requireKnownOptions(Object.fromEntries(callbacks.map((name) => [name, true])), viewNames, 'train');
  if (shuffle !== undefined && typeof shuffle !== 'boolean') {
    throw new RangeError(`Cannot train: shuffle must be true or false, got ${shuffle}`);
  }
  if (signal !== undefined && typeof signal.aborted !== 'boolean') {
    throw new RangeError('Cannot train: signal must be an AbortSignal, such as controller.signal');
  }
  if (validationData && !(Array.isArray(validationData) && validationData.length === 2)) {
    throw new RangeError('Cannot train: validationData must be [inputs, targets], and nothing else');
  }
}

/** The fused step if it can be had, else TensorFlow.js's own; then the reason is printed, once. */
function createTrainer(
  model: tf.LayersModel,
  training: readonly [Inputs, Targets],
  validation: readonly [Inputs, Targets] | undefined,
  seed: number,
): Trainer {
  const plan = planTraining(model);
  if (Array.isArray(plan)) {
    warnOnce(`TensorFlow.js's own step trains the model, because ${plan.join(', and ')}.`);
    return layersStep(model, training, validation);
  }
  const data = {
    training: readExamples(plan, ...training, 'train'),
    validation: validation && readExamples(plan, ...validation, 'train'),
  };
  return new FusedStep(plan, data, seed);
}

/**
 * Says why the fused step cannot train a model.
 *
 * @param model - compiled
 * @returns one clause per reason; none if it can
 */
export function whyNotFused(model: tf.LayersModel): string[] {
  const plan = planTraining(model);
  return Array.isArray(plan) ? plan : [];
}

/**
 * Measures a model.
 *
 * @param model - compiled; it does not change
 * @param inputs - shape `[count, inputs]`, or bytes that stand for `byte / 255`; not those that it
 *   learnt from
 * @param targets - as the loss takes them
 * @returns means over the examples: the loss without penalties, the accuracy (NaN if the model was not
 *   compiled with it), and all metrics
 * @throws RangeError if the data do not fit; Error if the model is not compiled
 */
export async function evaluate(
  model: tf.LayersModel,
  inputs: Inputs,
  targets: Targets,
): Promise<{ loss: number; accuracy: number; metrics: Metrics }> {
  requireCompiled(model, 'evaluate');
  const plan = planTraining(model);
  if (Array.isArray(plan)) {
    const { count, sums } = await measureLayers(model, inputs, targets);
    return meansOf(insideOf(model).getDedupedMetricsNames(), sums, count);
  }
  const examples = readExamples(plan, inputs, targets, 'evaluate');
  const step = new FusedStep(plan, { training: examples }, 0);
  try {
    return meansOf(plan.labels, step.measure(examples), examples.count);
  } finally {
    step.dispose();
  }
}

const warned = new Set<string>();

function warnOnce(reason: string): void {
  if (!warned.has(reason)) console.warn(reason);
  warned.add(reason);
}

function requireCompiled(model: tf.LayersModel, action: string): void {
  if (!model.optimizer) {
    throw new Error(`Cannot ${action}: the model is not compiled; call compileModel(model) first`);
  }
  // TensorFlow.js would go on with the model as it was without that layer.
  if (!model.built) {
    throw new Error(`Cannot ${action}: a layer was added after the model was compiled; compile it again`);
  }
}
