/** The optimisers' steps, entry by entry, in place. The last vector may reach past the end. */

/** `θ ← θ − α g` */
export function descend(theta: usize, gradient: usize, count: i32, rate: f32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const step = f32x4.mul(f32x4.splat(rate), v128.load(gradient + at));
    v128.store(theta + at, f32x4.sub(v128.load(theta + at), step));
  }
}

/** `m ← β m + g`, then `θ ← θ − α m`, or `θ ← θ − α (g + β m)` */
export function momentum(
  theta: usize,
  sum: usize,
  gradient: usize,
  count: i32,
  rate: f32,
  beta: f32,
  nesterov: bool,
): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const g = v128.load(gradient + at);
    const m = f32x4.add(f32x4.mul(v128.load(sum + at), f32x4.splat(beta)), g);
    v128.store(sum + at, m);
    const direction = nesterov ? f32x4.add(g, f32x4.mul(f32x4.splat(beta), m)) : m;
    v128.store(theta + at, f32x4.sub(v128.load(theta + at), f32x4.mul(f32x4.splat(rate), direction)));
  }
}

/** `v ← v + (g² − v) (1 − ρ)`, `m ← β m + α g / √(v + ε)`, `θ ← θ − m`; `rest` is `1 − ρ` */
export function rmsProp(
  theta: usize,
  square: usize,
  moment: usize,
  gradient: usize,
  count: i32,
  rate: f32,
  rest: f32,
  beta: f32,
  epsilon: f32,
): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const g = v128.load(gradient + at);
    const v = towards(v128.load(square + at), f32x4.mul(g, g), rest);
    v128.store(square + at, v);
    const root = f32x4.sqrt(f32x4.add(v, f32x4.splat(epsilon)));
    const kept = f32x4.mul(v128.load(moment + at), f32x4.splat(beta));
    const m = f32x4.add(kept, f32x4.div(f32x4.mul(f32x4.splat(rate), g), root));
    v128.store(moment + at, m);
    v128.store(theta + at, f32x4.sub(v128.load(theta + at), m));
  }
}

/** `m ← m + (g − m) (1 − β₁)`, `v ← v + (g² − v) (1 − β₂)`, `θ ← θ − α m / (√v + ε)`; `rest` are `1 − β` */
export function adam(
  theta: usize,
  mean: usize,
  square: usize,
  gradient: usize,
  count: i32,
  rate: f32,
  rest1: f32,
  rest2: f32,
  epsilon: f32,
): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const g = v128.load(gradient + at);
    const m = towards(v128.load(mean + at), g, rest1);
    const v = towards(v128.load(square + at), f32x4.mul(g, g), rest2);
    v128.store(mean + at, m);
    v128.store(square + at, v);
    const root = f32x4.add(f32x4.sqrt(v), f32x4.splat(epsilon));
    const step = f32x4.div(f32x4.mul(f32x4.splat(rate), m), root);
    v128.store(theta + at, f32x4.sub(v128.load(theta + at), step));
  }
}

/** `x + (y − x) share` */
function towards(x: v128, y: v128, share: f32): v128 {
  return f32x4.add(x, f32x4.mul(f32x4.sub(y, x), f32x4.splat(share)));
}
