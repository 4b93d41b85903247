/**
 * A GPT, forwards and backwards. Rows are positions, `n = B T` of them:
 *
 * 1. `x = E[token]`, then `x += P[position]`
 * 2. L times: `x += Attn(LN x)`, then `x += MLP(LN x)`
 * 3. `z = LN(x) Eᵀ`, the logits of the next token
 *
 * Each part keeps what its way back needs. `∂x` stands for ∂L/∂x, and `n′` for the way back through `n`.
 */
import type { Handle, Operations } from '../tensorflow/operations';
import type { Layer } from '../training/layers';
import type { Parameter } from '../training/parameters';
import { Embedding, Head, LayerNorm, type Part, Positions, Product } from './gpt-parts';
import type { GptShape } from './gpt-shape';

/** A parameter by its name in `gptTensors()`. */
export type ParameterOf = (name: string) => Parameter;

/** What is added to the stream. Its last bias is left to {@link Residual}, which adds both in one go. */
export interface Branch extends Part {
  readonly bias: Parameter;
}

/** `y = x + f(LN x)`; backwards `∂x = ∂y + LN′(f′(∂y))`: the gradient goes through, and past. */
export class Residual implements Part {
  readonly parameters: readonly Parameter[];

  constructor(
    private readonly run: Operations,
    readonly norm: Part,
    readonly branch: Branch,
  ) {
    this.parameters = [...norm.parameters, ...branch.parameters];
  }

  forward(x: Handle): Handle {
    const { norm, branch } = this;
    return this.run.addResidual(x, branch.forward(norm.forward(x)), branch.bias.value);
  }

  backward(dy: Handle): Handle {
    const { norm, branch } = this;
    return this.run.add(dy, norm.backward(branch.backward(dy)));
  }
}

/**
 * `Attn(u) = o Wₒ + bₒ` with `o = attend(u W + b)`. Backwards `∂bₒ = Σ ∂y`, then with `∂o = ∂y Wₒᵀ` and `δ` from `∂o`
 * through the attention `∂b = Σ δ` and `∂u = δ Wᵀ`; the gradients of `W` and `Wₒ` are those of a {@link Product}.
 */
export class Attention implements Branch {
  readonly parameters: readonly Parameter[];
  private qkv: Handle = 0;

  constructor(
    private readonly run: Operations,
    private readonly products: Record<'qkv' | 'output', Part>,
    private readonly b: Parameter,
    readonly bias: Parameter,
    private readonly shape: GptShape,
  ) {
    this.parameters = [...products.qkv.parameters, b, ...products.output.parameters, bias];
  }

  forward(u: Handle): Handle {
    const { run, products, b, shape } = this;
    this.qkv = products.qkv.forward(u);
    return products.output.forward(run.attend(this.qkv, b.value, shape));
  }

  backward(dy: Handle): Handle {
    const { run, products, b, bias, shape } = this;
    bias.gradient = run.sumRows(dy);
    const delta = run.throughAttend(products.output.backward(dy), this.qkv, b.value, shape);
    b.gradient = delta.bias;
    return products.qkv.backward(delta.z);
  }
}

/**
 * `MLP(u) = h W₂ + b₂` with `h = GELU(u W₁ + b₁)`. Backwards `∂b₂ = Σ ∂y`, then with `∂h = ∂y W₂ᵀ` and
 * `δ = ∂h GELU′(u W₁ + b₁)` `∂b₁ = Σ δ` and `∂u = δ W₁ᵀ`.
 */
export class Mlp implements Branch {
  readonly parameters: readonly Parameter[];
  private z: Handle = 0;

  constructor(
    private readonly run: Operations,
    private readonly products: Record<'up' | 'down', Part>,
    private readonly b: Parameter,
    readonly bias: Parameter,
  ) {
    this.parameters = [...products.up.parameters, b, ...products.down.parameters, bias];
  }

  forward(u: Handle): Handle {
    const { run, products, b } = this;
    this.z = products.up.forward(u);
    return products.down.forward(run.biasGelu(this.z, b.value));
  }

  backward(dy: Handle): Handle {
    const { run, products, b, bias } = this;
    bias.gradient = run.sumRows(dy);
    const delta = run.throughBiasGelu(products.down.backward(dy), this.z, b.value);
    b.gradient = delta.bias;
    return products.up.backward(delta.z);
  }
}

/**
 * The layers of a GPT.
 *
 * @param run - runs the operations
 * @param of - finds a parameter by its name
 * @param shape - of the GPT
 * @param productOf - makes the product with a matrix, by the matrix's name without `.weights`
 * @returns from the tokens, indices of shape `[B T]`, to the logits, shape `[B T, V]`
 */
export function gptLayers(
  run: Operations,
  of: ParameterOf,
  shape: GptShape,
  productOf = (name: string): Part => new Product(run, of(`${name}.weights`)),
): Layer[] {
  const norm = (at: string) => new LayerNorm(run, of(`${at}.gain`), of(`${at}.bias`));
  const bias = (name: string) => of(`${name}.bias`);
  const blocks = Array.from({ length: shape.layers }, (_, index) => {
    const [attention, mlp] = [`block${index + 1}.attention`, `block${index + 1}.mlp`];
    const [qkv, output] = [`${attention}.qkv`, `${attention}.output`];
    const [up, down] = [`${mlp}.up`, `${mlp}.down`];
    const forAttention = { qkv: productOf(qkv), output: productOf(output) };
    const forMlp = { up: productOf(up), down: productOf(down) };
    return [
      new Residual(
        run,
        norm(`${attention}.norm`),
        new Attention(run, forAttention, bias(qkv), bias(output), shape),
      ),
      new Residual(run, norm(`${mlp}.norm`), new Mlp(run, forMlp, bias(up), bias(down))),
    ];
  });
  return [
    new Embedding(run, of('tokens'), shape.vocabulary),
    new Positions(run, of('positions'), shape.context),
    ...blocks.flat(),
    norm('norm'),
    new Head(run, of('tokens')),
  ];
}
