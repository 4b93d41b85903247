/**
 * The Keras program of the course, function by function: create, compile, train, evaluate.
 *
 * @example
 * const { train, validation } = await loadMnist();
 * const model = createModel();
 * compileModel(model);
 * await trainModel(model, train);
 * const { loss, accuracy } = await evaluateModel(model, validation);
 */
import {
  requireBetween,
  requireCount,
  requireKnownOptions,
  requireNonNegative,
  requireOneOf,
  requirePositive,
} from '../base/checks';
import { mixedSeed } from '../base/random';
import type { DigitSet } from '../data/digit-set';
import { argMax } from '../network/metrics';
import { AdamWOptimizer } from '../tensorflow/adamw';
import { tf } from '../tensorflow/backend';
import { ownOptimizer } from '../tensorflow/insides';
import { type ActivationName, activationNames } from '../tensorflow/operations';
import { chunk, imagesToTensor } from '../tensorflow/tensors';
import { evaluate, type FitOptions, fitModel } from '../training/fit';
import type { TrainingHistory } from '../training/history';

/** The rules that turn a gradient into a step, by name. */
export const optimizers = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'adamw'] as const;

/** One of {@link optimizers}. */
export type OptimizerName = (typeof optimizers)[number];

/** What a network is; all have the course's values by default. */
export interface ModelOptions {
  /** neurons of the hidden layer, >= 1; 128 */
  hiddenUnits?: number;
  /** what the ten outputs go through: softmax for probabilities, linear for logits; softmax */
  output?: ActivationName;
  /** `λ` of the penalty `λ Σ W²` on both layers' weights, >= 0; 0 */
  l2?: number;
  /** share of the hidden units that is dropped in each update, 0 … 0.99; 0 */
  dropout?: number;
  /** draws the first weights; 1 */
  seed?: number;
}

/**
 * The network of the course: `p = softmax(W₂ relu(W₁ x + b₁) + b₂)`, with
 * `hiddenUnits · (784 + 1) + 10 · (hiddenUnits + 1)` parameters.
 *
 * @param options - see {@link ModelOptions}
 * @returns 784 inputs → Dense(hiddenUnits, relu) → Dense(10, output), not compiled
 * @throws RangeError if an option is unknown or out of range
 * @see Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
 *   networks" (2010), for the first weights
 * @see Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting"
 *   (2014), https://jmlr.org/papers/v15/srivastava14a.html
 */
export function createModel(options: ModelOptions = {}): tf.Sequential {
  const { hiddenUnits = 128, output = 'softmax', l2 = 0, dropout = 0, seed = 1, ...rest } = options;
  const action = 'create the model';
  requireKnownOptions(rest, ['hiddenUnits', 'output', 'l2', 'dropout', 'seed'], action);
  requireCount('hiddenUnits', hiddenUnits, action);
  requireOneOf('output', output, activationNames, action);
  requireNonNegative('l2', l2, action);
  requireBetween('dropout', dropout, 0, 0.99, action);
  requireCount('seed', seed, action, 0);
  const weights = (layer: string) => ({
    kernelInitializer: tf.initializers.glorotUniform({ seed: mixedSeed(seed, `weights of ${layer}`) }),
    ...(l2 > 0 ? { kernelRegularizer: tf.regularizers.l2({ l2 }) } : {}),
  });
  const hidden = { name: 'hidden', inputShape: [784], units: hiddenUnits, ...weights('hidden') };
  return tf.sequential({
    name: 'mnist',
    layers: [
      tf.layers.dense({ ...hidden, activation: 'relu' }),
      ...(dropout > 0 ? [tf.layers.dropout({ name: 'dropout', rate: dropout })] : []),
      tf.layers.dense({ name: 'output', units: 10, activation: output, ...weights('output') }),
    ],
  });
}

/** How a model learns; all have the course's values by default. */
export interface CompileOptions {
  /** one of {@link optimizers}; adam */
  optimizer?: OptimizerName;
  /** > 0; 0.001 */
  learningRate?: number;
  /** adamw alone: share of each parameter that is lost per step and unit of learning rate; 0.004 */
  weightDecay?: number;
}

/**
 * Chooses how the model learns: the loss, the optimizer, and the metric to report.
 *
 * @param model - gets the loss sparse categorical cross-entropy, `−ln p_label`, and the accuracy
 * @param options - see {@link CompileOptions}
 * @throws RangeError if an option is unknown or out of range
 */
export function compileModel(model: tf.LayersModel, options: CompileOptions = {}): void {
  const { optimizer = 'adam', learningRate = 0.001, weightDecay, ...rest } = options;
  const action = 'compile the model';
  requireKnownOptions(rest, ['optimizer', 'learningRate', 'weightDecay'], action);
  requireOneOf('optimizer', optimizer, optimizers, action);
  requirePositive('learningRate', learningRate, action);
  if (weightDecay !== undefined && optimizer !== 'adamw') {
    throw new RangeError(`Cannot ${action}: weightDecay needs the optimizer adamw, got ${optimizer}`);
  }
  const rules: Record<OptimizerName, () => tf.Optimizer> = {
    sgd: () => tf.train.sgd(learningRate),
    momentum: () => tf.train.momentum(learningRate, 0.9),
    nesterov: () => tf.train.momentum(learningRate, 0.9, true),
    rmsprop: () => tf.train.rmsprop(learningRate),
    adam: () => tf.train.adam(learningRate),
    adamw: () => new AdamWOptimizer(learningRate, weightDecay),
  };
  // Made before the old one goes: a model whose options were refused is as it was.
  const rule = rules[optimizer]();
  model.optimizer?.dispose();
  model.compile({
    optimizer: rule,
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  ownOptimizer(model);
}

/** How to train on digits; epochs are 10 by default. */
export interface TrainOptions extends Omit<FitOptions, 'validationData'> {
  /** digits to measure the model on after each epoch; it does not learn from them */
  validation?: DigitSet;
}

const trainOptions = ['epochs', 'batchSize', 'seed', 'shuffle', 'validation', 'view', 'signal'];

/**
 * Trains the model on digits: `epochs` times over all of them, in batches, in an order that `seed`
 * decides; see {@link fitModel}.
 *
 * @param model - compiled; its weights move
 * @param digits - what to learn from; never changed
 * @param options - how
 * @returns loss, accuracy and seconds of each finished epoch, and why it ended early if it did
 * @throws RangeError if an option is unknown or out of range; Error if the model is not compiled
 */
export async function trainModel(
  model: tf.LayersModel,
  digits: DigitSet,
  options: TrainOptions = {},
): Promise<TrainingHistory> {
  const { validation, epochs = 10, ...how } = options;
  requireKnownOptions(how, trainOptions, 'train');
  const validationData = validation && ([validation.images, validation.labels] as const);
  return fitModel(model, digits.images, digits.labels, { ...how, epochs, validationData });
}

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
  const { loss, accuracy } = await evaluate(model, digits.images, digits.labels);
  return { loss, accuracy };
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
  const output = tf.tidy(() => model.predict(imagesToTensor(digits), { batchSize: chunk }) as tf.Tensor2D);
  const probabilities = await output.array();
  output.dispose();
  return { digits: probabilities.map(argMax), probabilities };
}
