/**
 * From the scratch network to TensorFlow.js and back. Examples are rows in both, but they hold
 * weights the other way round, on purpose: the scratch network has `W` of shape `[units, inputs]`, a
 * row for each unit, as the formulas do, and writes `A Wᵀ`; TensorFlow.js has `[inputs, units]` and
 * writes `A W`. Here, and only here, one becomes the other.
 */
import { toRows, transpose } from '../maths/matrices';
import { type Activation, activation } from '../network/activations';
import { layer } from '../network/parameters';
import type { Layer, Perceptron } from '../network/perceptron';
import { tf } from '../tensorflow/backend';

/**
 * The same network as a model of TensorFlow.js, in numbers of 32 bits.
 *
 * @param network - the parameters; never modified
 * @returns a Dense layer for each layer of the network, with its weights; the caller disposes it
 */
export function toTensorflow(network: Perceptron): tf.Sequential {
  const { layers, output } = network;
  const model = tf.sequential();
  layers.forEach(({ weights }, index) => {
    const [units, inputs] = weights.size();
    const shape = { units, inputShape: [inputs] };
    if (index < layers.length - 1) addLayer(model, shape, network.activation);
    else if (output === 'softmax') model.add(tf.layers.dense({ ...shape, activation: output }));
    else addLayer(model, shape, activation(output));
  });
  tf.tidy(() => {
    const parameters = layers.flatMap(({ weights, bias }) => [
      tf.tensor2d(toRows(transpose(weights))),
      tf.tensor1d(toRows(bias).flat()),
    ]);
    model.setWeights(parameters);
  });
  return model;
}

/** A layer with its activation, which stands in a layer of its own where Dense does not know it. */
function addLayer(
  model: tf.Sequential,
  shape: { units: number; inputShape: number[] },
  { tensorflow, derivative }: Activation,
): void {
  model.add(tf.layers.dense({ ...shape, activation: tensorflow ?? 'linear' }));
  if (!tensorflow) model.add(tf.layers.leakyReLU({ alpha: derivative(-1) }));
}

/**
 * The layers that stand in tensors of TensorFlow.js: the reverse of {@link toTensorflow}.
 *
 * @param parameters - a kernel, shape `[inputs, units]`, and a bias, shape `[units]`, of each layer
 *   in turn: what `model.getWeights()` returns, or gradients by it; not disposed
 * @returns the layers, or the gradients, in the orientation of the scratch network
 * @throws RangeError if the tensors are not such pairs
 */
export function fromTensorflow(parameters: readonly tf.Tensor[]): Layer[] {
  const ranks = parameters.map(({ rank }) => rank);
  if (parameters.length % 2 !== 0 || ranks.some((rank, place) => rank !== 2 - (place % 2))) {
    throw new RangeError(
      `Cannot read layers: each must have a kernel of rank 2 and a bias of rank 1, got ranks ${ranks}`,
    );
  }
  return Array.from({ length: parameters.length / 2 }, (_, index) => {
    const [kernel, bias] = parameters.slice(2 * index) as [tf.Tensor2D, tf.Tensor1D];
    return layer(transpose(kernel.arraySync()), bias.arraySync());
  });
}
