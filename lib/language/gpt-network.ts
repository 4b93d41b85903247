/** The network of a GPT on the backend in use: the numbers of the model, and the layers that compute with them. */
import { tf } from '../tensorflow/backend';
import { createOperations } from '../tensorflow/create-operations';
import type { Handle, Operations } from '../tensorflow/operations';
import { withThreadsFor } from '../tensorflow/threads';
import type { SharedIndices } from '../tensorflow/transformer-operations';
import { Network } from '../training/network';
import type { Parameter } from '../training/parameters';
import { gptLayers } from './gpt';
import type { Gpt } from './gpt-model';
import { type GptShape, gptTensors } from './gpt-shape';

/** Memory for texts of one number. */
export interface TextBuffers {
  /** what the GPT reads, shape `[B T]` */
  tokens: SharedIndices;
  /** what comes next, shape `[B T]` */
  targets: SharedIndices;
}

/** Has a copy of the model's numbers until `dispose()`. */
export class GptNetwork {
  readonly run: Operations;
  readonly network: Network;
  private readonly buffers = new Map<number, TextBuffers>();
  private readonly sources: tf.Variable[] = [];

  /**
   * @param model - a GPT; changed at `sync()` only
   * @param run - runs the operations, and is disposed with the network
   * @param layersOf - makes the layers
   */
  constructor(
    private readonly model: Gpt,
    run?: Operations,
    layersOf = gptLayers,
  ) {
    this.run = run ?? createOperations();
    try {
      const parameters = new Map<string, Parameter>();
      for (const { name, shape } of gptTensors(model.shape)) {
        parameters.set(name, this.parameter(model.weights[name], [...shape]));
      }
      const layers = layersOf(this.run, (name) => parameters.get(name) as Parameter, model.shape);
      this.network = new Network(this.run, layers);
      this.run.freeResults();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  private parameter(values: Float32Array, shape: number[]): Parameter {
    const source = tf.tidy(() => tf.tensor(values.slice(), shape).variable());
    this.sources.push(source);
    const variable = this.run.variable(shape, this.run.handleOf(source));
    return { source, variable, learns: true, known: source.dataId, value: variable };
  }

  /** of the model */
  get shape(): Readonly<GptShape> {
    return this.model.shape;
  }

  /** @returns memory for `texts` texts, the same each time */
  buffersFor(texts: number): TextBuffers {
    const rows = texts * this.model.shape.context;
    const made = this.buffers.get(texts) ?? {
      tokens: this.run.sharedIndices(rows),
      targets: this.run.sharedIndices(rows),
    };
    this.buffers.set(texts, made);
    return made;
  }

  /**
   * Computes the logits.
   *
   * @param tokens - shape `[B T]`
   * @returns shape `[B T, V]`, a result of `run`
   */
  forward(tokens: Handle, texts: number, learning: boolean): Handle {
    return this.network.forward(tokens, { examples: texts, learning });
  }

  /**
   * Reads texts, and says what may come next after each of their tokens.
   *
   * @param tokens - shape `[B T]`
   * @returns the logits, shape `[B T, V]`
   * @throws RangeError if a token is not in the vocabulary, or the length no multiple of the context
   */
  logits(tokens: ArrayLike<number>): Float32Array {
    const { context } = this.model.shape;
    const texts = tokens.length / context;
    if (!(Number.isInteger(texts) && texts > 0)) {
      throw new RangeError(`Cannot read: tokens must be a multiple of ${context}, got ${tokens.length}`);
    }
    const buffers = this.buffersFor(texts);
    buffers.tokens.values.set(tokens);
    buffers.tokens.publish();
    return withThreadsFor(tokens.length, () => {
      try {
        return this.run.read(this.forward(buffers.tokens.handle, texts, false));
      } finally {
        this.run.freeResults();
      }
    });
  }

  /** Writes the numbers of the network into the model. */
  sync(): void {
    this.network.sync();
    gptTensors(this.model.shape).forEach(({ name }, index) => {
      this.model.weights[name].set(this.sources[index].dataSync());
    });
  }

  dispose(): void {
    tf.dispose(this.sources);
    this.run.dispose();
  }
}
