import { erf } from 'mathjs';
import { requireOneOf } from '../base/checks';
import { type Formula, formula } from '../maths/formulas';
import { type Matrix, requireFiniteVector, type Vector } from '../maths/vectors';

/** A function `φ` of one number, paired with its derivative `φ'`. */
export interface Activation {
  /** the name by which {@link activation} finds it */
  readonly name: ActivationName;
  /** `φ(z)` as a formula in `z`, to print; {@link Activation.apply} computes the same safely */
  readonly formula: Formula;
  /** @returns `φ(z)` */
  apply(z: number): number;
  /** @returns `φ'(z)`; 0 at the kink of relu, and the left slope at the kink of leaky relu */
  derivative(z: number): number;
}

/** The activations there are. */
export const ACTIVATION_NAMES = [
  'identity',
  'sigmoid',
  'tanh',
  'relu',
  'leakyRelu',
  'gelu',
] as const;
export type ActivationName = (typeof ACTIVATION_NAMES)[number];

/** How steep the leaky relu is below zero. */
const LEAK = 0.01;

/**
 * The logistic function, `σ(z) = 1 / (1 + e⁻ᶻ)`, computed so that no `z` overflows.
 *
 * @param z - any number
 * @returns a number from 0 to 1
 */
export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const exponential = Math.exp(z);
  return exponential / (1 + exponential);
}

/** `σ'(z) = σ(z) (1 − σ(z))`, with `1 − σ(z)` as `σ(−z)`, which keeps its digits for large `z`. */
export function sigmoidDerivative(z: number): number {
  return sigmoid(z) * sigmoid(-z);
}

/** `tanh'(z) = 1 − tanh²(z) = 4 σ'(2z)`; the second form keeps its digits for large `z`. */
export function tanhDerivative(z: number): number {
  return 4 * sigmoidDerivative(2 * z);
}

/** `relu(z) = max(0, z)`. */
export function relu(z: number): number {
  return Math.max(0, z);
}

/** `relu'(z)`: 1 above 0, otherwise 0. At 0 there is no derivative; 0 is TensorFlow's choice. */
export function reluDerivative(z: number): number {
  return z > 0 ? 1 : 0;
}

/** `max(0.01 z, z)`: a relu that keeps a little slope below 0. */
export function leakyRelu(z: number): number {
  return z > 0 ? z : LEAK * z;
}

/** 1 above 0, otherwise 0.01. */
export function leakyReluDerivative(z: number): number {
  return z > 0 ? 1 : LEAK;
}

/**
 * `gelu(z) = z Φ(z)`, where `Φ(z) = ½ (1 + erf(z / √2))` is the normal distribution function.
 *
 * @see Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016), https://arxiv.org/abs/1606.08415
 */
export function gelu(z: number): number {
  return z * normalDistribution(z);
}

/** `gelu'(z) = Φ(z) + z φ(z)`, where `φ(z) = e^(−z²/2) / √(2π)` is the normal density. */
export function geluDerivative(z: number): number {
  return normalDistribution(z) + (z * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

function normalDistribution(z: number): number {
  return (1 + erf(z / Math.SQRT2)) / 2;
}

const FUNCTIONS: Record<
  ActivationName,
  [expression: string, apply: (z: number) => number, derivative: (z: number) => number]
> = {
  identity: ['z', (z) => z, () => 1],
  sigmoid: ['1 / (1 + exp(-z))', sigmoid, sigmoidDerivative],
  tanh: ['tanh(z)', Math.tanh, tanhDerivative],
  relu: ['max(0, z)', relu, reluDerivative],
  leakyRelu: [`max(${LEAK} * z, z)`, leakyRelu, leakyReluDerivative],
  gelu: ['z / 2 * (1 + erf(z / sqrt(2)))', gelu, geluDerivative],
};

/**
 * An activation by name, for code that leaves the choice to a knob.
 *
 * @param name - one of {@link ACTIVATION_NAMES}
 * @returns the function paired with its derivative
 * @throws RangeError if there is no activation of that name
 * @example
 * activation('relu').derivative(3); // 1
 */
export function activation(name: ActivationName): Activation {
  requireOneOf('activation', name, ACTIVATION_NAMES, 'choose an activation');
  const [expression, apply, derivative] = FUNCTIONS[name];
  return { name, formula: formula(expression), apply, derivative };
}

/**
 * Turns any numbers into probabilities, `softmax(z)ᵢ = e^zᵢ / Σⱼ e^zⱼ`. The largest number is
 * subtracted first, which changes nothing in the result and keeps `e^z` from overflowing.
 *
 * @param logits - `z`, shape `[classes]`
 * @returns positive numbers that add up to 1, shape `[classes]`
 * @throws RangeError if `logits` is empty or not finite
 * @see Goodfellow, Bengio, Courville, *Deep Learning* (2016), section 4.1
 */
export function softmax(logits: Vector): Vector {
  requireFiniteVector('logits', logits, 'compute softmax');
  const largest = Math.max(...logits);
  const exponentials = logits.map((logit) => Math.exp(logit - largest));
  const total = exponentials.reduce((sum, exponential) => sum + exponential, 0);
  return exponentials.map((exponential) => exponential / total);
}

/**
 * The derivatives of softmax, `∂pᵢ/∂zⱼ = pᵢ (δᵢⱼ − pⱼ)`, where `δᵢⱼ` is 1 if `i = j`, otherwise 0.
 *
 * @param logits - `z`, shape `[classes]`
 * @returns row `i` holds the derivatives of `pᵢ`, shape `[classes, classes]`
 * @throws RangeError if `logits` is empty or not finite
 */
export function softmaxJacobian(logits: Vector): Matrix {
  const probabilities = softmax(logits);
  return probabilities.map((p, row) =>
    probabilities.map((q, column) => p * ((row === column ? 1 : 0) - q)),
  );
}
