/** Small models and data of every kind that the fused step knows. */

import { seededRandom } from '../../lib/base/random';
import { AdamWOptimizer } from '../../lib/tensorflow/adamw';
import { tf } from '../../lib/tensorflow/backend';

/** Makes each optimizer anew; the rates let 100 steps move the weights visibly. */
export const optimizers: Record<string, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.03, 0.9),
  nesterov: () => tf.train.momentum(0.03, 0.9, true),
  rmsprop: () => tf.train.rmsprop(0.003),
  'rmsprop with momentum': () => tf.train.rmsprop(0.001, 0.8, 0.7, 1e-6),
  adam: () => tf.train.adam(0.003),
  'adam with other constants': () => tf.train.adam(0.002, 0.8, 0.95, 1e-4),
  adamw: () => new AdamWOptimizer(0.003, 0.1),
};

/** A last activation with a loss that takes it. */
export interface End {
  activation: 'linear' | 'relu' | 'sigmoid' | 'tanh' | 'softmax';
  loss: string | typeof tf.losses.softmaxCrossEntropy;
  targets: 'labels' | 'one-hot' | 'numbers';
  metrics: string[];
}

export const ends: Record<string, End> = {
  'softmax, sparse cross-entropy': {
    activation: 'softmax',
    loss: 'sparseCategoricalCrossentropy',
    targets: 'labels',
    metrics: ['accuracy'],
  },
  'softmax, one-hot cross-entropy': {
    activation: 'softmax',
    loss: 'categoricalCrossentropy',
    targets: 'one-hot',
    metrics: ['accuracy', 'mse'],
  },
  'sigmoid, one-hot cross-entropy': {
    activation: 'sigmoid',
    loss: 'categoricalCrossentropy',
    targets: 'one-hot',
    metrics: ['acc'],
  },
  'sigmoid, sparse cross-entropy': {
    activation: 'sigmoid',
    loss: 'sparseCategoricalCrossentropy',
    targets: 'labels',
    metrics: ['accuracy'],
  },
  'sigmoid, binary cross-entropy': {
    activation: 'sigmoid',
    loss: 'binaryCrossentropy',
    targets: 'one-hot',
    metrics: ['accuracy'],
  },
  'linear, mean squared error': {
    activation: 'linear',
    loss: 'meanSquaredError',
    targets: 'numbers',
    metrics: ['mse'],
  },
  'relu, mean squared error': {
    activation: 'relu',
    loss: 'meanSquaredError',
    targets: 'numbers',
    metrics: [],
  },
  'sigmoid, mean squared error': {
    activation: 'sigmoid',
    loss: 'meanSquaredError',
    targets: 'one-hot',
    metrics: ['accuracy'],
  },
  'tanh, mean squared error': {
    activation: 'tanh',
    loss: 'meanSquaredError',
    targets: 'numbers',
    metrics: ['MSE'],
  },
  'softmax, mean squared error': {
    activation: 'softmax',
    loss: 'meanSquaredError',
    targets: 'one-hot',
    metrics: ['accuracy'],
  },
  'logits, softmax cross-entropy': {
    activation: 'linear',
    loss: tf.losses.softmaxCrossEntropy,
    targets: 'one-hot',
    metrics: ['accuracy'],
  },
};

export interface Shape {
  inputs: number;
  hidden: { units: number; activation: End['activation']; l2?: number; bias?: boolean }[];
  units: number;
  /** after each hidden layer */
  dropout?: { rate: number; seed?: number };
}

/** A compiled model; the same arguments give the same weights. */
export function build(shape: Shape, end: End, optimizer: () => tf.Optimizer): tf.Sequential {
  const model = tf.sequential();
  const widths = [shape.inputs];
  const weights = (seed: number) => tf.initializers.glorotUniform({ seed: seed + 11 });
  shape.hidden.forEach(({ units, activation, l2, bias = true }, index) => {
    model.add(
      tf.layers.dense({
        units,
        activation,
        inputShape: [widths[index]],
        useBias: bias,
        kernelInitializer: weights(index),
        kernelRegularizer: l2 ? tf.regularizers.l2({ l2 }) : undefined,
      }),
    );
    widths.push(units);
    if (shape.dropout) model.add(tf.layers.dropout(shape.dropout));
  });
  model.add(
    tf.layers.dense({
      units: shape.units,
      activation: end.activation,
      inputShape: [widths[widths.length - 1]],
      kernelInitializer: weights(99),
    }),
  );
  model.compile({
    optimizer: optimizer(),
    loss: end.loss as string,
    metrics: end.metrics,
  });
  return model;
}

/** Clouds around one centre per class, with what the end takes as targets. */
export function draw(
  count: number,
  { inputs, units }: Shape,
  { targets }: End,
  seed = 3,
): { x: tf.Tensor2D; y: tf.Tensor } {
  const random = seededRandom(seed);
  const labels = Array.from({ length: count }, () => random.integer(units));
  const values = labels.flatMap((label) =>
    Array.from({ length: inputs }, (_, at) => Math.cos(label * 2 + at) + random.normal()),
  );
  const x = tf.tensor2d(values, [count, inputs]);
  if (targets === 'labels') return { x, y: tf.tensor1d(labels, 'float32') };
  const rows = labels.map((label) =>
    Array.from({ length: units }, (_, unit) =>
      targets === 'one-hot' ? Number(unit === label) : Math.sin(label + unit) / 2,
    ),
  );
  return { x, y: tf.tensor2d(rows) };
}

/** Frees a model and its optimizer, also the scalar that TensorFlow.js's momentum forgets. */
export function free(model: tf.LayersModel): void {
  const { c } = model.optimizer as unknown as { c?: tf.Tensor };
  model.optimizer.dispose();
  if (c && !c.isDisposed) c.dispose();
  model.dispose();
}

/** All numbers of the weights, in order. */
export function weightsOf(model: tf.LayersModel): number[] {
  return model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));
}

/** All numbers of one layer; a model puts its frozen layers' weights last. */
export function weightsOfLayer(model: tf.Sequential, index: number): number[] {
  return model.layers[index].getWeights().flatMap((weight) => Array.from(weight.dataSync()));
}

/** All numbers of the optimizer's state, in order. */
export async function stateOf(model: tf.LayersModel): Promise<number[]> {
  const state = await model.optimizer.getWeights();
  const values = state.flatMap(({ tensor }) => Array.from(tensor.dataSync()));
  state[0].tensor.dispose();
  return values;
}

/** The largest difference. */
export function apart(a: number[], b: number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index])), 0);
}
