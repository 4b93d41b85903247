/** What bends the sums of a network: one table of activations, and softmax. */
import { erf } from 'mathjs';
import { requireOneOf } from '../base/checks';
import { type Formula, formula } from '../maths/formulas';
import { type Matrix, requireFiniteVector, type Vector } from '../maths/vectors';

export type ActivationName = 'identity' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'gelu';

/** Activations of a layer by TensorFlow.js's names, as far as the course uses them. */
export type TensorflowActivation = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'gelu' | 'softmax';

/** A function `φ` of one number, paired with its derivative `φ'`. */
export interface Activation {
  /** the name by which {@link activation} finds it */
  readonly name: ActivationName;
  /** `φ(z)` as a formula in `z`, to print and to differentiate */
  readonly formula: Formula;
  /** what TensorFlow.js calls it, if a layer there can have it */
  readonly tensorflow?: TensorflowActivation;
  /** @returns `φ(z)` */
  apply(z: number): number;
  /** @returns `φ'(z)`; 0 at the kink of relu, and the left slope at the kink of leaky relu */
  derivative(z: number): number;
}

/** How steep the leaky relu is below zero. */
const LEAK = 0.01;

/** The activations there are, by name; every list of them in the course is a column of this one. */
const table: Record<ActivationName, Omit<Activation, 'name' | 'formula'> & { formula: string }> = {
  identity: {
    formula: 'z',
    apply: (z) => z,
    derivative: () => 1,
    tensorflow: 'linear',
  },
  sigmoid: {
    formula: '1 / (1 + exp(-z))',
    apply: sigmoid,
    derivative: sigmoidDerivative,
    tensorflow: 'sigmoid',
  },
  tanh: {
    formula: 'tanh(z)',
    apply: Math.tanh,
    derivative: tanhDerivative,
    tensorflow: 'tanh',
  },
  relu: {
    formula: 'max(0, z)',
    apply: (z) => Math.max(0, z),
    // At 0 there is no derivative; 0 is TensorFlow's choice.
    derivative: (z) => (z > 0 ? 1 : 0),
    tensorflow: 'relu',
  },
  leakyRelu: {
    formula: `max(${LEAK} * z, z)`,
    apply: (z) => (z > 0 ? z : LEAK * z),
    derivative: (z) => (z > 0 ? 1 : LEAK),
  },
  // Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016), https://arxiv.org/abs/1606.08415
  gelu: {
    formula: 'z / 2 * (1 + erf(z / sqrt(2)))',
    apply: (z) => z * normalDistribution(z),
    derivative: (z) => normalDistribution(z) + z * normalDensity(z),
    tensorflow: 'gelu',
  },
};

const names = Object.keys(table) as ActivationName[];

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

/** `Φ(z) = ½ (1 + erf(z / √2))`. */
function normalDistribution(z: number): number {
  return (1 + erf(z / Math.SQRT2)) / 2;
}

/** `Φ'(z) = e^(−z²/2) / √(2π)`. */
function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/**
 * An activation by name, for code that leaves the choice to a knob.
 *
 * @param name - as the table above has it
 * @returns the function paired with its derivative
 * @throws RangeError if there is no activation of that name
 * @example
 * activation('relu').derivative(3); // 1
 */
export function activation(name: ActivationName): Activation {
  requireOneOf('activation', name, names, 'choose an activation');
  const row = table[name];
  return { ...row, name, formula: formula(row.formula) };
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
  return probabilities.map((p, row) => probabilities.map((q, column) => p * ((row === column ? 1 : 0) - q)));
}
