/**
 * The Keras program of the course, function by function: create, compile, train, evaluate.
 *
 * @example
 * const { train, test } = await loadMnist();
 * const model = createModel();
 * compileModel(model);
 * await trainModel(model, train);
 * const { loss, accuracy } = await evaluateModel(model, test);
 */
import { requireCount, requireOneOf, requirePositive } from '../base/checks';
import type { DigitSet } from '../data/digits';
import { loadMnist } from '../data/mnist';
import { argMax } from '../network/metrics';
import { type Backend, type BackendChoice, startTensorflow, tf } from '../tensorflow/backend';
import { imagesToTensor, labelsToTensor } from '../tensorflow/tensors';
import { createTrainer, evaluateFused } from '../training/fused-training';
import {
  kernelSignal,
  runTraining,
  type TrainingHistory,
  type TrainingStep,
  type TrainingView,
} from '../training/loop';
import type { Trainer } from '../training/trainer';
import { ownOptimizer, requireWritable, saveModel } from './files';

/** The rules that turn a gradient into a step, by name. */
export const optimizers = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam'] as const;

/** One of {@link optimizers}. */
export type OptimizerName = (typeof optimizers)[number];

/**
 * The network of the course: `p = softmax(W₂ relu(W₁ x + b₁) + b₂)`, with
 * `hiddenUnits · (784 + 1) + 10 · (hiddenUnits + 1)` parameters.
 *
 * @param options - `hiddenUnits`: neurons of the hidden layer, >= 1; `seed`: draws the first weights
 * @returns 784 inputs → Dense(hiddenUnits, relu) → Dense(10, softmax), not compiled
 * @throws RangeError if an option is out of range
 * @see Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
 *   networks" (2010), for the first weights
 */
export function createModel({ hiddenUnits = 128, seed = 1 } = {}): tf.Sequential {
  requireCount('hiddenUnits', hiddenUnits, 'create the model');
  requireCount('seed', seed, 'create the model', 0);
  const weights = (layer: number) => tf.initializers.glorotUniform({ seed: 2 * seed + layer });
  return tf.sequential({
    name: 'mnist',
    layers: [
      tf.layers.dense({
        name: 'hidden',
        inputShape: [784],
        units: hiddenUnits,
        activation: 'relu',
        kernelInitializer: weights(0),
      }),
      tf.layers.dense({
        name: 'output',
        units: 10,
        activation: 'softmax',
        kernelInitializer: weights(1),
      }),
    ],
  });
}

/**
 * Chooses how the model learns: the loss, the optimizer, and the metric to report.
 *
 * @param model - gets the loss sparse categorical cross-entropy, `−ln p_label`, and the accuracy
 * @param options - `optimizer`: one of {@link optimizers}; `learningRate` > 0
 * @throws RangeError if an option is out of range
 */
