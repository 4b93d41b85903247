/** What goes row by row. `columns` is the length of a row. */
import { exp, loadEnd, logistic, max4, storeEnd, sum4 } from './vectors';

/** `y = x + b`, the bias added to each row */
export function addBias(y: usize, x: usize, bias: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c += 4) {
      const at: usize = c << 2;
      storeEnd(y + at, f32x4.add(v128.load(x + at), v128.load(bias + at)), columns - c);
    }
    x += (<usize>columns) << 2;
    y += (<usize>columns) << 2;
  }
}

/** `y = x + z + b`, the bias added to each row */
export function addResidual(y: usize, x: usize, z: usize, bias: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c += 4) {
      const at: usize = c << 2;
      const sum = f32x4.add(v128.load(x + at), f32x4.add(v128.load(z + at), v128.load(bias + at)));
      storeEnd(y + at, sum, columns - c);
    }
    x += (<usize>columns) << 2;
    z += (<usize>columns) << 2;
    y += (<usize>columns) << 2;
  }
}

/** `Σ x` over the rows */
export function sumRows(y: usize, x: usize, rows: i32, columns: i32): void {
  const step = (<usize>columns) << 2;
  let c = 0;
  for (; c + 16 <= columns; c += 16) {
    let from = x + (c << 2);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      s0 = f32x4.add(s0, v128.load(from));
      s1 = f32x4.add(s1, v128.load(from, 16));
      s2 = f32x4.add(s2, v128.load(from, 32));
      s3 = f32x4.add(s3, v128.load(from, 48));
      from += step;
    }
    const to = y + (c << 2);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
  for (; c < columns; c += 4) {
    let sum = f32x4.splat(0);
    for (let row = 0; row < rows; row++) sum = f32x4.add(sum, v128.load(x + row * step + (c << 2)));
    storeEnd(y + (c << 2), sum, columns - c);
  }
}

/** The largest of a row. */
export function largest(z: usize, columns: i32): f32 {
  let most = f32x4.splat(-Infinity);
  for (let c = 0; c < columns; c += 4) {
    most = f32x4.pmax(most, loadEnd(z + (c << 2), columns - c, -Infinity));
  }
  return max4(most);
}

/** One row of `scale eᶻ / Σ eᶻ`; z less its largest, so that no power overflows. Returns the sum of those powers. */
export function softmaxRow(y: usize, z: usize, columns: i32, most: f32, scale: f32): f32 {
  let total = f32x4.splat(0);
  for (let c = 0; c < columns; c += 4) {
    const power = exp(f32x4.sub(v128.load(z + (c << 2)), f32x4.splat(most)));
    storeEnd(y + (c << 2), power, columns - c);
    total = f32x4.add(total, loadEnd(y + (c << 2), columns - c, 0));
  }
  const sum = sum4(total);
  const share = f32x4.splat(scale / sum);
  for (let c = 0; c < columns; c += 4) {
    storeEnd(y + (c << 2), f32x4.mul(v128.load(y + (c << 2)), share), columns - c);
  }
  return sum;
}

/** `softmax(z)` of each row */
export function softmax(y: usize, z: usize, rows: i32, columns: i32): void {
  const step = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    softmaxRow(y, z, columns, largest(z, columns), 1);
    y += step;
    z += step;
  }
}

/** `a (δ − Σ δ a)` of each row */
export function throughSoftmax(y: usize, delta: usize, a: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    let total = f32x4.splat(0);
    for (let c = 0; c < columns; c += 4) {
      const value = loadEnd(a + (c << 2), columns - c, 0);
      total = f32x4.add(total, f32x4.mul(loadEnd(delta + (c << 2), columns - c, 0), value));
    }
    const mean = f32x4.splat(sum4(total));
    for (let c = 0; c < columns; c += 4) {
      const at: usize = c << 2;
      const value = f32x4.mul(v128.load(a + at), f32x4.sub(v128.load(delta + at), mean));
      storeEnd(y + at, value, columns - c);
    }
    y += (<usize>columns) << 2;
    a += (<usize>columns) << 2;
    delta += (<usize>columns) << 2;
  }
}

/** For each row `−ln p` of its class, with `p = softmax(z)`, and `(p − y) / rows`. */
export function crossEntropy(
  losses: usize,
  y: usize,
  z: usize,
  classes: usize,
  rows: i32,
  columns: i32,
): void {
  const step = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    const most = largest(z, columns);
    const sum = softmaxRow(y, z, columns, most, 1 / <f32>rows);
    const place = (<usize>load<i32>(classes + (row << 2))) << 2;
    store<f32>(losses + (row << 2), Mathf.log(sum) + (most - load<f32>(z + place)));
    store<f32>(y + place, load<f32>(y + place) - 1 / <f32>rows);
    y += step;
    z += step;
  }
}

/** Copies the row of each index out of a table. */
export function embed(y: usize, table: usize, indices: usize, rows: i32, columns: i32): void {
  const step = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    memory.copy(y + row * step, table + load<i32>(indices + (row << 2)) * step, step);
  }
}

/** Adds each row of delta to the row of `y` with its index. */
export function throughEmbed(y: usize, delta: usize, indices: usize, rows: i32, columns: i32): void {
  const step = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    const to = y + load<i32>(indices + (row << 2)) * step;
    addBias(to, to, delta + row * step, 1, columns);
  }
}

/** The mean of a row. */
function mean(x: usize, columns: i32): f32 {
  let total = f32x4.splat(0);
  for (let c = 0; c < columns; c += 4) total = f32x4.add(total, loadEnd(x + (c << 2), columns - c, 0));
  return sum4(total) / <f32>columns;
}

