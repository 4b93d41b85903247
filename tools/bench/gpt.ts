/**
 * A GPT that learns one batch by heart, for the clock: written once over the operations that the course trains with, so
 * that the same step runs on every backend. `torch_gpt_peer.py` is the same network, batch and AdamW.
 */
import { createOperations, type Handle, type Operations, tf, withThreadsFor } from '../../lib/tensorflow';

/** What decides the work of a step. */
export interface GptSizes {
  layers: number;
  heads: number;
  width: number;
  context: number;
  /** texts in the batch */
  batch: number;
  vocabulary: number;
}

export const gptSizes: GptSizes = { layers: 3, heads: 4, width: 96, context: 64, batch: 24, vocabulary: 74 };

const [rate, weightDecay, beta1, beta2, epsilon] = [1e-3, 0.01, 0.9, 0.999, 1e-8];

interface Parameter {
  variable: Handle;
  state: { mean: Handle; square: Handle };
  value: Handle;
  gradient: Handle;
}

interface Norm {
  gain: Parameter;
  shift: Parameter;
}

interface Dense {
  weights: Parameter;
  bias: Parameter;
}

interface Block {
  norms: Norm[];
  qkv: Dense;
  output: Dense;
  up: Dense;
  down: Dense;
}

type Indices = ReturnType<Operations['sharedIndices']>;

/** From ∂L/∂y of a part to ∂L/∂x; it sets the gradients of the part's parameters. */
type Back = (delta: Handle) => Handle;

/** Owns its operations until `dispose()`. */
export class GptTraining {
  private readonly run: Operations;
  private readonly parameters: Parameter[] = [];
  private readonly tokens: Indices;
  private readonly targets: Indices;
  private readonly powers;
  private readonly settings;
  private readonly shrink: Handle;
  private readonly embedding;
  private readonly blocks;
  private readonly norm;
  private steps = 0;

  /**
   * @param sizes - of the network and the batch
   * @param random - draws normal numbers, for the weights
   * @param run - runs the operations; those of the backend in use if not given
   */
  constructor(
    private readonly sizes: GptSizes,
    random: () => number,
    run?: Operations,
  ) {
    const { layers, width, context, batch, vocabulary } = sizes;
    this.run = run ?? createOperations();
    const weight = (rows: number, columns: number) => this.parameter([rows, columns], () => 0.02 * random());
    const bias = (size: number) => this.parameter([size], () => 0);
    const norm = () => ({ gain: this.parameter([width], () => 1), shift: bias(width) });
    this.embedding = { tokens: weight(vocabulary, width), positions: weight(context, width) };
    this.blocks = Array.from({ length: layers }, () => ({
      norms: [norm(), norm()],
      qkv: { weights: weight(width, 3 * width), bias: bias(3 * width) },
      output: { weights: weight(width, width), bias: bias(width) },
      up: { weights: weight(width, 4 * width), bias: bias(4 * width) },
      down: { weights: weight(4 * width, width), bias: bias(width) },
    }));
    this.norm = norm();
    [this.tokens, this.targets] = [0, 1].map((ahead) => {
      const indices = this.run.sharedIndices(batch * context);
      for (let row = 0; row < batch * context; row++) {
        const [text, place] = [Math.floor(row / context), row % context];
        indices.values[row] = (7 * (place + ahead) + 3 * text) % vocabulary;
      }
      indices.publish();
      return indices;
    });
    this.powers = [this.run.shared([]), this.run.shared([])];
    const [alpha, b1, b2, tiny] = [rate, beta1, beta2, epsilon].map((value) => this.run.constant(value));
    this.settings = { rate: alpha, beta1: b1, beta2: b2, epsilon: tiny };
    this.shrink = this.run.constant(rate * weightDecay);
  }

  /** @returns the loss before the step */
  step(): number {
    const { context, batch } = this.sizes;
    return withThreadsFor(batch * context, () => this.update());
  }

  dispose(): void {
    this.run.dispose();
  }

  private parameter(shape: number[], draw: () => number): Parameter {
    const { run } = this;
    const initial = tf.buffer(shape);
    for (let index = 0; index < initial.values.length; index++) initial.values[index] = draw();
    const tensor = initial.toTensor();
    const make = (handle: Handle) => run.variable(shape, handle);
    const given = run.handleOf(tensor);
    const state = { mean: make(run.zerosLike(given)), square: make(run.zerosLike(given)) };
    const parameter = { variable: make(given), state, value: 0, gradient: 0 };
    run.freeResults();
    tensor.dispose();
    this.parameters.push(parameter);
    return parameter;
  }

