/** Causal attention, text by text and head by head; some rows of the attention at a time, with only the columns they see. */
import { product } from './products';
import { largest, softmaxRow, throughSoftmax } from './rows';
import { storeEnd } from './vectors';

/** rows of the attention at a time */
const block = 16;

/** How many numbers `attend()` and `throughAttend()` need beside their results. */
export function attentionScratch(context: i32, width: i32): i32 {
  return context * (3 * width + 2 * block);
}

/**
 * One text: `z + b` with the queries divided by `√(D/H)`, so that the attention is a mere product.
 *
 * @param y - shape `[context, 3 width]`
 */
function prepare(y: usize, z: usize, bias: usize, context: i32, width: i32, scale: f32): void {
  const columns = 3 * width;
  for (let row = 0; row < context; row++) {
    for (let c = 0; c < columns; c += 4) {
      const at: usize = c << 2;
      storeEnd(y + at, f32x4.add(v128.load(z + at), v128.load(bias + at)), columns - c);
    }
    scaleRow(y, width, scale);
    y += (<usize>columns) << 2;
    z += (<usize>columns) << 2;
  }
}

function scaleRow(x: usize, width: i32, scale: f32): void {
  for (let c = 0; c < width; c += 4) {
    storeEnd(x + (c << 2), f32x4.mul(v128.load(x + (c << 2)), f32x4.splat(scale)), width - c);
  }
}

/** Rows `first` … of `A = softmax(Q Kᵀ + mask)`, `seen` columns of each, the hidden ones 0. */
function attention(a: usize, q: usize, first: i32, seen: i32, width: i32, size: i32): void {
  const step = <usize>width * 12;
  const rows = seen - first;
  const queries = q + first * step;
  const keys = q + ((<usize>width) << 2);
  product(a, (<usize>seen) << 2, queries, step, 4, keys, 4, step, rows, size, seen, false);
  for (let row = 0; row < rows; row++) {
    const from = a + ((row * seen) << 2);
    const own = first + row + 1;
    softmaxRow(from, from, own, largest(from, own), 1);
    memory.fill(from + (own << 2), 0, (seen - own) << 2);
  }
}

/**
 * @param y - shape `[texts · context, width]`
 * @param scratch - as many numbers as `attentionScratch()` says
 */
export function attend(
  y: usize,
  z: usize,
  bias: usize,
  texts: i32,
  context: i32,
  width: i32,
  heads: i32,
  scratch: usize,
): void {
  const size = width / heads;
  const step = <usize>width * 12;
  const a = scratch + context * step;
  for (let text = 0; text < texts; text++) {
    prepare(scratch, z + text * context * step, bias, context, width, 1 / sqrt<f32>(<f32>size));
    const to = y + ((text * context * width) << 2);
    for (let head = 0; head < heads; head++) {
      const offset: usize = (head * size) << 2;
      const q = scratch + offset;
      const v = q + ((<usize>width) << 3);
      for (let first = 0; first < context; first += block) {
        const seen = min(first + block, context);
        attention(a, q, first, seen, width, size);
        const rows = to + offset + ((first * width) << 2);
        product(
          rows,
          (<usize>width) << 2,
          a,
          (<usize>seen) << 2,
          4,
          v,
          step,
          4,
          seen - first,
          seen,
          size,
          false,
        );
      }
    }
  }
}

/**
 * @param y - the gradient by z, shape `[texts · context, 3 width]`
 * @param scratch - as many numbers as `attentionScratch()` says
 */
export function throughAttend(
  y: usize,
  delta: usize,
  z: usize,
  bias: usize,
  texts: i32,
  context: i32,
  width: i32,
  heads: i32,
  scratch: usize,
): void {
  const size = width / heads;
  const step = <usize>width * 12;
  const scale: f32 = 1 / sqrt<f32>(<f32>size);
  memory.fill(y, 0, texts * context * step);
  for (let text = 0; text < texts; text++) {
    prepare(scratch, z + text * context * step, bias, context, width, scale);
    const from = delta + ((text * context * width) << 2);
    const to = y + text * context * step;
    for (let head = 0; head < heads; head++) {
      const offset: usize = (head * size) << 2;
      throughHead(
        to + offset,
        from + offset,
        scratch + offset,
        context,
        width,
        size,
        scratch + context * step,
      );
    }
    for (let row = 0; row < context; row++) scaleRow(to + row * step, width, scale);
  }
}

/** One head: `q`, and `dq` with its gradient, are where its queries begin; keys and values lie behind. */
function throughHead(dq: usize, delta: usize, q: usize, context: i32, width: i32, size: i32, a: usize): void {
  const step = <usize>width * 12;
  const line = (<usize>width) << 2;
  for (let first = 0; first < context; first += block) {
    const seen = min(first + block, context);
    const rows = seen - first;
    const across = (<usize>seen) << 2;
    const g = a + rows * across;
    const d = delta + first * line;
    attention(a, q, first, seen, width, size);
    // V takes Aᵀ δ, A takes δ Vᵀ and through the softmax becomes G; Q takes G K, K takes Gᵀ Q.
    product(dq + 2 * line, step, a, 4, across, d, line, 4, seen, rows, size, true);
    product(g, across, d, line, 4, q + 2 * line, 4, step, rows, size, seen, false);
    throughSoftmax(g, g, a, rows, seen);
    product(dq + first * step, step, g, across, 4, q + line, step, 4, rows, seen, size, false);
    product(dq + line, step, g, 4, across, q + first * step, step, 4, seen, rows, size, true);
  }
}
