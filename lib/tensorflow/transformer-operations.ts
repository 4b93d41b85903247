/**
 * What a transformer needs beyond the products and updates of a dense network, each written once here with its formula.
 * Rows are positions: `n = B T` of them, `T` of each of `B` texts, one text after the other.
 */
import type { Handle } from './insides';

/** Whole numbers that JavaScript writes and operations read: tokens, classes. */
export interface SharedIndices {
  /** write here, then call `publish()`; take it anew once other operations ran, since their memory may have moved */
  readonly values: Int32Array;
  /** the tensor with these values */
  readonly handle: Handle;
  /** makes what was written visible to the operations; may change `handle` */
  publish(): void;
}

/** How the rows of an attention are divided. */
export interface AttentionShape {
  /** H, which divides the width D; each head has D / H columns */
  heads: number;
  /** T, which divides the number of rows: a position sees itself and those before it in its text */
  context: number;
}

/** All tensors are float32, indices int32; a result lasts until `freeResults()`. */
export interface TransformerOperations {
  /** `Eᵢ` for each index `i`: rows of a table, shape `[n, D]` */
  embed(table: Handle, indices: Handle): Handle;
  /** `Σ δ` over the rows with the same index: the gradient of a table, shape `[rows, D]` */
  throughEmbed(delta: Handle, indices: Handle, rows: number): Handle;
  /** `x + P`, the table `P` of shape `[T, D]` added to each text */
  addPositions(x: Handle, positions: Handle): Handle;
  /** `Σ δ` over the texts: the gradient of the positions, shape `[T, D]` */
  throughPositions(delta: Handle, context: number): Handle;

  /** `γ (x − μ) / √(σ² + 10⁻⁵) + β` with mean `μ` and variance `σ²` of the row */
  layerNorm(x: Handle, gain: Handle, bias: Handle): Handle;
  /**
   * With `x̂ = (x − μ) / s`, `s = √(σ² + 10⁻⁵)` and `g = γ δ`: `(g − mean(g) − x̂ mean(g x̂)) / s` row by row; for the
   * gain `Σ δ x̂`, for the bias `Σ δ` over the rows
   */
  throughLayerNorm(delta: Handle, x: Handle, gain: Handle): { x: Handle; gain: Handle; bias: Handle };

  /** `φ(z + b)` with `φ(u) = ½ u (1 + tanh(√(2/π) (u + 0.044715 u³)))` */
  biasGelu(z: Handle, bias: Handle): Handle;
  /** `δ φ′(z + b)`, and for the bias its sum over the rows */
  throughBiasGelu(delta: Handle, z: Handle, bias: Handle): { z: Handle; bias: Handle };

  /** `x + z + b`, the bias added to each row */
  addResidual(x: Handle, z: Handle, bias: Handle): Handle;

  /**
   * Of `z + b`, shape `[n, 3 D]`, the first D columns are the queries `Q`, then the keys `K`, then the values `V`. For each
   * text and head: `softmax(Q Kᵀ / √(D/H) + mask) V`, where the mask is −∞ for later positions; shape `[n, D]`
   */
  attend(z: Handle, bias: Handle, shape: AttentionShape): Handle;
  /**
   * With the probabilities `A`: for `V` `Aᵀ δ`; with `G = A ⊙ (δ Vᵀ − Σ A ⊙ δ Vᵀ)` row by row, for `Q` `G K / √(D/H)` and
   * for `K` `Gᵀ Q / √(D/H)`; shape `[n, 3 D]`, and for the bias its sum over the rows
   */
  throughAttend(delta: Handle, z: Handle, bias: Handle, shape: AttentionShape): { z: Handle; bias: Handle };

  /**
   * For each row `−ln p` of its class, shape `[n]`, with `p = softmax(z)`; and the gradient of their mean, `(p − y) / n`,
   * shape `[n, classes]`
   */
  crossEntropy(z: Handle, classes: Handle): { losses: Handle; z: Handle };

  /** @returns whole numbers that JavaScript can change; `dispose()` frees them */
  sharedIndices(count: number): SharedIndices;
}