  private update(): number {
    const { run, embedding, tokens, targets, sizes } = this;
    for (const one of this.parameters) one.value = run.readVariable(one.variable);
    const backs: Back[] = [];
    let x = run.addPositions(run.embed(embedding.tokens.value, tokens.handle), embedding.positions.value);
    for (const block of this.blocks) {
      const [seen, throughAttention] = this.attention(x, block);
      const [y, throughMlp] = this.mlp(seen, block);
      backs.push(throughAttention, throughMlp);
      x = y;
    }
    const u = run.layerNorm(x, this.norm.gain.value, this.norm.shift.value);
    const loss = run.crossEntropy(run.matMul(u, embedding.tokens.value, 'second'), targets.handle);
    let delta = this.throughNorm(run.matMul(loss.z, embedding.tokens.value), x, this.norm);
    for (const back of backs.reverse()) delta = back(delta);
    // The table of the tokens is also the head.
    const ofHead = run.matMul(loss.z, u, 'first');
    embedding.tokens.gradient = run.add(ofHead, run.throughEmbed(delta, tokens.handle, sizes.vocabulary));
    embedding.positions.gradient = run.throughPositions(delta, sizes.context);
    const losses = run.read(loss.losses);
    run.freeResults(this.parameters.map(({ gradient }) => gradient));
    this.adamW();
    run.freeResults();
    return losses.reduce((sum, one) => sum + one, 0) / losses.length;
  }

  private attention(x: Handle, { norms, qkv, output }: Block): [Handle, Back] {
    const { run, sizes } = this;
    const u = run.layerNorm(x, norms[0].gain.value, norms[0].shift.value);
    const z = run.matMul(u, qkv.weights.value);
    const seen = run.attend(z, qkv.bias.value, sizes);
    const y = run.addResidual(x, run.matMul(seen, output.weights.value), output.bias.value);
    return [
      y,
      (dy) => {
        const back = run.throughAttend(this.throughDense(dy, seen, output), z, qkv.bias.value, sizes);
        qkv.bias.gradient = back.bias;
        return run.add(dy, this.throughNorm(this.throughProduct(back.z, u, qkv.weights), x, norms[0]));
      },
    ];
  }

  private mlp(x: Handle, { norms, up, down }: Block): [Handle, Back] {
    const { run } = this;
    const u = run.layerNorm(x, norms[1].gain.value, norms[1].shift.value);
    const z = run.matMul(u, up.weights.value);
    const hidden = run.biasGelu(z, up.bias.value);
    const y = run.addResidual(x, run.matMul(hidden, down.weights.value), down.bias.value);
    return [
      y,
      (dy) => {
        const back = run.throughBiasGelu(this.throughDense(dy, hidden, down), z, up.bias.value);
        up.bias.gradient = back.bias;
        return run.add(dy, this.throughNorm(this.throughProduct(back.z, u, up.weights), x, norms[1]));
      },
    ];
  }

  private throughDense(delta: Handle, x: Handle, { weights, bias }: Dense): Handle {
    bias.gradient = this.run.sumRows(delta);
    return this.throughProduct(delta, x, weights);
  }

  private throughProduct(delta: Handle, x: Handle, weights: Parameter): Handle {
    weights.gradient = this.run.matMul(x, delta, 'first');
    return this.run.matMul(delta, weights.value, 'second');
  }

  private throughNorm(delta: Handle, x: Handle, { gain, shift }: Norm): Handle {
    const back = this.run.throughLayerNorm(delta, x, gain.value);
    [gain.gradient, shift.gradient] = [back.gain, back.bias];
    return back.x;
  }

  /** `θ ← θ − α λ θ`, then Adam's step. */
  private adamW(): void {
    const { run } = this;
    this.steps++;
    const [power1, power2] = [beta1, beta2].map((beta, index) => {
      const power = this.powers[index];
      power.values[0] = beta ** this.steps;
      power.publish();
      return power.handle;
    });
    const settings = { ...this.settings, power1, power2 };
    for (const { variable, state, gradient } of this.parameters) {
      const value = run.readVariable(variable);
      run.descend(variable, this.shrink, value);
      if (value !== variable) run.freeLastResult();
      run.descendByAdam(variable, state, settings, gradient);
    }
  }
}
