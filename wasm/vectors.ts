/** Four numbers at a time: functions of them, and the ends of rows. */

/** `a b + c`, where there is one instruction for it rounded once */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** below, `eˣ` would be a denormal number, at which processors are slow */
const lowest: f32 = -87.3;
/** `1.5 · 2²³`: added to a small number, it leaves no bits for a fraction, and the whole number in the lowest bits. */
const rounder: f32 = 12582912;

/**
 * `eˣ`, 0 below −87.3, and from 88.3 on `e^88.3`: `x = n ln 2 + r` with `|r| ≤ ½ ln 2`, and the Taylor polynomial of `eʳ`,
 * whose error is below 2⁻²⁴. NaN stays NaN.
 */
export function exp(x: v128): v128 {
  const bounded = f32x4.pmin(f32x4.pmax(x, f32x4.splat(lowest)), f32x4.splat(88.3));
  const rounded = multiplyAdd(bounded, f32x4.splat(<f32>Math.LOG2E), f32x4.splat(rounder));
  const n = f32x4.sub(rounded, f32x4.splat(rounder));
  // ln 2 in two parts, the first short enough that its multiples by n are exact.
  const most = multiplyAdd(n, f32x4.splat(-0.693359375), bounded);
  const r = multiplyAdd(n, f32x4.splat(<f32>(0.693359375 - Math.LN2)), most);
  let sum = f32x4.splat(1 / 5040.0);
  sum = multiplyAdd(sum, r, f32x4.splat(1 / 720.0));
  sum = multiplyAdd(sum, r, f32x4.splat(1 / 120.0));
  sum = multiplyAdd(sum, r, f32x4.splat(1 / 24.0));
  sum = multiplyAdd(sum, r, f32x4.splat(1 / 6.0));
  sum = multiplyAdd(sum, r, f32x4.splat(0.5));
  sum = multiplyAdd(sum, r, f32x4.splat(1));
  sum = multiplyAdd(sum, r, f32x4.splat(1));
  // 2ⁿ by its exponent: of `rounded`, the shift leaves nothing but n.
  const power = i32x4.add(i32x4.shl(rounded, 23), i32x4.splat(127 << 23));
  return v128.andnot(f32x4.mul(sum, power), f32x4.lt(x, f32x4.splat(lowest)));
}

/** `1 / (1 + e⁻ˣ)` */
export function logistic(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp(f32x4.neg(x))));
}

/** The sum of the four. */
export function sum4(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The largest of the four. */
export function max4(x: v128): f32 {
  const pairs = f32x4.pmax(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return max<f32>(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** The next numbers of a row, of which `rest` are left; `other` stands in for those past its end. */
export function loadEnd(from: usize, rest: i32, other: f32): v128 {
  const x = v128.load(from);
  if (rest >= 4) return x;
  const inside = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(rest));
  return v128.bitselect(x, f32x4.splat(other), inside);
}

/** Writes the next numbers of a row, of which `rest` are left. */
export function storeEnd(to: usize, x: v128, rest: i32): void {
  if (rest >= 4) {
    v128.store(to, x);
    return;
  }
  v128.store32_lane(to, x, 0);
  if (rest > 1) v128.store32_lane(to, x, 1, 4);
  if (rest > 2) v128.store32_lane(to, x, 2, 8);
}
