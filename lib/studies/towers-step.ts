/** One update of two towers: both forwards, the loss of their pairs, both backwards, a step. */
import { type Random, seededRandom } from '../base/random';
import { adam } from '../descent/optimizers';
import type { tf } from '../tensorflow/backend';
import { createOperations } from '../tensorflow/create-operations';
import type { Handle, SharedFloats } from '../tensorflow/operations';
import { loadRows } from '../training/examples';
import { buildNetwork, type Network } from '../training/network';
import { planLayers } from '../training/plan';
import type { Trainer } from '../training/trainer';
import { type Updates, updatesOf } from '../training/updates';
import { type ContrastiveHead, contrastiveHead } from './contrastive-head';
import type { NamedPictures } from './digit-pairs';

/** What the towers learn from. */
export interface Pairs {
  /** never changed */
  pictures: NamedPictures;
  /** what the names' tower reads, one row a label, shape `[names, letters]` */
  codes: readonly number[][];
  /** the pictures of an epoch, group after group, in each group no two with the same name */
  order(random: Random): Uint32Array;
  /** step size of Adam on `ln τ`; without it the temperature stays as it is */
  temperatureRate?: number;
}

/** Makes the updates of two towers. It has its own copy of their parameters. */
export class TowersStep implements Trainer {
  readonly fused = true;
  readonly labels = ['loss'];
  readonly count: number;
  readonly order: (random: Random) => Uint32Array;
  /** `ln τ` */
  private logTemperature: number;
  private readonly temperatureRule?: ReturnType<typeof adam>;
  private readonly run = createOperations();
  private readonly pictures: Network;
  private readonly names: Network;
  private readonly updates: Updates;
  private readonly codes: SharedFloats;
  private readonly byteScale: Handle;
  private readonly buffers = new Map<number, { input: SharedFloats; delta: SharedFloats }>();
  private readonly nameDelta: SharedFloats;

  /**
   * @param towers - changed at `sync()`
   * @param pairs - what to learn from
   * @param head - how pairs are compared
   * @param optimizer - takes the steps of both towers
   */
  constructor(
    towers: { pictures: tf.Sequential; names: tf.Sequential },
    private readonly pairs: Pairs,
    private readonly head: ContrastiveHead,
    optimizer: tf.Optimizer,
  ) {
    const { run } = this;
    this.count = pairs.pictures.count;
    this.order = pairs.order;
    this.logTemperature = Math.log(head.temperature);
    if (pairs.temperatureRate) this.temperatureRule = adam({ learningRate: pairs.temperatureRate });
    try {
      this.pictures = this.build(towers.pictures);
      this.names = this.build(towers.names);
      this.byteScale = run.constant(255);
      this.codes = run.shared([pairs.codes.length, pairs.codes[0].length]);
      this.codes.values.set(pairs.codes.flat());
      this.codes.publish();
      this.nameDelta = run.shared([pairs.codes.length, head.size]);
      const parameters = [...this.pictures.parameters, ...this.names.parameters];
      this.updates = updatesOf(optimizer, parameters, run);
      run.freeResults();
    } catch (error) {
      run.dispose();
      throw error;
    }
  }

  /** `τ` after the steps so far */
  get temperature(): number {
    return Math.exp(this.logTemperature);
  }

  step(batch: Uint32Array): number[] {
    const { run, pictures, names, codes, nameDelta } = this;
    try {
      const { input, delta } = this.buffersFor(batch.length);
      loadRows(this.pairs.pictures.images, batch, input);
      const pixels = run.divide(input.handle, this.byteScale);
      const u = pictures.forward(pixels, { examples: batch.length, learning: true });
      const v = names.forward(codes.handle, { examples: this.pairs.codes.length, learning: true });
      const loss = this.compare(batch, run.read(u), run.read(v), delta.values);
      delta.publish();
      nameDelta.publish();
      pictures.backward(delta.handle);
      names.backward(nameDelta.handle);
      const parameters = [...pictures.parameters, ...names.parameters];
      run.freeResults(parameters.map(({ gradient }) => gradient as Handle));
      this.updates.step();
      return [loss * batch.length];
    } finally {
      run.freeResults();
    }
  }

  /** Writes the gradients by both towers' outputs, takes the temperature's step; returns the loss. */
  private compare(batch: Uint32Array, u: Float32Array, v: Float32Array, delta: Float32Array): number {
    const { labels } = this.pairs.pictures;
    const nameOf = Array.from(batch, (index) => labels[index]);
    const head = { ...this.head, temperature: this.temperature };
    const embeddings = { pictures: u, names: v, nameOf };
    const { loss, byLogTemperature } = contrastiveHead(head, embeddings, delta, this.nameDelta.values);
    if (this.temperatureRule) {
      [this.logTemperature] = this.temperatureRule.step([this.logTemperature], [byLogTemperature]);
    }
    return loss;
  }

  sync(): void {
    this.pictures.sync();
    this.names.sync();
    this.updates.sync();
  }

  dispose(): void {
    this.run.dispose();
  }

  private build(tower: tf.Sequential): Network {
    const reasons: string[] = [];
    const layers = planLayers(tower, reasons);
    if (reasons.length > 0) throw new Error(`Cannot train the towers: ${reasons.join(', and ')}`);
    const trained = tower.layers.flatMap(({ trainableWeights }) => trainableWeights);
    return buildNetwork(this.run, layers, { trained, random: seededRandom(0) });
  }

  private buffersFor(size: number): { input: SharedFloats; delta: SharedFloats } {
    const known = this.buffers.get(size);
    if (known) return known;
    const { images, count } = this.pairs.pictures;
    const buffers = {
      input: this.run.shared([size, images.length / count]),
      delta: this.run.shared([size, this.head.size]),
    };
    this.buffers.set(size, buffers);
    return buffers;
  }
}
