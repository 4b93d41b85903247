/** What goes entry by entry. The last vector may reach past the end. */
import { exp, loadEnd, logistic } from './vectors';

/** `y = a + b`, where `b` is one number if `single` */
export function add(y: usize, a: usize, b: usize, count: i32, single: bool): void {
  const one = v128.load32_splat(b);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    v128.store(y + at, f32x4.add(v128.load(a + at), single ? one : v128.load(b + at)));
  }
}

/** `y = a b`, where `b` is one number if `single` */
export function multiply(y: usize, a: usize, b: usize, count: i32, single: bool): void {
  const one = v128.load32_splat(b);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    v128.store(y + at, f32x4.mul(v128.load(a + at), single ? one : v128.load(b + at)));
  }
}

/** `y = a / b`, where `b` is one number if `single` */
export function divide(y: usize, a: usize, b: usize, count: i32, single: bool): void {
  const one = v128.load32_splat(b);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    v128.store(y + at, f32x4.div(v128.load(a + at), single ? one : v128.load(b + at)));
  }
}

/** `½ Σ x²`, summed in double precision */
export function halfSquares(x: usize, count: i32): f64 {
  let sum = f64x2.splat(0);
  for (let index = 0; index < count; index += 4) {
    const four = loadEnd(x + (index << 2), count - index, 0);
    const first = f64x2.promote_low_f32x4(four);
    const last = f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 2, 3));
    sum = f64x2.add(sum, f64x2.add(f64x2.mul(first, first), f64x2.mul(last, last)));
  }
  return (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)) / 2;
}

/** `a = max(0, z)` */
export function relu(a: usize, z: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    v128.store(a + at, f32x4.pmax(v128.load(z + at), f32x4.splat(0)));
  }
}

/** `a = 1 / (1 + e⁻ᶻ)` */
export function sigmoid(a: usize, z: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    v128.store(a + at, logistic(v128.load(z + at)));
  }
}

/** `a = tanh z = 1 − 2 / (e²ᶻ + 1)`; its Taylor polynomial where that would cancel */
export function tanh(a: usize, z: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const x = v128.load(z + at);
    const power = exp(f32x4.add(x, x));
    const far = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(power, f32x4.splat(1))));
    const isNear = f32x4.lt(f32x4.abs(x), f32x4.splat(0.5));
    v128.store(a + at, v128.bitselect(tanhNear(x), far, isNear));
  }
}

/** For `|x| ≤ ½` with an error below 10⁻⁷ of the value. */
function tanhNear(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let sum = f32x4.splat(21844 / 6081075.0);
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(-1382 / 155925.0));
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(62 / 2835.0));
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(-17 / 315.0));
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(2 / 15.0));
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(-1 / 3.0));
  return f32x4.add(x, f32x4.mul(x, f32x4.mul(sum, square)));
}

/** `δ` where `a > 0`, else 0 */
export function throughRelu(y: usize, delta: usize, a: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const isOn = f32x4.gt(v128.load(a + at), f32x4.splat(0));
    v128.store(y + at, v128.and(v128.load(delta + at), isOn));
  }
}

/** `δ a (1 − a)` */
export function throughSigmoid(y: usize, delta: usize, a: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const value = v128.load(a + at);
    const slope = f32x4.mul(value, f32x4.sub(f32x4.splat(1), value));
    v128.store(y + at, f32x4.mul(v128.load(delta + at), slope));
  }
}

/** `δ (1 − a²)` */
export function throughTanh(y: usize, delta: usize, a: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const value = v128.load(a + at);
    const slope = f32x4.sub(f32x4.splat(1), f32x4.mul(value, value));
    v128.store(y + at, f32x4.mul(v128.load(delta + at), slope));
  }
}
