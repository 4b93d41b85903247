/**
 * A multilayer perceptron and its backpropagation, in the notation of the formulas: `W` are weights,
 * `b` biases, `Z` what goes into an activation `φ` and `A` what comes out. Every row is one of `n`
 * examples, `1` is a column of ones, and `⊙` multiplies entry by entry. A layer's index stands in
 * brackets: `W⁽ˡ⁾`.
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
  /** `W⁽ˡ⁾`, shape `[units, inputs]`: a row for each unit */
  readonly weights: DenseMatrix;
  /** `b⁽ˡ⁾`, shape `[1, units]` */
  readonly bias: DenseMatrix;
}

/** A network: `A⁽ˡ⁾ = φ(A⁽ˡ⁻¹⁾ W⁽ˡ⁾ᵀ + 1 b⁽ˡ⁾)`, layer after layer. Never modified. */
export interface Perceptron {
  readonly layers: readonly Layer[];
  /** `φ` of every layer but the last */
  readonly activation: Activation;
  /** what the last layer does instead */
  readonly output: OutputName;
}

/** All that the forward pass computes. */
export interface ForwardPass {
  /** `Z⁽¹⁾ … Z⁽ᴸ⁾`, at index `l − 1`, each shape `[n, units]` */
  readonly preactivations: readonly DenseMatrix[];
  /** `A⁽⁰⁾ … A⁽ᴸ⁾`, at index `l`, each shape `[n, units]`; `A⁽⁰⁾` are the inputs `X` */
  readonly activations: readonly DenseMatrix[];
}

/** What the backward pass finds, of each layer. */
export interface LayerGradient extends Layer {
  /** `Δ⁽ˡ⁾ = ∂J/∂Z⁽ˡ⁾`, shape `[n, units]` */
  readonly delta: DenseMatrix;
}

/**
 * The forward pass: `Z⁽ˡ⁾ = A⁽ˡ⁻¹⁾ W⁽ˡ⁾ᵀ + 1 b⁽ˡ⁾`, `A⁽ˡ⁾ = φ(Z⁽ˡ⁾)`.
 *
 * @param network - the parameters
 * @param inputs - one example per row, shape `[n, inputs]`
 * @returns every intermediate result, which the backward pass needs
 * @throws RangeError if `inputs` have another width than the network
 */
export function forward(network: Perceptron, inputs: Matrix): ForwardPass {
  requireWidth('inputs', inputs, network.layers[0].weights.size()[1]);
  const last = network.layers.length - 1;
  const everyExample = ones(inputs.length, 1);
  const preactivations: DenseMatrix[] = [];
  const activations = [dense(inputs)];
  network.layers.forEach(({ weights, bias }, index) => {
    const z = add(multiply(activations[index], transpose(weights)), multiply(everyExample, bias));
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
  const logits = toRows(pass.preactivations[pass.preactivations.length - 1]);
  requireSameLength('inputs', logits, 'targets', targets, 'compute the loss');
  requireWidth('targets', targets, logits[0].length);
  const { cost } = outputs[network.output];
  return sum(logits.map((z, example) => cost(z, targets[example]))) / logits.length;
}

/**
 * Backpropagation: `Δ⁽ᴸ⁾ = (A⁽ᴸ⁾ − Y) / n`, `Δ⁽ˡ⁾ = Δ⁽ˡ⁺¹⁾ W⁽ˡ⁺¹⁾ ⊙ φ'(Z⁽ˡ⁾)`, and from them
 * `∂J/∂W⁽ˡ⁾ = Δ⁽ˡ⁾ᵀ A⁽ˡ⁻¹⁾`, `∂J/∂b⁽ˡ⁾ = 1ᵀ Δ⁽ˡ⁾`.
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
  const [n, units] = answers.size();
  requireSameLength('inputs', { length: n }, 'targets', targets, 'go backward');
  requireWidth('targets', targets, units);
  const everyExample = ones(1, n);
  const gradients: LayerGradient[] = [];
  let delta = scale(1 / n, subtract(answers, dense(targets)));
  for (let index = last; index >= 0; index--) {
    gradients[index] = {
      delta,
      weights: multiply(transpose(delta), activations[index]),
      bias: multiply(everyExample, delta),
    };
    if (index > 0) {
      const arriving = multiply(delta, network.layers[index].weights);
      const slopes = map(preactivations[index - 1], network.activation.derivative);
      delta = dotMultiply(arriving, slopes);
    }
  }
  return gradients;
}

/**
 * One step of gradient descent: `W⁽ˡ⁾ ← W⁽ˡ⁾ − α ∂J/∂W⁽ˡ⁾`, `b⁽ˡ⁾ ← b⁽ˡ⁾ − α ∂J/∂b⁽ˡ⁾`.
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
 * The network's answers, `A⁽ᴸ⁾`.
 *
 * @param network - the parameters
 * @param inputs - one example per row, shape `[n, inputs]`
 * @returns one answer per row, shape `[n, outputs]`
 */
export function predict(network: Perceptron, inputs: Matrix): Matrix {
  const { activations } = forward(network, inputs);
  return toRows(activations[activations.length - 1]);
}

function requireWidth(name: string, rows: Matrix, width: number): void {
  requireRectangle(name, rows, 'use the network');
  if (rows[0].length !== width) {
    throw new RangeError(
      `Cannot use the network: each row of ${name} must have ${width} numbers, got ${rows[0].length}`,
    );
  }
}
