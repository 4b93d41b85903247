/** Causal attention on a graphics card: the rows of a text divided among heads, and put together again. */
import { tf } from './backend';
import type { AttentionShape } from './transformer-operations';
import { compute, reduceRows } from './webgpu-formulas';

/** `i` is a place in `[B, H, T, D/H]`; `source` that of the same number in `[B T, parts D]`, in the part that is asked for. */
const placeInRows = `
  let column = i % each;
  let position = i / each % context;
  let head = i / (each * context) % heads;
  let text = i / (each * context * heads);
  let width = heads * each;
  let place = part * width + head * each + column;
  let source = (text * context + position) * parts * width + place;`;

/** `i` is a place in `[B T, parts D]`; `source` that of the same number in `[B, H, T, D/H]` of its part. */
const placeInHeads = `
  let width = heads * each;
  let column = i % (parts * width);
  let part = column / width;
  let row = i / (parts * width);
  let head = column % width / each;
  let text = row / context;
  let source = ((text * heads + head) * context + row % context) * each + column % each;`;

const split = `${placeInRows} return X[source];`;
const splitWithBias = `${placeInRows} return X[source] + Bias[place];`;
const joinOne = `${placeInHeads} return X[source];`;
const joinThree = `${placeInHeads}
  if (part == 0) { return Q[source]; }
  if (part == 1) { return K[source]; }
  return V[source];`;

/**
 * @param x - shape `[B T, parts D]`
 * @param bias - shape `[parts D]`, added; nothing where there is none
 * @param shape - heads and context; which of how many parts
 * @returns shape `[B H, T, D/H]`
 */
export function splitHeads(
  x: tf.Tensor,
  bias: tf.Tensor | undefined,
  { heads, context, parts, part }: AttentionShape & { parts: number; part: number },
): tf.Tensor {
  const width = (x.shape[1] as number) / parts;
  const each = width / heads;
  const shape = [x.size / (parts * each * context), context, each];
  return compute(bias ? splitWithBias : split, shape, {
    tensors: { X: x, ...(bias && { Bias: bias }) },
    sizes: { heads, context, each, parts, part },
  });
}

/** @returns of `[B H, T, D/H]` the rows, shape `[B T, D]` */
export function joinHeads(x: tf.Tensor, { heads, context }: AttentionShape): tf.Tensor {
  const each = x.shape[2] as number;
  return compute(joinOne, [x.size / (heads * each), heads * each], {
    tensors: { X: x },
    sizes: { heads, context, each, parts: 1 },
  });
}

/** @returns of queries, keys and values, `[B H, T, D/H]` each, the rows, shape `[B T, 3 D]` */
export function joinParts(x: readonly tf.Tensor[], { heads, context }: AttentionShape): tf.Tensor {
  const each = x[0].shape[2] as number;
  return compute(joinThree, [x[0].size / (heads * each), 3 * heads * each], {
    tensors: { Q: x[0], K: x[1], V: x[2] },
    sizes: { heads, context, each, parts: 3 },
  });
}

/** Row by row of `[B H T, T]`, where position `row % context` sees itself and those before it. */
const seen = 'return select(-3.4e38, S[i], c <= row % context);';
const power = 'exp(scale * (S[i] - Most[row]))';
const seenPower = `if (c > row % context) { return 0.0; } return ${power};`;
const share = `
  let row = i / context;
  if (i % context > row % context) { return 0.0; }
  return ${power} / Sum[row];`;

/**
 * @param z - shape `[B T, 3 D]`
 * @param bias - shape `[3 D]`
 * @param shape - heads and context
 * @returns queries, keys and values of `z + b`, shape `[B H, T, D/H]`, and `softmax(Q Kᵀ / √(D/H) + mask)`
 * @throws RangeError if the heads do not divide the width
 */
export function attentionOf(z: tf.Tensor, bias: tf.Tensor, shape: AttentionShape): tf.Tensor[] {
  const { heads, context } = shape;
  const width = bias.size / 3;
  if (!Number.isInteger(width / heads)) {
    throw new RangeError(`Cannot attend: heads must divide the width ${width}, got ${heads}`);
  }
  const [q, k, v] = [0, 1, 2].map((part) => splitHeads(z, bias, { ...shape, parts: 3, part }));
  const scores = tf.matMul(q, k, false, true);
  const rows = [scores.size / context, context];
  const numbers = { scale: Math.sqrt(heads / width) };
  const sizes = { context };
  const most = reduceRows('max', seen, rows, { tensors: { S: scores }, sizes });
  const tensors = { S: scores, Most: most };
  const sum = reduceRows('sum', seenPower, rows, { tensors, numbers, sizes });
  const shares = compute(share, scores.shape, { tensors: { ...tensors, Sum: sum }, numbers, sizes });
  return [q, k, v, shares];
}
