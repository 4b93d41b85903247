/**
 * The small parts of a GPT: tables that turn tokens into rows, the product with a matrix, the normalisation, and the head
 * that turns rows into logits. Each keeps what its way back needs; `∂x` stands for ∂L/∂x.
 */
import type { Handle, Operations } from '../tensorflow/operations';
import type { Layer } from '../training/layers';
import type { Parameter } from '../training/parameters';

/** A layer, or a part of one. */
export interface Part {
  readonly parameters: readonly Parameter[];
  forward(x: Handle): Handle;
  /** Gives each parameter its gradient; from `∂y` to `∂x`. */
  backward(dy: Handle): Handle;
}

/** `x = E[token]`; backwards `∂E[token] += ∂x`. */
export class Embedding implements Layer {
  readonly parameters: readonly Parameter[];
  private tokens: Handle = 0;

  constructor(
    private readonly run: Operations,
    private readonly table: Parameter,
    private readonly vocabulary: number,
  ) {
    this.parameters = [table];
  }

  forward(tokens: Handle): Handle {
    this.tokens = tokens;
    return this.run.embed(this.table.value, tokens);
  }

  backward(dx: Handle): Handle | undefined {
    const { run, table } = this;
    // The head, which shares the table, has left its own gradient there.
    table.gradient = run.add(table.gradient as Handle, run.throughEmbed(dx, this.tokens, this.vocabulary));
    return undefined;
  }
}

/** `y = x + P[position]`; backwards `∂P[position] = Σ ∂y` over the texts, and `∂x = ∂y`. */
export class Positions implements Part {
  readonly parameters: readonly Parameter[];

  constructor(
    private readonly run: Operations,
    private readonly table: Parameter,
    private readonly context: number,
  ) {
    this.parameters = [table];
  }

  forward(x: Handle): Handle {
    return this.run.addPositions(x, this.table.value);
  }

  backward(dy: Handle): Handle {
    this.table.gradient = this.run.throughPositions(dy, this.context);
    return dy;
  }
}

/** `z = u W`; backwards `∂W = uᵀ ∂z`, and `∂u = ∂z Wᵀ`. */
export class Product implements Part {
  readonly parameters: readonly Parameter[];
  private u: Handle = 0;

  constructor(
    private readonly run: Operations,
    private readonly W: Parameter,
  ) {
    this.parameters = [W];
  }

  forward(u: Handle): Handle {
    this.u = u;
    return this.run.matMul(u, this.W.value);
  }

  backward(dz: Handle): Handle {
    this.W.gradient = this.run.matMul(this.u, dz, 'first');
    return this.run.matMul(dz, this.W.value, 'second');
  }
}

/** `LN x`: each row with mean 0 and variance 1, then times a gain and plus a bias. */
export class LayerNorm implements Part {
  readonly parameters: readonly Parameter[];
  private x: Handle = 0;

  constructor(
    private readonly run: Operations,
    private readonly gain: Parameter,
    private readonly bias: Parameter,
  ) {
    this.parameters = [gain, bias];
  }

  forward(x: Handle): Handle {
    this.x = x;
    return this.run.layerNorm(x, this.gain.value, this.bias.value);
  }

  backward(dy: Handle): Handle {
    const back = this.run.throughLayerNorm(dy, this.x, this.gain.value);
    this.gain.gradient = back.gain;
    this.bias.gradient = back.bias;
    return back.x;
  }
}

/** `z = u Eᵀ`; backwards `∂E = ∂zᵀ u`, to which {@link Embedding} adds, and `∂u = ∂z E`. */
export class Head implements Part {
  /** The table is the embedding's. */
  readonly parameters: readonly Parameter[] = [];
  private u: Handle = 0;

  constructor(
    private readonly run: Operations,
    private readonly table: Parameter,
  ) {}

  forward(u: Handle): Handle {
    this.u = u;
    return this.run.matMul(u, this.table.value, 'second');
  }

  backward(dz: Handle): Handle {
    this.table.gradient = this.run.matMul(dz, this.u, 'first');
    return this.run.matMul(dz, this.table.value);
  }
}
