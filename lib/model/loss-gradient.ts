/** A model's parameters and the gradient of its loss as single vectors, as the formulas have them. */
import { concatenate } from '../base/arrays';
import type { DigitSet } from '../data/digit-set';
import { tf } from '../tensorflow/backend';
import { imagesToTensor } from '../tensorflow/tensors';

/** The mean over some digits: the loss, and its gradient by each parameter. */
export interface LossGradient {
  /** mean cross-entropy, in nats */
  loss: number;
  /** ∂loss/∂θ, shape `[N]`, in the order of {@link parameterVector} */
  gradient: Float32Array;
}

/**
 * All trainable parameters, weight after weight.
 *
 * @param model - never changed
 * @returns θ, shape `[N]`, a copy
 */
export function parameterVector(model: tf.LayersModel): Float32Array {
  return concatenate(
    model.trainableWeights.map((weight) => weight.read().dataSync() as Float32Array),
    newFloats,
  );
}

/**
 * Gives a model other parameters.
 *
 * @param model - its trainable weights become `parameters`
 * @param parameters - θ, shape `[N]`, in the order of {@link parameterVector}; copied
 * @throws RangeError if the model has another number of parameters
 */
export function setParameterVector(model: tf.LayersModel, parameters: Float32Array): void {
  const sizes = model.trainableWeights.map(({ shape }) => tf.util.sizeFromShape(shape as number[]));
  const count = sizes.reduce((sum, size) => sum + size, 0);
  if (parameters.length !== count) {
    throw new RangeError(
      `Cannot set parameters: the model has ${count}, got ${parameters.length}; take them from a model of the same sizes`,
    );
  }
  let from = 0;
  model.trainableWeights.forEach((weight, index) => {
    const part = parameters.slice(from, from + sizes[index]);
    from += sizes[index];
    tf.tidy(() => {
      weight.write(tf.tensor(part, weight.shape as number[]));
    });
  });
}

/**
 * The mean cross-entropy `−ln p_label` over digits, and its gradient, by TensorFlow's backpropagation.
 *
 * @param model - 784 inputs, 10 softmax outputs; never changed
 * @param digits - at least one; each counts as much
 * @returns loss and gradient; no tensor is left behind
 */
export function lossGradient(model: tf.LayersModel, digits: DigitSet): LossGradient {
  const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  let loss = Number.NaN;
  let parts: Float32Array[] = [];
  // Nothing is returned from tidy, which would search long arrays for tensors, number by number.
  tf.tidy(() => {
    const images = imagesToTensor(digits);
    const targets = tf.oneHot(tf.tensor1d(Int32Array.from(digits.labels), 'int32'), 10);
    const { value, grads } = tf.variableGrads(() => {
      // As in Keras, no probability is taken for less than 1e-7: its logarithm would not be finite.
      const probabilities = (model.apply(images) as tf.Tensor).clipByValue(1e-7, 1);
      return probabilities.log().mul(targets).sum(1).mean().neg().asScalar();
    }, weights);
    loss = value.dataSync()[0];
    parts = weights.map(({ name }) => grads[name].dataSync() as Float32Array);
  });
  return { loss, gradient: concatenate(parts, newFloats) };
}

const newFloats = (length: number) => new Float32Array(length);
