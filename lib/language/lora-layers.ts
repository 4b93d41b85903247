/** A GPT with an adaptation, forwards and backwards: only the adaptation learns. */
import type { Handle, Operations } from '../tensorflow/operations';
import type { Layer, Pass } from '../training/layers';
import type { Parameter } from '../training/parameters';
import { gptLayers, type ParameterOf } from './gpt';
import type { Part } from './gpt-parts';
import type { GptShape } from './gpt-shape';
import type { Lora } from './lora';

/**
 * `z = u W + s (u A) B`, with `s = α/r`. Backwards, with `δ = s ∂z Bᵀ`: `∂B = s (u A)ᵀ ∂z`, `∂A = uᵀ δ`, and
 * `∂u = ∂z Wᵀ + δ Aᵀ`. The gradient of `W`, as large as `W` itself, is never computed.
 */
class LoraProduct implements Part {
  readonly parameters: readonly Parameter[];
  private readonly s: Handle;
  private u: Handle = 0;
  private thin: Handle = 0;

  constructor(
    private readonly run: Operations,
    private readonly p: Record<'W' | 'A' | 'B', Parameter>,
    scale: number,
  ) {
    this.parameters = [p.W, p.A, p.B];
    this.s = run.constant(scale);
  }

  forward(u: Handle): Handle {
    const { run, p, s } = this;
    this.u = u;
    this.thin = run.multiply(run.matMul(u, p.A.value), s);
    return run.add(run.matMul(u, p.W.value), run.matMul(this.thin, p.B.value));
  }

  backward(dz: Handle): Handle {
    const { run, p, s } = this;
    const delta = run.multiply(run.matMul(dz, p.B.value, 'second'), s);
    p.B.gradient = run.matMul(this.thin, dz, 'first');
    p.A.gradient = run.matMul(this.u, delta, 'first');
    return run.add(run.matMul(dz, p.W.value, 'second'), run.matMul(delta, p.A.value, 'second'));
  }
}

/** A layer of which only the parameters that learn are handed to the optimiser; the others are read as they are. */
class PartlyFrozen implements Layer {
  readonly parameters: readonly Parameter[];
  private readonly frozen: readonly Parameter[];

  constructor(
    private readonly run: Operations,
    private readonly layer: Layer,
  ) {
    this.parameters = layer.parameters.filter(({ learns }) => learns);
    this.frozen = layer.parameters.filter(({ learns }) => !learns);
  }

  forward(x: Handle, pass: Pass): Handle {
    for (const parameter of this.frozen) parameter.value = this.run.readVariable(parameter.variable);
    return this.layer.forward(x, pass);
  }

  backward(delta: Handle, wanted: boolean): Handle | undefined {
    return this.layer.backward(delta, wanted);
  }
}

/**
 * The layers of an adapted GPT.
 *
 * @param run - runs the operations
 * @param of - finds a parameter by its name, those of `loraTensors()` too; of these alone `learns` is true
 * @param shape - of the GPT
 * @param adapter - for its rank and `α`
 * @returns from the tokens, indices of shape `[B T]`, to the logits, shape `[B T, V]`
 */
export function loraLayers(
  run: Operations,
  of: ParameterOf,
  shape: GptShape,
  { alpha, rank }: Pick<Lora, 'alpha' | 'rank'>,
): Layer[] {
  const productOf = (name: string): Part => {
    const [W, A, B] = ['weights', 'A', 'B'].map((kind) => of(`${name}.${kind}`));
    return new LoraProduct(run, { W, A, B }, alpha / rank);
  };
  return gptLayers(run, of, shape, productOf).map((layer) => new PartlyFrozen(run, layer));
}
