/** The parameters of a perceptron: drawn at random, taken from numbers, laid out as one vector. */
import { requireCount, requireOneOf, requireSameLength } from '../base/checks';
import { seededRandom } from '../base/random';
import { dense, toRows } from '../maths/matrices';
import type { Matrix, Vector } from '../maths/vectors';
import { type ActivationName, activation } from './activations';
import { type OutputName, outputNames } from './outputs';
import type { Layer, Perceptron } from './perceptron';

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
  requireOneOf('output', output, outputNames, action);
  requireCount('the number of layers in units', units.length, action, 2);
  units.forEach((count, index) => {
    requireCount(`units[${index}]`, count, action);
  });
  const random = seededRandom(seed, 'weights');
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
  return { weights: dense(weights), bias: dense([bias]) };
}

/**
 * All parameters, or all gradients, as one vector: layer after layer, the weights row by row, then
 * the bias.
 *
 * @param layers - the layers of a network, or what `backward` returned
 * @returns `θ`, shape `[d]`
 */
export function flatten(layers: readonly Layer[]): Vector {
  return layers.flatMap(({ weights, bias }) => [...toRows(weights).flat(), ...toRows(bias).flat()]);
}

/**
 * The same network with other parameters: the reverse of {@link flatten}.
 *
 * @param network - decides the shapes; never modified
 * @param parameters - `θ`, shape `[d]`
 * @throws RangeError if there are more or fewer parameters than the network has
 */
export function withParameters(network: Perceptron, parameters: Vector): Perceptron {
  const count = flatten(network.layers).length;
  if (parameters.length !== count) {
    throw new RangeError(`Cannot set parameters: the network has ${count}, got ${parameters.length}`);
  }
  let taken = 0;
  const take = (length: number) => {
    taken += length;
    return parameters.slice(taken - length, taken);
  };
  const layers = network.layers.map(({ weights }) => {
    const [units, inputs] = weights.size();
    const rows = Array.from({ length: units }, () => take(inputs));
    return layer(rows, take(units));
  });
  return { ...network, layers };
}
