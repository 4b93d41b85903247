/**
 * The rules that turn gradients into steps, from their formulas. Each keeps a state of its own and is
 * for one descent. Vectors are plain arrays; every operation is entry by entry.
 */
import {
  requireBetween,
  requireCount,
  requireNonNegative,
  requirePositive,
  requireSameLength,
} from '../base/checks';
import { requireFiniteVector, type Vector } from '../maths/vectors';
import { constantRate, type Schedule } from './schedules';

/** A rule with its state. */
export interface Optimizer {
  /**
   * @param parameters - `θ`, shape `[d]`; never modified
   * @param gradient - `g`, the gradient there, shape `[d]`; never modified
   * @returns the parameters after one step, shape `[d]`
   * @throws RangeError if the shapes differ
   */
  step(parameters: Vector, gradient: Vector): Vector;
}

/** `α`: how far a step goes; one number > 0, or one for each step from 0 on. */
export interface RateOption {
  learningRate: number | Schedule;
}

/** Calls `update` with the rate of each step, in turn, and checks what goes in. */
function optimizer(
  { learningRate }: RateOption,
  update: (parameters: Vector, gradient: Vector, rate: number, step: number) => Vector,
): Optimizer {
  const schedule = typeof learningRate === 'number' ? constantRate(learningRate) : learningRate;
  let step = 0;
  return {
    step(parameters, gradient) {
      requireSameLength('parameters', parameters, 'the gradient', gradient, 'step');
      const rate = schedule(step);
      requirePositive(`the learningRate of step ${step}`, rate, 'step');
      step++;
      return update(parameters, gradient, rate, step);
    },
  };
}

/** A vector of the state; it starts at zero, with as many entries as the first gradient. */
function memory(): (update: (old: number, index: number) => number, size: number) => Vector {
  let values: Vector | undefined;
  return (update, size) => {
    values = (values ?? new Array<number>(size).fill(0)).map(update);
    return values;
  };
}

/**
 * Gradient descent, `θ ← θ − α g`.
 *
 * @param options - the rate
 * @throws RangeError if the rate is not positive
 */
export function sgd(options: RateOption): Optimizer {
  return optimizer(options, (parameters, gradient, rate) =>
    parameters.map((theta, i) => theta - rate * gradient[i]),
  );
}

/**
 * Momentum, `v ← β v + g`, `θ ← θ − α v`; with `nesterov`, `θ ← θ − α (g + β v)`.
 *
 * @param options - the rate; `momentum`: `β`, 0 … 1, how much of the velocity is kept, 0.9;
 *   `nesterov`: step as if the velocity had been applied already, false
 * @throws RangeError if an option is out of range
 * @see Polyak, "Some methods of speeding up the convergence of iteration methods" (1964)
 * @see Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep
 *   learning" (2013), for Nesterov's form
 */
export function momentum(
  options: RateOption & { momentum?: number; nesterov?: boolean },
): Optimizer {
  const { momentum: beta = 0.9, nesterov = false } = options;
  requireShare('momentum', beta);
  const velocity = memory();
  return optimizer(options, (parameters, gradient, rate) => {
    const v = velocity((old, i) => beta * old + gradient[i], gradient.length);
    return parameters.map(
      (theta, i) => theta - rate * (nesterov ? gradient[i] + beta * v[i] : v[i]),
    );
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
  const squares = memory();
  return optimizer(options, (parameters, gradient, rate) => {
    const s = squares((old, i) => decay * old + (1 - decay) * gradient[i] ** 2, gradient.length);
    return parameters.map((theta, i) => theta - (rate * gradient[i]) / Math.sqrt(s[i] + epsilon));
  });
}

/** Options of {@link adam}. */
export interface AdamOptions extends RateOption {
  /** `β₁`, 0 … 1, how much of the mean gradient is kept; 0.9 */
  beta1?: number;
  /** `β₂`, 0 … 1, how much of the mean square is kept; 0.999 */
  beta2?: number;
  /** `ε`, keeps the division from zero; 1e-7 */
  epsilon?: number;
}

/**
 * Adam: `m ← β₁ m + (1 − β₁) g`, `s ← β₂ s + (1 − β₂) g²`, and at step `t` from 1
 * `θ ← θ − α m̂ / (√ŝ + ε)` with `m̂ = m / (1 − β₁ᵗ)`, `ŝ = s / (1 − β₂ᵗ)`.
 *
 * @param options - the rate, two shares, and `ε`
 * @throws RangeError if an option is out of range
 * @see Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1
 */
export function adam(options: AdamOptions): Optimizer {
  return adamW({ ...options, weightDecay: 0 });
}

/**
 * Adam with decoupled weight decay: the step of {@link adam}, and besides `θ` loses `α γ θ`.
 *
 * @param options - those of Adam; `weightDecay`: `γ` >= 0, 0.004
 * @throws RangeError if an option is out of range
 * @see Loshchilov and Hutter, "Decoupled weight decay regularization" (2019), algorithm 2
 */
export function adamW(options: AdamOptions & { weightDecay?: number }): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, weightDecay = 0.004 } = options;
  requireShare('beta1', beta1);
  requireShare('beta2', beta2);
  requirePositive('epsilon', epsilon, 'make an optimizer');
  requireNonNegative('weightDecay', weightDecay, 'make an optimizer');
  const [means, squares] = [memory(), memory()];
  return optimizer(options, (parameters, gradient, rate, t) => {
    const m = means((old, i) => beta1 * old + (1 - beta1) * gradient[i], gradient.length);
    const s = squares((old, i) => beta2 * old + (1 - beta2) * gradient[i] ** 2, gradient.length);
    return parameters.map((theta, i) => {
      const mean = m[i] / (1 - beta1 ** t);
      const square = s[i] / (1 - beta2 ** t);
      return theta - rate * weightDecay * theta - (rate * mean) / (Math.sqrt(square) + epsilon);
    });
  });
}

/** `0 <= share < 1`: at 1 nothing new would ever come in. */
function requireShare(name: string, share: number): void {
  requireBetween(name, share, 0, 1 - Number.EPSILON, 'make an optimizer');
}

/**
 * Descends with an optimizer. As in `gradientDescent`, the path ends early at its last point of
 * finite numbers.
 *
 * @param rule - a fresh optimizer; its state moves
 * @param gradient - maps parameters, shape `[d]`, to the gradient there, shape `[d]`
 * @param start - initial parameters, shape `[d]`; never modified
 * @param steps - how many steps to take, a whole number >= 1
 * @returns every point visited, `start` first, shape `[steps + 1, d]`, fewer after an overflow
 * @throws RangeError if `steps` or `start` is out of range
 */
export function descendWith(
  rule: Optimizer,
  gradient: (parameters: Vector) => Vector,
  start: Vector,
  steps: number,
): Vector[] {
  requireCount('steps', steps, 'descend');
  requireFiniteVector('start', start, 'descend');
  const path: Vector[] = [[...start]];
  for (let step = 0; step < steps; step++) {
    const next = rule.step(path[step], gradient([...path[step]]));
    if (!next.every(Number.isFinite)) break;
    path.push(next);
  }
  return path;
}
