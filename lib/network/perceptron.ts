import { add, dotMultiply, map, multiply, ones, subtract, transpose } from 'mathjs';
import { requireCount, requireOneOf, requireSameLength } from '../base/checks';
import { seededRandom } from '../base/random';
import {
  type DenseMatrix,
  dense,
  type Matrix,
  requireRectangle,
  type Vector,
} from '../maths/vectors';
import { type Activation, type ActivationName, activation, sigmoid, softmax } from './activations';
import { binaryCrossEntropyFromLogits, logSumExp } from './losses';

/**
 * How the last layer answers, and with it the loss that fits:
 * - `identity`: any numbers, `½ Σ (a − y)²`;
 * - `sigmoid`: independent probabilities, binary cross-entropy, summed over the outputs;
 * - `softmax`: probabilities that add up to 1, cross-entropy.
 *
 * With each of these pairs the gradient of the loss of one example by `z^L` is `a^L − y`.
 */
export const OUTPUT_NAMES = ['identity', 'sigmoid', 'softmax'] as const;
export type OutputName = (typeof OUTPUT_NAMES)[number];

/** The parameters between two layers of units. */
export interface Layer {
  /** `W^l`, shape `[units, inputs]` */
  readonly weights: DenseMatrix;
  /** `b^l`, shape `[units, 1]` */
  readonly bias: DenseMatrix;
}

/** A multilayer perceptron: `a^l = φ(W^l a^{l−1} + b^l)`, layer after layer. Never modified. */
export interface Perceptron {
  readonly layers: readonly Layer[];
  /** `φ` of every layer but the last */
  readonly activation: Activation;
  /** what the last layer does instead */
  readonly output: OutputName;
}

/** All that the forward pass computes; every column is one of `n` examples. */
export interface ForwardPass {
  /** `z^1 … z^L`, at index `l − 1`, each shape `[units, n]` */
  readonly preactivations: readonly DenseMatrix[];
  /** `a^0 … a^L`, at index `l`, each shape `[units, n]`; `a^0` are the inputs */
  readonly activations: readonly DenseMatrix[];
}

/** What the backward pass finds, of each layer. */
export interface LayerGradient extends Layer {
  /** `δ^l = ∂J/∂z^l`, shape `[units, n]` */
  readonly delta: DenseMatrix;
}

/**
 * A network with random weights and zero biases. The weights are normal, with variance
 * `2 / (inputs + units)`, or `2 / inputs` before one of the relu family.
 *
 * @param options.units - how many numbers each layer has, from the inputs to the outputs
 * @param options.activation - `φ` of the hidden layers; tanh if not given
 * @param options.output - what the last layer does; sigmoid if not given
 * @param options.seed - the same seed gives the same weights
 * @throws RangeError if an option is out of range
 * @see Glorot and Bengio (2010), https://proceedings.mlr.press/v9/glorot10a.html;
 *   He et al. (2015), https://arxiv.org/abs/1502.01852
 * @example
 * createPerceptron({ units: [2, 16, 16, 1], seed: 1 }); // 2 inputs, 1 output
 */
export function createPerceptron(options: {
  units: readonly number[];
  activation?: ActivationName;
  output?: OutputName;
  seed: number;
}): Perceptron {
  const { units, output = 'sigmoid', seed } = options;
  const action = 'create a network';
  const hidden = activation(options.activation ?? 'tanh');
  requireOneOf('output', output, OUTPUT_NAMES, action);
  requireCount('the number of layers in units', units.length, action, 2);
  units.forEach((count, index) => {
    requireCount(`units[${index}]`, count, action);
  });
  const random = seededRandom(seed);
  const layers = units.slice(1).map((outputs, index) => {
    const inputs = units[index];
    const isRelu = ['relu', 'leakyRelu', 'gelu'].includes(hidden.name);
    const deviation = Math.sqrt(2 / (isRelu ? inputs : inputs + outputs));
    const draw = () => deviation * random.normal();
    return layer(
      Array.from({ length: outputs }, () => Array.from({ length: inputs }, draw)),
      new Array<number>(outputs).fill(0),
    );
  });
  return { layers, activation: hidden, output };
}

/** A layer from plain numbers: `weights`, shape `[units, inputs]`, and `bias`, shape `[units]`. */
export function layer(weights: Matrix, bias: Vector): Layer {
  requireSameLength('weights', weights, 'bias', bias, 'make a layer');
  return { weights: dense(weights), bias: dense(bias.map((value) => [value])) };
}

/**
 * The forward pass: `z^l = W^l a^{l−1} + b^l`, `a^l = φ(z^l)`.
 *
 * @param network - the parameters
 * @param inputs - one example per row, shape `[n, inputs]`
 * @returns every intermediate result, which the backward pass needs
 * @throws RangeError if `inputs` have another width than the network
 */
export function forward(network: Perceptron, inputs: Matrix): ForwardPass {
  requireWidth('inputs', inputs, network.layers[0].weights.size()[1]);
  const preactivations: DenseMatrix[] = [];
  const activations: DenseMatrix[] = [transpose(dense(inputs))];
  // b · 1ᵀ writes b once per example; mathjs could repeat it by itself, but far more slowly.
  const everyExample = dense(ones(1, inputs.length).valueOf() as Matrix);
  network.layers.forEach(({ weights, bias }, index) => {
    const weighted = multiply(weights, activations[index]);
    const z = add(weighted, multiply(bias, everyExample)) as DenseMatrix;
    const isLast = index === network.layers.length - 1;
    preactivations.push(z);
    activations.push(isLast ? respond(network.output, z) : map(z, network.activation.apply));
  });
  return { preactivations, activations };
}

