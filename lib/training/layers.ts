/**
 * The layers of a network: each says how it computes forwards, and how the gradient of the loss goes
 * back through it.
 */
import type { Random } from '../base/random';
import type { ActivationName, Handle, Operations, SharedFloats } from '../tensorflow/operations';
import type { Parameter } from './parameters';

/** What a pass through the network is for. */
export interface Pass {
  /** examples in the batch */
  examples: number;
  /** whether the way back follows */
  learning: boolean;
}

/** A layer computes forwards, remembers what the way back needs, and then goes backwards. */
export interface Layer {
  readonly parameters: readonly Parameter[];
  /**
   * @param x - shape `[examples, inputs]`
   * @param pass - what for
   * @returns y, shape `[examples, outputs]`
   */
  forward(x: Handle, pass: Pass): Handle;
  /**
   * Gives each parameter its gradient.
   *
   * @param delta - ∂L/∂y, shape `[examples, outputs]`
   * @param wanted - whether ∂L/∂x is wanted: the first layer's is of no use
   * @param deltaSum - the sum of `delta` over the batch, where it is known already
   * @returns ∂L/∂x, shape `[examples, inputs]`
   */
  backward(delta: Handle, wanted: boolean, deltaSum?: Handle): Handle | undefined;
  /** @returns what the layer adds to the loss whatever the examples are */
  penalty?(): number;
}

/**
 * `y = φ(x W + b)`, and backwards, with `δ = ∂L/∂y ⊙ φ′(x W + b)`:
 * `∂L/∂W = xᵀ δ`, `∂L/∂b = Σ δ`, `∂L/∂x = δ Wᵀ`. A penalty `λ Σ W²` adds `2 λ W` to `∂L/∂W`.
 */
export class Dense implements Layer {
  readonly parameters: readonly Parameter[];
  private readonly twiceLambda?: Handle;
  private x: Handle = 0;
  private y: Handle = 0;

  /**
   * @param run - runs the operations
   * @param weights - `W`, shape `[inputs, units]`
   * @param bias - `b`, shape `[units]`
   * @param activation - `φ`
   * @param lambda - `λ` >= 0
   */
  constructor(
    private readonly run: Operations,
    private readonly weights: Parameter,
    private readonly bias: Parameter | undefined,
    private readonly activation: ActivationName,
    private readonly lambda: number,
  ) {
    this.parameters = bias ? [weights, bias] : [weights];
    if (lambda > 0) this.twiceLambda = run.constant(2 * lambda);
  }

  forward(x: Handle): Handle {
    const { run, weights, bias } = this;
    this.x = x;
    const product = run.matMul(x, weights.value);
    const z = bias ? run.addBias(product, bias.value) : product;
    this.y = run.activate(this.activation, z);
    return this.y;
  }

  backward(gradient: Handle, wanted: boolean, deltaSum?: Handle): Handle | undefined {
    const { run, weights, bias, twiceLambda } = this;
    const delta = run.throughActivation(this.activation, gradient, this.y);
    weights.gradient = run.matMul(this.x, delta, 'first');
    if (twiceLambda !== undefined) {
      weights.gradient = run.add(weights.gradient, run.multiply(weights.value, twiceLambda));
    }
    if (bias) bias.gradient = deltaSum ?? run.sumRows(delta);
    return wanted ? run.matMul(delta, weights.value, 'second') : undefined;
  }

  penalty(): number {
    if (this.lambda === 0) return 0;
    const half = this.run.halfSquares(this.weights.value);
    return 2 * this.lambda * this.run.read(half)[0];
  }
}

/**
 * `y = m ⊙ x` while the network learns, where `m` is 0 with probability `rate` and else
 * `1 / (1 − rate)`, drawn anew for each number; `y = x` otherwise. Backwards `∂L/∂x = m ⊙ ∂L/∂y`.
 */
export class Dropout implements Layer {
  readonly parameters: readonly Parameter[] = [];
  /** by the number of examples in the batch */
  private readonly masks = new Map<number, SharedFloats>();
  private mask?: SharedFloats;

  /**
   * @param run - runs the operations
   * @param rate - share that is dropped, 0 … 1, not 1
   * @param width - numbers per example
   * @param random - draws the masks; it advances
   */
  constructor(
    private readonly run: Operations,
    private readonly rate: number,
    private readonly width: number,
    private readonly random: Random,
  ) {}

  forward(x: Handle, { examples, learning }: Pass): Handle {
    if (!learning) return x;
    this.mask = this.drawMask(examples);
    return this.run.multiply(x, this.mask.handle);
  }

  backward(delta: Handle, wanted: boolean): Handle | undefined {
    return wanted && this.mask ? this.run.multiply(delta, this.mask.handle) : undefined;
  }

  private drawMask(examples: number): SharedFloats {
    const mask = this.masks.get(examples) ?? this.run.shared([examples, this.width]);
    this.masks.set(examples, mask);
    const kept = 1 / (1 - this.rate);
    for (let index = 0; index < mask.values.length; index++) {
      mask.values[index] = this.random.uniform() >= this.rate ? kept : 0;
    }
    mask.publish();
    return mask;
  }
}
