/** Causal attention as loops over plain arrays. */
import type { AttentionShape } from './transformer-operations';

/** One head of one text: where its queries, keys and values lie in `u = z + b`, and its part of a row of width D. */
interface Head {
  u: Float64Array;
  /** columns of the head */
  size: number;
  /** D */
  width: number;
  /** of the first query in `u`; the keys are D farther, the values 2 D */
  from: number;
  /** of the first number in an array of width D */
  out: number;
}

/** @returns the result of `attend()` */
export function attend(z: Float32Array, bias: Float32Array, shape: AttentionShape): Float32Array {
  const y = new Float32Array(z.length / 3);
  eachHead(z, bias, shape, (head) => {
    const { u, size, width, from, out } = head;
    for (let row = 0; row < shape.context; row++) {
      const shares = probabilities(head, row);
      for (let c = 0; c < size; c++) {
        let sum = 0;
        for (let other = 0; other <= row; other++) {
          sum += shares[other] * u[from + other * 3 * width + 2 * width + c];
        }
        y[out + row * width + c] = sum;
      }
    }
  });
  return y;
}

/** @returns the gradient by z, as `throughAttend()` has it */
export function throughAttend(
  delta: Float32Array,
  z: Float32Array,
  bias: Float32Array,
  shape: AttentionShape,
): Float32Array {
  const by = new Float32Array(z.length);
  eachHead(z, bias, shape, (head) => {
    for (let row = 0; row < shape.context; row++) throughRow(by, delta, head, row);
  });
  return by;
}

/** What one row of the attention adds to the gradients by its query, and by the keys and values that it sees. */
function throughRow(by: Float32Array, delta: Float32Array, head: Head, row: number): void {
  const { u, size, width, from, out } = head;
  const shares = probabilities(head, row);
  const query = from + row * 3 * width;
  const d = out + row * width;
  const byShares = shares.map((_, other) => dot(delta, d, u, from + other * 3 * width + 2 * width, size));
  const mean = dot(shares, 0, byShares, 0, row + 1);
  for (let other = 0; other <= row; other++) {
    const key = from + other * 3 * width + width;
    const g = (shares[other] * (byShares[other] - mean)) / Math.sqrt(size);
    for (let c = 0; c < size; c++) {
      by[query + c] += g * u[key + c];
      by[key + c] += g * u[query + c];
      by[key + width + c] += shares[other] * delta[d + c];
    }
  }
}

/** Row of `softmax(Q Kᵀ / √(D/H))`, up to the row's own position. */
function probabilities({ u, size, width, from }: Head, row: number): Float64Array {
  const shares = new Float64Array(row + 1);
  const query = from + row * 3 * width;
  for (let other = 0; other <= row; other++) {
    shares[other] = dot(u, query, u, from + other * 3 * width + width, size) / Math.sqrt(size);
  }
  const largest = shares.reduce((most, value) => Math.max(most, value), -Infinity);
  let sum = 0;
  for (let other = 0; other <= row; other++) {
    shares[other] = Math.exp(shares[other] - largest);
    sum += shares[other];
  }
  return shares.map((power) => power / sum);
}

type Numbers = Float32Array | Float64Array;

function dot(a: Numbers, fromA: number, b: Numbers, fromB: number, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += a[fromA + index] * b[fromB + index];
  return sum;
}

function eachHead(
  z: Float32Array,
  bias: Float32Array,
  { heads, context }: AttentionShape,
  call: (head: Head) => void,
): void {
  const width = bias.length / 3;
  const size = width / heads;
  const u = Float64Array.from(z, (value, index) => value + bias[index % bias.length]);
  const texts = z.length / (3 * width * context);
  for (let text = 0; text < texts; text++) {
    for (let head = 0; head < heads; head++) {
      const out = text * context * width + head * size;
      call({ u, size, width, from: text * context * 3 * width + head * size, out });
    }
  }
}
