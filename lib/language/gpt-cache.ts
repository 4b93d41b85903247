/**
 * A GPT that reads one token at a time. Of the tokens before it keeps the keys and values of every layer, the KV cache, so
 * that a new token costs one row of each product and not T. Plain loops in double precision: one row is little work.
 */
import { requireBetween } from '../base/checks';
import type { Gpt } from './gpt-model';

type Row = Float64Array | Float32Array;

/** Reads a text from its beginning. */
export class GptCache {
  /** tokens read so far */
  length = 0;
  /** what the last token read took from each token so far: layer, head, token; each head's shares sum to 1 */
  attention: number[][][] = [];
  /** the keys and values of each layer, a row of width `2 D` a token */
  private readonly kept: Float64Array[];

  /** @param model - never changed; read anew at each token */
  constructor(private readonly model: Gpt) {
    const { layers, context, width } = model.shape;
    this.kept = Array.from({ length: layers }, () => new Float64Array(context * 2 * width));
  }

  /**
   * Reads the next token.
   *
   * @param token - 0 … V − 1
   * @returns the logits of the token after it, shape `[V]`
   * @throws RangeError if the context is full, or the token not in the vocabulary
   */
  next(token: number): Float64Array {
    const { vocabulary, context, layers, width } = this.model.shape;
    requireBetween('token', token, 0, vocabulary - 1, 'read a token');
    if (this.length === context) {
      throw new RangeError(`Cannot read a token: the context is full, it has room for ${context}`);
    }
    const of = (name: string) => this.model.weights[name];
    const [table, positions] = [of('tokens'), of('positions')];
    const x = new Float64Array(width);
    for (let d = 0; d < width; d++) x[d] = table[token * width + d] + positions[this.length * width + d];
    this.attention = Array.from({ length: layers }, () => []);
    for (let layer = 0; layer < layers; layer++) {
      const at = `block${layer + 1}`;
      const qkv = this.dense(`${at}.attention.qkv`, this.norm(`${at}.attention.norm`, x));
      addTo(x, this.dense(`${at}.attention.output`, this.attend(qkv, layer)));
      const hidden = this.dense(`${at}.mlp.up`, this.norm(`${at}.mlp.norm`, x)).map(gelu);
      addTo(x, this.dense(`${at}.mlp.down`, hidden));
    }
    this.length++;
    const u = this.norm('norm', x);
    return Float64Array.from({ length: vocabulary }, (_, row) => dot(u, 0, table, row * width, width));
  }

  /** `u W + b` */
  private dense(name: string, u: Row): Float64Array {
    const [W, b] = [this.model.weights[`${name}.weights`], this.model.weights[`${name}.bias`]];
    const y = Float64Array.from(b);
    for (let i = 0, at = 0; i < u.length; i++) {
      const ui = u[i];
      for (let j = 0; j < y.length; j++, at++) y[j] += ui * W[at];
    }
    return y;
  }

  /** `γ (x − μ) / √(σ² + 10⁻⁵) + β` */
  private norm(name: string, x: Float64Array): Float64Array {
    const [gain, bias] = [this.model.weights[`${name}.gain`], this.model.weights[`${name}.bias`]];
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / x.length;
    const middle = mean(x);
    const scale = Math.sqrt(mean(x.map((value) => (value - middle) ** 2)) + 1e-5);
    return Float64Array.from(x, (value, d) => (gain[d] * (value - middle)) / scale + bias[d]);
  }

  /** `softmax(q Kᵀ / √(D/H)) V` for each head, over the tokens so far; keeps the new key and value. */
  private attend(qkv: Float64Array, layer: number): Float64Array {
    const kept = this.kept[layer];
    const { heads, width } = this.model.shape;
    const [size, row] = [width / heads, 2 * width];
    kept.set(qkv.subarray(width), this.length * row);
    const y = new Float64Array(width);
    for (let from = 0; from < width; from += size) {
      const scores = Array.from({ length: this.length + 1 }, (_, t) => {
        return dot(qkv, from, kept, t * row + from, size) / Math.sqrt(size);
      });
      const most = Math.max(...scores);
      const powers = scores.map((score) => Math.exp(score - most));
      const sum = powers.reduce((total, power) => total + power, 0);
      const shares = powers.map((power) => power / sum);
      this.attention[layer].push(shares);
      for (const [t, share] of shares.entries()) {
        for (let d = 0; d < size; d++) y[from + d] += share * kept[t * row + width + from + d];
      }
    }
    return y;
  }
}

function dot(a: Row, fromA: number, b: Row, fromB: number, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += a[fromA + index] * b[fromB + index];
  return sum;
}

function addTo(x: Float64Array, y: Float64Array): void {
  for (let index = 0; index < x.length; index++) x[index] += y[index];
}

function gelu(u: number): number {
  return 0.5 * u * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (u + 0.044715 * u ** 3)));
}