function respond(output: OutputName, z: DenseMatrix): DenseMatrix {
  if (output === 'identity') return z;
  if (output === 'sigmoid') return map(z, sigmoid);
  return transpose(dense(rowsOf(z).map(softmax)));
}

/** The columns of a matrix as rows of plain numbers. */
function rowsOf(columns: DenseMatrix): Matrix {
  return transpose(columns).toArray() as Matrix;
}

/**
 * The loss, averaged over the examples; computed from `z^L`, so that no logarithm meets a zero.
 *
 * @param network - decides which loss: see {@link OUTPUT_NAMES}
 * @param pass - what {@link forward} returned for the inputs
 * @param targets - `y`, one example per row, shape `[n, outputs]`
 * @returns the mean loss, >= 0
 * @throws RangeError if the shape of `targets` does not fit
 */
export function loss(network: Perceptron, pass: ForwardPass, targets: Matrix): number {
  const logits = rowsOf(pass.preactivations[pass.preactivations.length - 1]);
  requireSameLength('inputs', logits, 'targets', targets, 'compute the loss');
  requireWidth('targets', targets, logits[0].length);
  const ofExample = (z: Vector, y: Vector): number => {
    if (network.output === 'identity') return sum(z.map((value, i) => (value - y[i]) ** 2 / 2));
    if (network.output === 'sigmoid') return z.length * binaryCrossEntropyFromLogits(z, y);
    return logSumExp(z) * sum(y) - sum(z.map((value, i) => value * y[i]));
  };
  return sum(logits.map((z, example) => ofExample(z, targets[example]))) / logits.length;
}

/**
 * Backpropagation by hand:
 * `δ^L = (a^L − y) / n`, `δ^l = (W^{l+1})ᵀ δ^{l+1} ⊙ φ'(z^l)`,
 * `∂J/∂W^l = δ^l (a^{l−1})ᵀ`, `∂J/∂b^l = δ^l 1`.
 *
 * @param network - the parameters
 * @param pass - what {@link forward} returned for the inputs
 * @param targets - `y`, one example per row, shape `[n, outputs]`; rows add up to 1 for softmax
 * @returns the gradients of the mean loss, from the first layer to the last
 * @throws RangeError if the shape of `targets` does not fit
 * @see Nielsen, *Neural Networks and Deep Learning* (2015), chapter 2,
 *   http://neuralnetworksanddeeplearning.com/chap2.html
 */
export function backward(
  network: Perceptron,
  { preactivations, activations }: ForwardPass,
  targets: Matrix,
): LayerGradient[] {
  const last = network.layers.length - 1;
  const outputs = activations[last + 1];
  const examples = outputs.size()[1];
  requireSameLength('inputs', { length: examples }, 'targets', targets, 'go backward');
  requireWidth('targets', targets, outputs.size()[0]);
  const everyExample = dense(ones(examples, 1).valueOf() as Matrix);
  const gradients: LayerGradient[] = [];
  let delta = multiply(1 / examples, subtract(outputs, transpose(dense(targets)))) as DenseMatrix;
  for (let index = last; index >= 0; index--) {
    gradients[index] = {
      delta,
      weights: multiply(delta, transpose(activations[index])) as DenseMatrix,
      bias: multiply(delta, everyExample) as DenseMatrix,
    };
    if (index > 0) {
      const arriving = multiply(transpose(network.layers[index].weights), delta);
      const slopes = map(preactivations[index - 1], network.activation.derivative);
      delta = dotMultiply(arriving, slopes) as DenseMatrix;
    }
  }
  return gradients;
}

/**
 * One step of gradient descent, `W^l ← W^l − learningRate · ∂J/∂W^l`, and the same for `b^l`.
 *
 * @param network - the parameters; never modified
 * @param gradients - the gradients of its layers, from the first to the last
 * @param learningRate - `α`
 * @returns the network after the step
 */
export function update(
  network: Perceptron,
  gradients: readonly Layer[],
  learningRate: number,
): Perceptron {
  requireSameLength('layers', network.layers, 'gradients', gradients, 'update a network');
  const step = (parameters: DenseMatrix, gradient: DenseMatrix) =>
    subtract(parameters, multiply(learningRate, gradient) as DenseMatrix);
  const layers = network.layers.map(({ weights, bias }, index) => ({
    weights: step(weights, gradients[index].weights),
    bias: step(bias, gradients[index].bias),
  }));
  return { ...network, layers };
}

/**
 * The network's answers, `a^L`.
 *
 * @param network - the parameters
 * @param inputs - one example per row, shape `[n, inputs]`
 * @returns one answer per row, shape `[n, outputs]`
 */
export function predict(network: Perceptron, inputs: Matrix): Matrix {
  const { activations } = forward(network, inputs);
  return rowsOf(activations[activations.length - 1]);
}

function requireWidth(name: string, rows: Matrix, width: number): void {
  requireRectangle(name, rows, 'use the network');
  if (rows[0].length !== width) {
    throw new RangeError(
      `Cannot use the network: each row of ${name} must have ${width} numbers, got ${rows[0].length}`,
    );
  }
}

function sum(values: Vector): number {
  return values.reduce((total, value) => total + value, 0);
}
