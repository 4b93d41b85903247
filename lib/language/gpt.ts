/**
 * A GPT, forwards and backwards. Rows are positions, `n = B T` of them:
 *
 * 1. `x = E[token] + P[position]`
 * 2. L times: `x += Attn(LN x)`, then `x += MLP(LN x)`
 * 3. `z = LN(x) Eᵀ`, the logits of the next token
 *
 * Each layer keeps what its way back needs. `∂x` stands for ∂L/∂x, and what `LN` does backwards is written `LN′`.
 */
import type { Handle, Operations } from '../tensorflow/operations';
import type { Layer } from '../training/layers';
import type { Parameter } from '../training/parameters';
import type { GptShape } from './gpt-shape';

/** A parameter by its name in `gptTensors()`. */
export type ParameterOf = (name: string) => Parameter;

/** `x = E[token] + P[position]`; backwards `∂E[token] += ∂x` and `∂P[position] = Σ ∂x` over the texts. */
class Embedding implements Layer {
  readonly parameters: readonly Parameter[];
  private tokens: Handle = 0;

  constructor(
    private readonly run: Operations,
    private readonly table: Parameter,
    private readonly positions: Parameter,
    private readonly shape: GptShape,
  ) {
    this.parameters = [table, positions];
  }

  forward(tokens: Handle): Handle {
    this.tokens = tokens;
    return this.run.addPositions(this.run.embed(this.table.value, tokens), this.positions.value);
  }

  backward(dx: Handle): Handle | undefined {
    const { run, table, positions, shape } = this;
    positions.gradient = run.throughPositions(dx, shape.context);
    // The head, which shares the table, has left its own gradient there.
    const gradient = run.throughEmbed(dx, this.tokens, shape.vocabulary);
    table.gradient = run.add(table.gradient as Handle, gradient);
    return undefined;
  }
}

/**
 * `y = x + Attn(LN x)`: with `u = LN(x)`, `o = attend(u W + b)` and `y = x + o Wₒ + bₒ`. Backwards
 * `∂o = ∂y Wₒᵀ`, `∂Wₒ = oᵀ ∂y`, `∂bₒ = Σ ∂y`; with `δ` from `∂o` through the attention `∂W = uᵀ δ`, `∂b = Σ δ`;
 * and `∂x = ∂y + LN′(δ Wᵀ)`.
 */
class AttentionLayer implements Layer {
  readonly parameters: readonly Parameter[];
  private readonly p: Record<'gain' | 'shift' | 'W' | 'b' | 'Wo' | 'bo', Parameter>;
  private x: Handle = 0;
  private u: Handle = 0;
  private qkv: Handle = 0;
  private o: Handle = 0;

  constructor(
    private readonly run: Operations,
    of: ParameterOf,
    private readonly shape: GptShape,
  ) {
    this.p = {
      ...{ gain: of('norm.gain'), shift: of('norm.bias') },
      ...{ W: of('qkv.weights'), b: of('qkv.bias'), Wo: of('output.weights'), bo: of('output.bias') },
    };
    this.parameters = Object.values(this.p);
  }

  forward(x: Handle): Handle {
    const { run, shape } = this;
    const { gain, shift, W, b, Wo, bo } = this.p;
    this.x = x;
    this.u = run.layerNorm(x, gain.value, shift.value);
    this.qkv = run.matMul(this.u, W.value);
    this.o = run.attend(this.qkv, b.value, shape);
    return run.addResidual(x, run.matMul(this.o, Wo.value), bo.value);
  }

  backward(dy: Handle): Handle {
    const { run, shape } = this;
    const { gain, shift, W, b, Wo, bo } = this.p;
    Wo.gradient = run.matMul(this.o, dy, 'first');
    bo.gradient = run.sumRows(dy);
    const delta = run.throughAttend(run.matMul(dy, Wo.value, 'second'), this.qkv, b.value, shape);
    W.gradient = run.matMul(this.u, delta.z, 'first');
    b.gradient = delta.bias;
    const norm = run.throughLayerNorm(run.matMul(delta.z, W.value, 'second'), this.x, gain.value);
    gain.gradient = norm.gain;
    shift.gradient = norm.bias;
    return run.add(dy, norm.x);
  }
}

