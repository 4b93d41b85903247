/**
 * A trained network small enough to travel inside a notebook's output: each weight in one byte.
 *
 * `unpackNetwork` and `applyNetwork` run twice: here, and in the page of the digit pad
 * (`course/digit-pad/`), which receives their source text. So they use nothing but each other
 * and what a browser has.
 */
import type { tf } from '../tensorflow/backend';
import type { ActivationName } from '../tensorflow/operations';

/** A fully connected layer as text: base64 of int8 weights and of float32 scales and biases. */
export interface PackedLayer {
  inputs: number;
  units: number;
  activation: ActivationName;
  /** int8, shape `[inputs, units]`: the weight divided by its unit's scale */
  weights: string;
  /** float32, shape `[units]` */
  scales: string;
  /** float32, shape `[units]` */
  bias: string;
}

/** A fully connected layer, `a = φ(x W + b)`. */
export interface CompactLayer {
  inputs: number;
  units: number;
  activation: ActivationName;
  /** shape `[inputs, units]`, row by row */
  weights: Float32Array;
  /** shape `[units]` */
  bias: Float32Array;
}

/**
 * Packs a network of Dense layers. Every unit has its own scale, so each weight is kept to within
 * 1/254 of the largest weight of its unit:
 * `scale_j = max_i |W_ij| / 127`, `packed_ij = round(W_ij / scale_j)`.
 *
 * @param model - Dense layers with relu, sigmoid, tanh or linear activation, softmax in the last;
 *   Dropout and input layers are passed over, since they do nothing in a trained network
 * @returns the layers as text, about 1.34 characters for each weight
 * @throws TypeError if a layer or an activation is another; the message names it
 */
export function packNetwork(model: tf.LayersModel): PackedLayer[] {
  const idle = ['Dropout', 'InputLayer'];
  const layers = model.layers.filter((layer) => !idle.includes(layer.getClassName()));
  if (layers.length === 0) throw cannotPack('the network has no Dense layer');
  return layers.map((layer, index) => {
    if (layer.getClassName() !== 'Dense') {
      throw cannotPack(`layer '${layer.name}' is ${layer.getClassName()}, and only Dense is known`);
    }
    return packLayer(layer, index === layers.length - 1);
  });
}

function packLayer(layer: tf.layers.Layer, last: boolean): PackedLayer {
  const { activation } = layer.getConfig() as { activation: ActivationName };
  const known = last ? ['softmax'] : ['relu', 'sigmoid', 'tanh', 'linear'];
  if (!known.includes(activation)) {
    const place = last ? 'the last layer' : 'a hidden layer';
    throw cannotPack(`the activation of ${place} must be one of ${known.join(', ')}, got '${activation}'`);
  }
  const [kernel, bias] = layer.getWeights();
  const [inputs, units] = kernel.shape as [number, number];
  const weights = kernel.dataSync();
  const scales = new Float32Array(units);
  weights.forEach((weight, place) => {
    scales[place % units] = Math.max(scales[place % units], Math.abs(weight) / 127);
  });
  const packed = Int8Array.from(weights, (weight, place) =>
    Math.round(weight / (scales[place % units] || 1)),
  );
  return {
    inputs,
    units,
    activation,
    weights: toBase64(packed),
    scales: toBase64(scales),
    bias: toBase64(bias ? Float32Array.from(bias.dataSync()) : new Float32Array(units)),
  };
}

function toBase64(values: Int8Array | Float32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = '';
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return btoa(text);
}

function cannotPack(why: string): TypeError {
  return new TypeError(`Cannot pack the network: ${why}`);
}

/**
 * @param packed - what `packNetwork` returned
 * @returns the layers as numbers: `W_ij = packed_ij · scale_j`
 */
export function unpackNetwork(packed: readonly PackedLayer[]): CompactLayer[] {
  const bytes = (text: string) => Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
  return packed.map(({ inputs, units, activation, weights, scales, bias }) => {
    const scale = new Float32Array(bytes(scales).buffer);
    const whole = new Int8Array(bytes(weights).buffer);
    return {
      inputs,
      units,
      activation,
      weights: Float32Array.from(whole, (value, place) => value * scale[place % units]),
      bias: new Float32Array(bytes(bias).buffer),
    };
  });
}

/**
 * The forward pass, layer by layer: `z = x W + b`, `a = φ(z)`.
 *
 * @param layers - the network
 * @param input - shape `[inputs of the first layer]`; never modified
 * @returns the last layer's activations, for softmax the probabilities, shape `[units]`
 */
export function applyNetwork(layers: readonly CompactLayer[], input: ArrayLike<number>): number[] {
  const activate = {
    linear: (z: number[]) => z,
    relu: (z: number[]) => z.map((value) => Math.max(0, value)),
    sigmoid: (z: number[]) => z.map((value) => 1 / (1 + Math.exp(-value))),
    tanh: (z: number[]) => z.map(Math.tanh),
    softmax: (z: number[]) => {
      const largest = Math.max(...z);
      const powers = z.map((value) => Math.exp(value - largest));
      const sum = powers.reduce((total, power) => total + power, 0);
      return powers.map((power) => power / sum);
    },
  };
  let signal = Array.from(input);
  for (const { units, activation, weights, bias } of layers) {
    const z = Array.from(bias);
    signal.forEach((value, row) => {
      if (value === 0) return;
      for (let unit = 0; unit < units; unit++) z[unit] += value * weights[row * units + unit];
    });
    signal = activate[activation](z);
  }
  return signal;
}

/** What a page needs of the above, as source text. */
export const compactFunctions = [unpackNetwork, applyNetwork];
