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
import { Embedding, Head, LayerNorm, type Part, Positions } from './gpt-parts';
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
 * `Attn(u) = o Wₒ + bₒ` with `o = attend(u W + b)`. Backwards `∂o = ∂y Wₒᵀ`, `∂Wₒ = oᵀ ∂y`, `∂bₒ = Σ ∂y`; with `δ` from
 * `∂o` through the attention `∂W = uᵀ δ`, `∂b = Σ δ` and `∂u = δ Wᵀ`.
 */
export class Attention implements Branch {
  readonly parameters: readonly Parameter[];
  readonly bias: Parameter;
  private u: Handle = 0;
  private qkv: Handle = 0;
  private o: Handle = 0;

  constructor(
    private readonly run: Operations,
    private readonly p: Record<'W' | 'b' | 'Wo' | 'bo', Parameter>,
    private readonly shape: GptShape,
  ) {
    this.parameters = [p.W, p.b, p.Wo, p.bo];
    this.bias = p.bo;
  }

  forward(u: Handle): Handle {
    const { run, p, shape } = this;
    this.u = u;
    this.qkv = run.matMul(u, p.W.value);
    this.o = run.attend(this.qkv, p.b.value, shape);
    return run.matMul(this.o, p.Wo.value);
  }

  backward(dy: Handle): Handle {
    const { run, p, shape } = this;
    p.Wo.gradient = run.matMul(this.o, dy, 'first');
    p.bo.gradient = run.sumRows(dy);
    const delta = run.throughAttend(run.matMul(dy, p.Wo.value, 'second'), this.qkv, p.b.value, shape);
    p.W.gradient = run.matMul(this.u, delta.z, 'first');
    p.b.gradient = delta.bias;
    return run.matMul(delta.z, p.W.value, 'second');
  }
}

/**
 * `MLP(u) = h W₂ + b₂` with `h = GELU(u W₁ + b₁)`. Backwards `∂h = ∂y W₂ᵀ`, `∂W₂ = hᵀ ∂y`, `∂b₂ = Σ ∂y`; with
 * `δ = ∂h GELU′(u W₁ + b₁)` `∂W₁ = uᵀ δ`, `∂b₁ = Σ δ` and `∂u = δ W₁ᵀ`.
 */
export class Mlp implements Branch {
  readonly parameters: readonly Parameter[];
  readonly bias: Parameter;
  private u: Handle = 0;
  private z: Handle = 0;
  private h: Handle = 0;

  constructor(
    private readonly run: Operations,
    private readonly p: Record<'W1' | 'b1' | 'W2' | 'b2', Parameter>,
  ) {
    this.parameters = [p.W1, p.b1, p.W2, p.b2];
    this.bias = p.b2;
  }

  forward(u: Handle): Handle {
    const { run, p } = this;
    this.u = u;
    this.z = run.matMul(u, p.W1.value);
    this.h = run.biasGelu(this.z, p.b1.value);
    return run.matMul(this.h, p.W2.value);
  }

  backward(dy: Handle): Handle {
    const { run, p } = this;
    p.W2.gradient = run.matMul(this.h, dy, 'first');
    p.b2.gradient = run.sumRows(dy);
    const delta = run.throughBiasGelu(run.matMul(dy, p.W2.value, 'second'), this.z, p.b1.value);
    p.W1.gradient = run.matMul(this.u, delta.z, 'first');
    p.b1.gradient = delta.bias;
    return run.matMul(delta.z, p.W1.value, 'second');
  }
}

/**
 * The layers of a GPT.
 *
 * @param run - runs the operations
 * @param of - finds a parameter by its name
 * @param shape - of the GPT
 * @returns from the tokens, indices of shape `[B T]`, to the logits, shape `[B T, V]`
 */
export function gptLayers(run: Operations, of: ParameterOf, shape: GptShape): Layer[] {
  const norm = (at: string) => new LayerNorm(run, of(`${at}.gain`), of(`${at}.bias`));
  const [weights, bias] = ['weights', 'bias'].map((kind) => (name: string) => of(`${name}.${kind}`));
  const blocks = Array.from({ length: shape.layers }, (_, index) => {
    const [attention, mlp] = [`block${index + 1}.attention`, `block${index + 1}.mlp`];
    const [qkv, output] = [`${attention}.qkv`, `${attention}.output`];
    const [up, down] = [`${mlp}.up`, `${mlp}.down`];
    const forAttention = { W: weights(qkv), b: bias(qkv), Wo: weights(output), bo: bias(output) };
    const forMlp = { W1: weights(up), b1: bias(up), W2: weights(down), b2: bias(down) };
    return [
      new Residual(run, norm(`${attention}.norm`), new Attention(run, forAttention, shape)),
      new Residual(run, norm(`${mlp}.norm`), new Mlp(run, forMlp)),
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