/**
 * `y = x + MLP(LN x)`: with `u = LN(x)`, `h = GELU(u W₁ + b₁)` and `y = x + h W₂ + b₂`. Backwards
 * `∂h = ∂y W₂ᵀ`, `∂W₂ = hᵀ ∂y`, `∂b₂ = Σ ∂y`; with `δ = ∂h GELU′(u W₁ + b₁)` `∂W₁ = uᵀ δ`, `∂b₁ = Σ δ`;
 * and `∂x = ∂y + LN′(δ W₁ᵀ)`.
 */
class MlpLayer implements Layer {
  readonly parameters: readonly Parameter[];
  private readonly p: Record<'gain' | 'shift' | 'W1' | 'b1' | 'W2' | 'b2', Parameter>;
  private x: Handle = 0;
  private u: Handle = 0;
  private z: Handle = 0;
  private h: Handle = 0;

  constructor(
    private readonly run: Operations,
    of: ParameterOf,
  ) {
    this.p = {
      ...{ gain: of('norm.gain'), shift: of('norm.bias') },
      ...{ W1: of('up.weights'), b1: of('up.bias'), W2: of('down.weights'), b2: of('down.bias') },
    };
    this.parameters = Object.values(this.p);
  }

  forward(x: Handle): Handle {
    const { run } = this;
    const { gain, shift, W1, b1, W2, b2 } = this.p;
    this.x = x;
    this.u = run.layerNorm(x, gain.value, shift.value);
    this.z = run.matMul(this.u, W1.value);
    this.h = run.biasGelu(this.z, b1.value);
    return run.addResidual(x, run.matMul(this.h, W2.value), b2.value);
  }

  backward(dy: Handle): Handle {
    const { run } = this;
    const { gain, shift, W1, b1, W2, b2 } = this.p;
    W2.gradient = run.matMul(this.h, dy, 'first');
    b2.gradient = run.sumRows(dy);
    const delta = run.throughBiasGelu(run.matMul(dy, W2.value, 'second'), this.z, b1.value);
    W1.gradient = run.matMul(this.u, delta.z, 'first');
    b1.gradient = delta.bias;
    const norm = run.throughLayerNorm(run.matMul(delta.z, W1.value, 'second'), this.x, gain.value);
    gain.gradient = norm.gain;
    shift.gradient = norm.bias;
    return run.add(dy, norm.x);
  }
}

/** `z = LN(x) Eᵀ`; backwards `∂E = ∂zᵀ LN(x)` and `∂x = LN′(∂z E)`. */
class Head implements Layer {
  readonly parameters: readonly Parameter[];
  private x: Handle = 0;
  private u: Handle = 0;

  constructor(
    private readonly run: Operations,
    private readonly table: Parameter,
    private readonly gain: Parameter,
    private readonly shift: Parameter,
  ) {
    // The table is the embedding's.
    this.parameters = [gain, shift];
  }

  forward(x: Handle): Handle {
    const { run, table, gain, shift } = this;
    this.x = x;
    this.u = run.layerNorm(x, gain.value, shift.value);
    return run.matMul(this.u, table.value, 'second');
  }

  backward(dz: Handle): Handle {
    const { run, table, gain, shift } = this;
    table.gradient = run.matMul(dz, this.u, 'first');
    const norm = run.throughLayerNorm(run.matMul(dz, table.value), this.x, gain.value);
    gain.gradient = norm.gain;
    shift.gradient = norm.bias;
    return norm.x;
  }
}

/**
 * The layers of a GPT.
 *
 * @param run - runs the operations
 * @param parameter - finds one by its name
 * @param shape - of the GPT
 * @returns from the tokens, indices of shape `[B T]`, to the logits, shape `[B T, V]`
 */
export function gptLayers(run: Operations, parameter: ParameterOf, shape: GptShape): Layer[] {
  const below =
    (path: string): ParameterOf =>
    (name) =>
      parameter(`${path}.${name}`);
  const blocks = Array.from({ length: shape.layers }, (_, index) => [
    new AttentionLayer(run, below(`block${index + 1}.attention`), shape),
    new MlpLayer(run, below(`block${index + 1}.mlp`)),
  ]);
  const table = parameter('tokens');
  return [
    new Embedding(run, table, parameter('positions'), shape),
    ...blocks.flat(),
    new Head(run, table, parameter('norm.gain'), parameter('norm.bias')),
  ];
}
