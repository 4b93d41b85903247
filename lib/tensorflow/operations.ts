/**
 * The operations that networks are trained with, each written once here and in `transformer-operations.ts` with its
 * formula, and implemented three times: natively, in WebAssembly, and with TensorFlow.js's own kernels and plain loops.
 */
import type { TensorflowActivation } from '../network/activations';
import type { tf } from './backend';
import type { Handle } from './insides';
import type { TransformerOperations } from './transformer-operations';

export type { Handle } from './insides';

/** Activations of a layer that there are operations for, by TensorFlow.js's names. */
export const activationNames = [
  'linear',
  'relu',
  'sigmoid',
  'tanh',
  'softmax',
] as const satisfies readonly TensorflowActivation[];
export type ActivationName = (typeof activationNames)[number];

/** Numbers that JavaScript writes and operations read, from the same memory where possible. */
export interface SharedFloats {
  /** write here, then call `publish()`; take it anew once other operations ran, since their memory may have moved */
  readonly values: Float32Array;
  /** the tensor with these values */
  readonly handle: Handle;
  /** makes what was written visible to the operations; may change `handle` */
  publish(): void;
}

/** What gradient descent with momentum is told: tensors without dimensions. */
export interface MomentumSettings {
  rate: Handle;
  momentum: Handle;
  nesterov: boolean;
}

/** What RMSProp is told: tensors without dimensions. */
export interface RmsPropSettings {
  rate: Handle;
  decay: Handle;
  momentum: Handle;
  epsilon: Handle;
}

/** What Adam is told: tensors without dimensions; `power1` is `β₁ᵗ`, `power2` is `β₂ᵗ`. */
export interface AdamSettings {
  power1: Handle;
  power2: Handle;
  rate: Handle;
  beta1: Handle;
  beta2: Handle;
  epsilon: Handle;
}

/** Examples as bytes, of which batches are drawn. */
export interface ByteRows {
  /** `byte / 255` of the rows with these indices, shape `[indices, width]` */
  scaled(indices: Uint32Array): Handle;
}

/** All tensors are float32; a result lasts until `freeResults()`. */
export interface Operations extends TransformerOperations {
  /** `A B`, or with one of them transposed `Aᵀ B`, `A Bᵀ` */
  matMul(a: Handle, b: Handle, transposed?: 'first' | 'second'): Handle;
  /** `x + b`, the bias `b` added to each row */
  addBias(x: Handle, bias: Handle): Handle;
  /** `Σ δ` over the rows: the gradient of a bias */
  sumRows(delta: Handle): Handle;
  /** `a = φ(z)`, entry by entry; softmax row by row */
  activate(activation: ActivationName, z: Handle): Handle;
  /** `δ φ′(z)`, written with `a = φ(z)`: for tanh `δ (1 − a²)`, for softmax `a (δ − Σ δ a)` */
  throughActivation(activation: ActivationName, delta: Handle, a: Handle): Handle;
  /** `a + b`, entry by entry */
  add(a: Handle, b: Handle): Handle;
  /** `a b`, entry by entry, or by a number */
  multiply(a: Handle, b: Handle): Handle;
  /** `a / b`, entry by entry, or by a number */
  divide(a: Handle, b: Handle): Handle;
  /** `½ Σ x²` over all numbers of all tensors, a number */
  halfSquares(...all: Handle[]): Handle;
  /** zeros of the shape of `x` */
  zerosLike(x: Handle): Handle;

  /** `θ ← θ − α g`, in place, as all updates */
  descend(parameter: Handle, rate: Handle, gradient: Handle): void;
  /** `m ← β m + g`, then `θ ← θ − α m`, or with Nesterov's look ahead `θ ← θ − α (g + β m)` */
  descendWithMomentum(
    parameter: Handle,
    state: { sum: Handle },
    settings: MomentumSettings,
    gradient: Handle,
  ): void;
  /** `v ← ρ v + (1 − ρ) g²`, `m ← β m + α g / √(v + ε)`, `θ ← θ − m` */
  descendByRmsProp(
    parameter: Handle,
    state: { square: Handle; moment: Handle },
    settings: RmsPropSettings,
    gradient: Handle,
  ): void;
  /**
   * `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, and
   * `θ ← θ − α √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)`
   */
  descendByAdam(
    parameter: Handle,
    state: { mean: Handle; square: Handle },
    settings: AdamSettings,
    gradient: Handle,
  ): void;

  /** @returns a copy of the numbers, row after row */
  read(handle: Handle): Float32Array;
  /** Frees the results since the last time, but for those kept. */
  freeResults(kept?: readonly Handle[]): void;
  /** Frees the latest result before the others. */
  freeLastResult(): void;
  /** @returns how many results there are; 0 where it is not worth while to free some before the others */
  countResults(): number;
  /** @returns the results after so many others; none where `discard()` would not be worth while */
  resultsAfter(count: number): Handle[];
  /** Frees these results before the others. */
  discard(results: readonly Handle[]): void;

  /**
   * @returns memory that updates change in place, with the values of `initial`; not `shared()` numbers,
   *   whose memory JavaScript would go on to change
   */
  variable(shape: number[], initial: Handle): Handle;
  /** Gives a variable other values; not `shared()` numbers, as above. */
  assign(variable: Handle, value: Handle): void;
  /** @returns the present value, a result; free it before the next update, which else copies it */
  readVariable(variable: Handle): Handle;
  /** @returns the present value as a tensor of TensorFlow.js, which the caller disposes */
  variableToTensor(variable: Handle, shape: number[]): tf.Tensor;
  /** @returns the handle of a tensor of TensorFlow.js, which stays the tensor's own */
  handleOf(tensor: tf.Tensor): Handle;
  /** @returns a number; `dispose()` frees it */
  constant(value: number): Handle;
  /**
   * @param bytes - row after row; not to be changed before `dispose()`
   * @returns `undefined` where rows are better drawn by JavaScript
   */
  byteRows?(bytes: Uint8Array, width: number): ByteRows | undefined;
  /** @returns zeros that JavaScript can change; `dispose()` frees them */
  shared(shape: number[]): SharedFloats;
  /** Frees all that was made. */
  dispose(): void;
}