/** `1 / √(σ² + 10⁻⁵)` of a row with mean `centre` */
function inverseDeviation(x: usize, columns: i32, centre: f32): f32 {
  let total = f32x4.splat(0);
  for (let c = 0; c < columns; c += 4) {
    const distance = f32x4.sub(loadEnd(x + (c << 2), columns - c, centre), f32x4.splat(centre));
    total = f32x4.add(total, f32x4.mul(distance, distance));
  }
  return 1 / sqrt<f32>(sum4(total) / <f32>columns + 1e-5);
}

/** `γ (x − μ) / √(σ² + 10⁻⁵) + β` */
export function layerNorm(y: usize, x: usize, gain: usize, bias: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    const centre = mean(x, columns);
    const inverse = f32x4.splat(inverseDeviation(x, columns, centre));
    for (let c = 0; c < columns; c += 4) {
      const at: usize = c << 2;
      const normal = f32x4.mul(f32x4.sub(v128.load(x + at), f32x4.splat(centre)), inverse);
      const value = f32x4.add(f32x4.mul(v128.load(gain + at), normal), v128.load(bias + at));
      storeEnd(y + at, value, columns - c);
    }
    x += (<usize>columns) << 2;
    y += (<usize>columns) << 2;
  }
}

/** `y` takes the gradient by x; those by gain and bias are added to what is there. */
export function throughLayerNorm(
  y: usize,
  byGain: usize,
  byBias: usize,
  delta: usize,
  x: usize,
  gain: usize,
  rows: i32,
  columns: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const centre = f32x4.splat(mean(x, columns));
    const inverse = f32x4.splat(inverseDeviation(x, columns, f32x4.extract_lane(centre, 0)));
    let total = f32x4.splat(0);
    let weighted = f32x4.splat(0);
    for (let c = 0; c < columns; c += 4) {
      const at: usize = c << 2;
      const rest = columns - c;
      const d = loadEnd(delta + at, rest, 0);
      const g = f32x4.mul(loadEnd(gain + at, rest, 0), d);
      const distance = f32x4.sub(loadEnd(x + at, rest, 0), centre);
      const normal = f32x4.mul(distance, inverse);
      storeEnd(byGain + at, f32x4.add(v128.load(byGain + at), f32x4.mul(d, normal)), rest);
      storeEnd(byBias + at, f32x4.add(v128.load(byBias + at), d), rest);
      total = f32x4.add(total, g);
      weighted = f32x4.add(weighted, f32x4.mul(g, normal));
    }
    const shift = f32x4.splat(sum4(total) / <f32>columns);
    const tilt = f32x4.splat(sum4(weighted) / <f32>columns);
    for (let c = 0; c < columns; c += 4) {
      const at: usize = c << 2;
      const normal = f32x4.mul(f32x4.sub(v128.load(x + at), centre), inverse);
      const g = f32x4.mul(v128.load(gain + at), v128.load(delta + at));
      const value = f32x4.sub(f32x4.sub(g, shift), f32x4.mul(normal, tilt));
      storeEnd(y + at, f32x4.mul(value, inverse), columns - c);
    }
    x += (<usize>columns) << 2;
    y += (<usize>columns) << 2;
    delta += (<usize>columns) << 2;
  }
}

/** `√(8/π)`, since `½ (1 + tanh t) = 1 / (1 + e⁻²ᵗ)` */
const twice: f32 = 1.5957691216057308;
const cubic: f32 = 0.044715;

/** `½ (1 + tanh(√(2/π) (u + 0.044715 u³)))`, the share of u that passes */
function share(u: v128): v128 {
  const square = f32x4.mul(u, u);
  const inner = f32x4.add(f32x4.splat(1), f32x4.mul(f32x4.splat(cubic), square));
  return logistic(f32x4.mul(f32x4.splat(twice), f32x4.mul(u, inner)));
}

/** `φ(z + b)` with GELU's `φ` */
export function biasGelu(y: usize, z: usize, bias: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c += 4) {
      const at: usize = c << 2;
      const u = f32x4.add(v128.load(z + at), v128.load(bias + at));
      storeEnd(y + at, f32x4.mul(u, share(u)), columns - c);
    }
    z += (<usize>columns) << 2;
    y += (<usize>columns) << 2;
  }
}

/** `y` takes `δ φ′(z + b)`; its sum over the rows is added to `byBias`. */
export function throughBiasGelu(
  y: usize,
  byBias: usize,
  delta: usize,
  z: usize,
  bias: usize,
  rows: i32,
  columns: i32,
): void {
  const one = f32x4.splat(1);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c += 4) {
      const at: usize = c << 2;
      const u = f32x4.add(v128.load(z + at), v128.load(bias + at));
      const s = share(u);
      // φ′ = s + u s (1 − s) t′ with t′ = √(8/π) (1 + 3 · 0.044715 u²)
      const inner = f32x4.add(one, f32x4.mul(f32x4.splat(3 * cubic), f32x4.mul(u, u)));
      const steep = f32x4.mul(f32x4.mul(u, f32x4.splat(twice)), inner);
      const slope = f32x4.mul(s, f32x4.add(one, f32x4.mul(steep, f32x4.sub(one, s))));
      const value = f32x4.mul(v128.load(delta + at), slope);
      storeEnd(y + at, value, columns - c);
      storeEnd(byBias + at, f32x4.add(v128.load(byBias + at), value), columns - c);
    }
    z += (<usize>columns) << 2;
    y += (<usize>columns) << 2;
    delta += (<usize>columns) << 2;
  }
}