export function compileModel(
  model: tf.LayersModel,
  options: { optimizer?: OptimizerName; learningRate?: number } = {},
): void {
  const { optimizer = 'adam', learningRate = 0.001 } = options;
  requireOneOf('optimizer', optimizer, optimizers, 'compile the model');
  requirePositive('learningRate', learningRate, 'compile the model');
  const rules: Record<OptimizerName, () => tf.Optimizer> = {
    sgd: () => tf.train.sgd(learningRate),
    momentum: () => tf.train.momentum(learningRate, 0.9),
    nesterov: () => tf.train.momentum(learningRate, 0.9, true),
    rmsprop: () => tf.train.rmsprop(learningRate),
    adam: () => tf.train.adam(learningRate),
  };
  model.optimizer?.dispose();
  model.compile({
    optimizer: rules[optimizer](),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  ownOptimizer(model);
}

/** How to train; all have the course's values by default. */
export interface TrainOptions {
  /** passes over the training digits; 10 */
  epochs?: number;
  /** digits per update; 32 */
  batchSize?: number;
  /** decides the order of the digits; 1 */
  seed?: number;
  /** digits to measure the model on after each epoch; it does not learn from them */
  validation?: DigitSet;
  /** follows the training, for example `trainingView()` */
  view?: TrainingView;
  /** stops the training; without it, the signal that the notebook's kernel gives to its cell */
  signal?: AbortSignal;
}

/**
 * Trains the model on digits: `epochs` times over all of them, in batches, in an order that `seed`
 * decides. The same seed on the same backend gives the same weights. The fused step makes the updates,
 * with the arithmetic of `model.fit`; where it does not know the model, TensorFlow.js's own step does,
 * and the reason is printed once. `history.fused` says which.
 *
 * When the signal comes, or the loss is no longer finite, it returns what it has; then
 * `history.stopped` says why and where, and the model can be used and trained on.
 *
 * @param model - compiled; its weights move
 * @param digits - what to learn from; never changed
 * @param options - how
 * @returns loss, accuracy and seconds of each finished epoch
 * @throws RangeError if an option is out of range; Error if the model is not compiled
 */
export async function trainModel(
  model: tf.Sequential,
  digits: DigitSet,
  options: TrainOptions = {},
): Promise<TrainingHistory> {
  const { epochs = 10, batchSize = 32, seed = 1, validation, view } = options;
  requireCompiled(model, 'train');
  const signal = options.signal ?? kernelSignal();
  for (const [name, value] of Object.entries({ epochs, batchSize })) {
    requireCount(name, value, 'train');
  }
  const validationData = validation && bytesOf(validation);
  const trainer = createTrainer(model, ...bytesOf(digits), {
    seed,
    validationData,
    onFallback: warnOnce,
  });
  const { validate } = trainer;
  const how = { epochs, batchSize, seed, view, signal };
  try {
    const history = await runTraining(stepOf(trainer, batchSize), digits.count, {
      ...how,
      validate: validation && validate && (async () => resultOf(await validate(), validation)),
    });
    if (history.stopped && !view) console.warn(history.stopped.message);
    return { ...history, fused: trainer.fused };
  } finally {
    trainer.sync();
    trainer.dispose();
  }
}

function bytesOf({ images, labels }: DigitSet): [Uint8Array, Uint8Array] {
  return [images, labels];
}

/** One update; the model itself is brought up to date after the last one of each epoch. */
function stepOf(trainer: Trainer, batchSize: number): TrainingStep {
  const steps = Math.ceil(trainer.count / batchSize);
  let made = 0;
  return async (examples) => {
    const [loss, accuracy] = await trainer.step(examples);
    if (++made % steps === 0) trainer.sync();
    return { loss, accuracy };
  };
}

const warned = new Set<string>();

function warnOnce(reason: string): void {
  if (!warned.has(reason)) console.warn(reason);
  warned.add(reason);
}

function requireCompiled(model: tf.LayersModel, action: string): void {
  if (model.optimizer) return;
  throw new Error(`Cannot ${action}: the model is not compiled; call compileModel(model) first`);
}

/** Digits at a time, where nothing is learnt: few enough to fit, many enough to be fast. */
const chunk = 2000;

/**
 * Measures the model on digits.
 *
 * @param model - compiled; it does not change
 * @param digits - not those that it learnt from
 * @returns the mean loss, and the share of right answers from 0 to 1
 * @throws Error if the model is not compiled
 */
export async function evaluateModel(
  model: tf.LayersModel,
  digits: DigitSet,
): Promise<{ loss: number; accuracy: number }> {
  requireCompiled(model, 'evaluate');
  const means = evaluateFused(model, ...bytesOf(digits));
  if (means) return resultOf(means, digits);
  const [images, labels] = [imagesToTensor(digits), labelsToTensor(digits)];
  const results = model.evaluate(images, labels, { batchSize: chunk }) as tf.Scalar[];
  const values = await Promise.all(results.map(async (one) => (await one.data())[0]));
  tf.dispose([images, labels, ...results]);
  return resultOf(values, digits);
}

/** The mean accuracy comes rounded: the share behind it is a whole number of digits. */
function resultOf([loss, accuracy]: number[], { count }: DigitSet) {
  return { loss, accuracy: Math.round(accuracy * count) / count };
}

/** What a model says about digits. */
export interface Predictions {
  /** the digit it chooses for each, shape `[count]` */
  digits: number[];
  /** how probable it holds each of the ten, shape `[count, 10]` */
  probabilities: number[][];
}

/**
 * Asks the model about digits.
 *
 * @param model - it does not change
 * @param digits - the labels are not looked at
 * @returns the probabilities, and the most probable digit of each
 */
export async function predict(model: tf.LayersModel, digits: DigitSet): Promise<Predictions> {
  const images = imagesToTensor(digits);
  const output = model.predict(images, { batchSize: chunk }) as tf.Tensor2D;
  const probabilities = await output.array();
  tf.dispose([images, output]);
  return { digits: probabilities.map(argMax), probabilities };
}

/** The program's settings; all have the course's values by default. */
export interface ProgramOptions extends Omit<TrainOptions, 'validation'> {
  /** what runs the tensors; the fastest that this machine has */
  backend?: BackendChoice;
  hiddenUnits?: number;
  optimizer?: OptimizerName;
  learningRate?: number;
  /** only so many training digits, the first ones */
  limit?: number;
  /** a folder to save the trained model in; without it, the model is not kept */
  save?: string;
  /** where the lines go; the console */
  print?: (line: string) => void;
}

/** What the program comes to. */
export interface ProgramResult {
  /** mean over the test digits, in nats */
  loss: number;
  /** share of the test digits that are read rightly, 0 … 1 */
  accuracy: number;
  parameters: number;
  history: TrainingHistory;
  backend: Backend;
  dataset: 'full' | 'sample';
}

/**
 * The program: loads MNIST, creates, compiles, trains and evaluates the model, and prints
 * `Loss: …, Accuracy: …`. A training that is interrupted is evaluated and saved all the same, one
 * that diverged is not saved.
 *
 * @param options - its settings
 * @returns the figures
 * @throws RangeError if an option is out of range; Error if the data, the backend or the folder
 *   cannot be had; all but a full disk before the training begins
 */
export async function main(options: ProgramOptions = {}): Promise<ProgramResult> {
  const {
    optimizer,
    learningRate,
    hiddenUnits,
    limit,
    save,
    print = console.log,
    ...how
  } = options;
  const { seed } = how;
  const { backend, reason } = await startTensorflow(options.backend);
  const model = createModel({ hiddenUnits, seed });
  compileModel(model, { optimizer, learningRate });
  if (save) requireWritable(save);
  const { train, test, source, description } = await loadMnist({ limit, seed });
  const limited = limit ? ` Of the former only the first ${train.count}.` : '';
  print(`${description}${limited} ${reason}`);

  const history = await trainModel(model, train, how);
  const { loss, accuracy } = await evaluateModel(model, test);
  const keep = save && history.stopped?.why !== 'diverged';
  if (keep) await saveModel(model, save);
  if (keep) print(`The model is saved in ${save}.`);
  print(`Loss: ${loss.toFixed(4)}, Accuracy: ${accuracy.toFixed(4)}`);
  const parameters = model.countParams();
  model.dispose();
  return { loss, accuracy, parameters, history, backend, dataset: source };
}
