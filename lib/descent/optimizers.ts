/**
 * The rules that turn gradients into steps, from their formulas. Each keeps a memory of its own and
 * is for one descent. Vectors are plain arrays; every operation is entry by entry.
 */
import { requireBetween, requirePositive } from '../base/checks';
import type { Vector } from '../maths/vectors';
import { downhill, type Optimizer, optimizer, type RateOption } from './descend';

/** What a rule remembers: `m ← keep · m + take · x`, from zero on. */
function memory(keep: number, take = 1 - keep): (values: Vector) => Vector {
  let kept: Vector = [];
  return (values) => {
    kept = values.map((value, i) => keep * (kept[i] ?? 0) + take * value);
    return kept;
  };
}

function squared(values: Vector): Vector {
  return values.map((value) => value ** 2);
}

/**
 * Gradient descent, `θ ← θ − α g`.
 *
 * @param options - the rate
 * @throws RangeError if the rate is not positive
 */
export function sgd(options: RateOption): Optimizer {
  return optimizer(options, downhill);
}

/**
 * Momentum, `v ← β v + g`, `θ ← θ − α v`; with `nesterov`, `θ ← θ − α (g + β v)`.
 *
 * @param options - the rate; `momentum`: `β`, 0 … 1, how much of the velocity is kept, 0.9;
 *   `nesterov`: step as if the velocity had been applied already, false
 * @throws RangeError if an option is out of range
 * @see Polyak, "Some methods of speeding up the convergence of iteration methods" (1964)
 * @see Bengio, Boulanger-Lewandowski, Pascanu, "Advances in optimizing recurrent networks" (2013), for Nesterov's form
 */
export function momentum(options: RateOption & { momentum?: number; nesterov?: boolean }): Optimizer {
  const { momentum: beta = 0.9, nesterov = false } = options;
  requireShare('momentum', beta);
  const velocity = memory(beta, 1);
  return optimizer(options, (theta, g, alpha, t) => {
    const v = velocity(g);
    const direction = nesterov ? g.map((slope, i) => slope + beta * v[i]) : v;
    return downhill(theta, direction, alpha, t);
  });
}

/**
 * RMSProp, `s ← ρ s + (1 − ρ) g²`, `θ ← θ − α g / √(s + ε)`.
 *
 * @param options - the rate; `decay`: `ρ`, 0 … 1, how much of the mean square is kept, 0.9;
 *   `epsilon`: `ε`, keeps the division from zero, 1e-7
 * @throws RangeError if an option is out of range
 * @see Tieleman and Hinton, lecture 6.5 of *Neural Networks for Machine Learning* (2012)
 */
export function rmsProp(options: RateOption & { decay?: number; epsilon?: number }): Optimizer {
  const { decay = 0.9, epsilon = 1e-7 } = options;
  requireShare('decay', decay);
  requirePositive('epsilon', epsilon, 'make an optimizer');
  const meanSquare = memory(decay);
  return optimizer(options, (theta, g, alpha) => {
    const s = meanSquare(squared(g));
    return theta.map((value, i) => value - (alpha * g[i]) / Math.sqrt(s[i] + epsilon));
  });
}

/**
 * Adam: `m ← β₁ m + (1 − β₁) g`, `s ← β₂ s + (1 − β₂) g²`, and at step `t` from 1
 * `θ ← θ − α m̂ / (√ŝ + ε)` with `m̂ = m / (1 − β₁ᵗ)`, `ŝ = s / (1 − β₂ᵗ)`.
 *
 * @param options - the rate; `beta1`: `β₁`, 0 … 1, how much of the mean gradient is kept, 0.9;
 *   `beta2`: `β₂`, 0 … 1, how much of the mean square is kept, 0.999; `epsilon`: `ε`, keeps the
 *   division from zero, 1e-7
 * @throws RangeError if an option is out of range
 * @see Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1
 */
export function adam(options: RateOption & { beta1?: number; beta2?: number; epsilon?: number }): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  requireShare('beta1', beta1);
  requireShare('beta2', beta2);
  requirePositive('epsilon', epsilon, 'make an optimizer');
  const [mean, meanSquare] = [memory(beta1), memory(beta2)];
  return optimizer(options, (theta, g, alpha, t) => {
    const m = mean(g);
    const s = meanSquare(squared(g));
    return theta.map((value, i) => {
      const mHat = m[i] / (1 - beta1 ** t);
      const sHat = s[i] / (1 - beta2 ** t);
      return value - (alpha * mHat) / (Math.sqrt(sHat) + epsilon);
    });
  });
}

/** `0 <= share < 1`: at 1 nothing new would ever come in. */
function requireShare(name: string, share: number): void {
  requireBetween(name, share, 0, 1 - Number.EPSILON, 'make an optimizer');
}
