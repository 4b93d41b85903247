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
import { type GptShape, type GptTensor, gptTensors } from './gpt-shape';
import { type Lora, loraTensors, requireFitting } from './lora';
import { loraLayers } from './lora-layers';
import { requireTokens } from './token-examples';

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
  /** what is learnt, in the order of the network's parameters */
  readonly learnt: readonly GptTensor[];
  private readonly buffers = new Map<number, TextBuffers>();
  private readonly sources: tf.Variable[] = [];

  /**
   * @param model - a GPT; changed at `sync()` only, and not where it has an adaptation
   * @param run - runs the operations, and is disposed with the network
   * @param layersOf - makes the layers, where there is no adaptation
   * @param adapter - what is added to the GPT, and learns in its place; changed at `sync()` only
   * @throws RangeError if the adaptation was made for another shape
   */
  constructor(
    private readonly model: Gpt,
    run?: Operations,
    layersOf = gptLayers,
    private readonly adapter?: Lora,
  ) {
    if (adapter) requireFitting(model.shape, adapter);
    this.learnt = adapter ? loraTensors(model.shape, adapter.rank) : gptTensors(model.shape);
    this.run = run ?? createOperations();
    try {
      const parameters = new Map<string, Parameter>();
      const add = ({ weights }: Gpt | Lora, tensors: readonly GptTensor[], learns: boolean) => {
        for (const { name, shape } of tensors)
          parameters.set(name, this.parameter(weights[name], [...shape], learns));
      };
      add(model, gptTensors(model.shape), !adapter);
      if (adapter) add(adapter, this.learnt, true);
      const of = (name: string) => parameters.get(name) as Parameter;
      const layers = adapter
        ? loraLayers(this.run, of, model.shape, adapter)
        : layersOf(this.run, of, model.shape);
      this.network = new Network(this.run, layers);
      this.run.freeResults();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  private parameter(values: Float32Array, shape: number[], learns: boolean): Parameter {
    const source = tf.tidy(() => tf.tensor(values.slice(), shape).variable());
    this.sources.push(source);
    const variable = this.run.variable(shape, this.run.handleOf(source));
    return { source, variable, learns, known: source.dataId, value: variable };
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
    const { context, vocabulary } = this.model.shape;
    const texts = tokens.length / context;
    if (!(Number.isInteger(texts) && texts > 0)) {
      throw new RangeError(`Cannot read: tokens must be a multiple of ${context}, got ${tokens.length}`);
    }
    requireTokens(tokens, vocabulary, 'read');
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

  /** Writes what the network has learnt into the model, or into its adaptation. */
  sync(): void {
    this.network.sync();
    const { weights } = this.adapter ?? this.model;
    this.network.parameters.forEach(({ source }, index) => {
      weights[this.learnt[index].name].set(source.dataSync());
    });
  }

  dispose(): void {
    tf.dispose(this.sources);
    this.run.dispose();
  }
}
