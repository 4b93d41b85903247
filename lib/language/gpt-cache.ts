/**
 * A GPT that reads one token at a time. Of the tokens before it keeps the keys and values of every layer, the KV cache, so
 * that a new token costs one row of each product and not T. Plain loops in double precision: one row is little work.
 */
import { requireBetween, requireCount } from '../base/checks';
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
    requireCount('token', token, 'read a token', 0);
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
    const logits = new Float64Array(vocabulary);
    for (let row = 0; row < vocabulary; row++) logits[row] = dot(u, 0, table, row * width, width);
    return logits;
  }

  /** `u W + b`, four rows of W at a time: so much more is done for each number of the sum that is read and written */
  private dense(name: string, u: Row): Float64Array {
    const [W, b] = [this.model.weights[`${name}.weights`], this.model.weights[`${name}.bias`]];
    const y = new Float64Array(b);
    const units = y.length;
    let i = 0;
    for (; i + 3 < u.length; i += 4) {
      const [u0, u1, u2, u3] = [u[i], u[i + 1], u[i + 2], u[i + 3]];
      const [w0, w1, w2, w3] = [i * units, (i + 1) * units, (i + 2) * units, (i + 3) * units];
      for (let j = 0; j < units; j++)
        y[j] += u0 * W[w0 + j] + u1 * W[w1 + j] + u2 * W[w2 + j] + u3 * W[w3 + j];
    }
    for (; i < u.length; i++) for (let j = 0; j < units; j++) y[j] += u[i] * W[i * units + j];
    return y;
  }

  /** `γ (x − μ) / √(σ² + 10⁻⁵) + β` */
  private norm(name: string, x: Float64Array): Float64Array {
    const [gain, bias] = [this.model.weights[`${name}.gain`], this.model.weights[`${name}.bias`]];
    let [middle, variance] = [0, 0];
    for (let d = 0; d < x.length; d++) middle += x[d] / x.length;
    for (let d = 0; d < x.length; d++) variance += (x[d] - middle) ** 2 / x.length;
    const scale = Math.sqrt(variance + 1e-5);
    const y = new Float64Array(x.length);
    for (let d = 0; d < x.length; d++) y[d] = (gain[d] * (x[d] - middle)) / scale + bias[d];
    return y;
  }

  /** `softmax(q Kᵀ / √(D/H)) V` for each head, over the tokens so far; keeps the new key and value. */
  private attend(qkv: Float64Array, layer: number): Float64Array {
    const kept = this.kept[layer];
    const { heads, width } = this.model.shape;
    const [size, row, count] = [width / heads, 2 * width, this.length + 1];
    kept.set(qkv.subarray(width), this.length * row);
    const y = new Float64Array(width);
    for (let from = 0; from < width; from += size) {
      const shares = new Array<number>(count);
      let [most, sum] = [Number.NEGATIVE_INFINITY, 0];
      for (let t = 0; t < count; t++) {
        shares[t] = dot(qkv, from, kept, t * row + from, size) / Math.sqrt(size);
        most = Math.max(most, shares[t]);
      }
      for (let t = 0; t < count; t++) {
        shares[t] = Math.exp(shares[t] - most);
        sum += shares[t];
      }
      for (let t = 0; t < count; t++) {
        shares[t] /= sum;
        const value = t * row + width + from;
        for (let d = 0; d < size; d++) y[from + d] += shares[t] * kept[value + d];
      }
      this.attention[layer].push(shares);
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
