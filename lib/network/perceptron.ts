/**
 * A multilayer perceptron and its backpropagation, in the notation of the formulas: `W` are weights,
 * `b` biases, `z` what goes into an activation `φ` and `a` what comes out. Every column is one of
 * `n` examples, `1` stands for ones, and `⊙` multiplies entry by entry.
 */
import { requireSameLength } from '../base/checks';
import {
  add,
  type DenseMatrix,
  dense,
  dotMultiply,
  map,
  multiply,
  ones,
  scale,
  subtract,
  toRows,
  transpose,
} from '../maths/matrices';
import { type Matrix, requireRectangle, sum } from '../maths/vectors';
import type { Activation } from './activations';
import { type OutputName, outputs } from './outputs';

/** The parameters between two layers of units. */
export interface Layer {
  /** `W^l`, shape `[units, inputs]` */
  readonly weights: DenseMatrix;
  /** `b^l`, shape `[units, 1]` */
  readonly bias: DenseMatrix;
}

/** A network: `a^l = φ(W^l a^{l−1} + b^l)`, layer after layer. Never modified. */
export interface Perceptron {
  readonly layers: readonly Layer[];
  /** `φ` of every layer but the last */
  readonly activation: Activation;
  /** what the last layer does instead */
  readonly output: OutputName;
}

/** All that the forward pass computes. */
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
 * The forward pass: `z^l = W^l a^{l−1} + b^l 1ᵀ`, `a^l = φ(z^l)`.
 *
 * @param network - the parameters
 * @param inputs - one example per row, shape `[n, inputs]`
 * @returns every intermediate result, which the backward pass needs
 * @throws RangeError if `inputs` have another width than the network
 */
export function forward(network: Perceptron, inputs: Matrix): ForwardPass {
  requireWidth('inputs', inputs, network.layers[0].weights.size()[1]);
  const last = network.layers.length - 1;
  const everyExample = ones(1, inputs.length);
  const preactivations: DenseMatrix[] = [];
  const activations = [transpose(dense(inputs))];
  network.layers.forEach(({ weights, bias }, index) => {
    const z = add(multiply(weights, activations[index]), multiply(bias, everyExample));
    preactivations.push(z);
    activations.push(index < last ? map(z, network.activation.apply) : outputs[network.output].respond(z));
  });
  return { preactivations, activations };
}

/**
 * The loss `J`, averaged over the examples.
 *
 * @param network - decides by its output which loss
 * @param pass - what {@link forward} returned for the inputs
 * @param targets - `y`, one example per row, shape `[n, outputs]`
 * @returns the mean loss, >= 0
 * @throws RangeError if the shape of `targets` does not fit
 */
export function loss(network: Perceptron, pass: ForwardPass, targets: Matrix): number {
  const logits = toRows(transpose(pass.preactivations[pass.preactivations.length - 1]));
  requireSameLength('inputs', logits, 'targets', targets, 'compute the loss');
  requireWidth('targets', targets, logits[0].length);
  const { cost } = outputs[network.output];
  return sum(logits.map((z, example) => cost(z, targets[example]))) / logits.length;
}

/**
 * Backpropagation: `δ^L = (a^L − y) / n`, `δ^l = (W^{l+1})ᵀ δ^{l+1} ⊙ φ'(z^l)`, and from them
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
  const answers = activations[last + 1];
  const [units, n] = answers.size();
  requireSameLength('inputs', { length: n }, 'targets', targets, 'go backward');
  requireWidth('targets', targets, units);
  const everyExample = ones(n, 1);
  const gradients: LayerGradient[] = [];
  let delta = scale(1 / n, subtract(answers, transpose(dense(targets))));
  for (let index = last; index >= 0; index--) {
    gradients[index] = {
      delta,
      weights: multiply(delta, transpose(activations[index])),
      bias: multiply(delta, everyExample),
    };
    if (index > 0) {
      const arriving = multiply(transpose(network.layers[index].weights), delta);
      const slopes = map(preactivations[index - 1], network.activation.derivative);
      delta = dotMultiply(arriving, slopes);
    }
  }
  return gradients;
}

/**
 * One step of gradient descent: `W^l ← W^l − α ∂J/∂W^l`, `b^l ← b^l − α ∂J/∂b^l`.
 *
 * @param network - the parameters; never modified
 * @param gradients - the gradients of its layers, from the first to the last
 * @param learningRate - `α`
 * @returns the network after the step
 * @throws RangeError if there are more or fewer gradients than layers
 */
export function update(network: Perceptron, gradients: readonly Layer[], learningRate: number): Perceptron {
  requireSameLength('layers', network.layers, 'gradients', gradients, 'update a network');
  const step = (theta: DenseMatrix, gradient: DenseMatrix) => subtract(theta, scale(learningRate, gradient));
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
  return toRows(transpose(activations[activations.length - 1]));
}

function requireWidth(name: string, rows: Matrix, width: number): void {
  requireRectangle(name, rows, 'use the network');
  if (rows[0].length !== width) {
    throw new RangeError(
      `Cannot use the network: each row of ${name} must have ${width} numbers, got ${rows[0].length}`,
    );
  }
}
