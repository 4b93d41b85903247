/** One update of two towers: both forwards, the loss of their pairs, both backwards, a step. */
import { type Random, seededRandom } from '../base/random';
import { type DigitSet, digitPixels } from '../data/digit-set';
import type { tf } from '../tensorflow/backend';
import { createOperations } from '../tensorflow/create-operations';
import type { Handle, SharedFloats } from '../tensorflow/operations';
import { loadRows } from '../training/examples';
import { buildNetwork, type Network } from '../training/network';
import { planLayers } from '../training/plan';
import type { Trainer } from '../training/trainer';
import { type Updates, updatesOf } from '../training/updates';
import { type ContrastiveHead, contrastiveHead } from './contrastive-head';

/** What the towers learn from. */
export interface Pairs {
  /** never changed */
  digits: DigitSet;
  /** what the names' tower reads, one row a name, shape `[names, letters]` */
  codes: readonly number[][];
  /** the digits of an epoch, group after group, in each group one for each name */
  order(random: Random): Uint32Array;
}

/** Makes the updates of two towers. It has its own copy of their parameters. */
export class TowersStep implements Trainer {
  readonly fused = true;
  readonly labels = ['loss'];
  readonly count: number;
  readonly order: (random: Random) => Uint32Array;
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
    this.count = pairs.digits.count;
    this.order = pairs.order;
    try {
      this.pictures = this.build(towers.pictures);
      this.names = this.build(towers.names);
      this.byteScale = run.constant(255);
      this.codes = run.shared([head.pairs, pairs.codes[0].length]);
      this.codes.values.set(pairs.codes.flat());
      this.codes.publish();
      this.nameDelta = run.shared([head.pairs, head.size]);
      const parameters = [...this.pictures.parameters, ...this.names.parameters];
      this.updates = updatesOf(optimizer, parameters, run);
      run.freeResults();
    } catch (error) {
      run.dispose();
      throw error;
    }
  }

  step(batch: Uint32Array): number[] {
    const { run, pictures, names, head, codes, nameDelta } = this;
    try {
      const { input, delta } = this.buffersFor(batch.length);
      loadRows(this.pairs.digits.images, batch, input);
      const pixels = run.divide(input.handle, this.byteScale);
      const u = pictures.forward(pixels, { examples: batch.length, learning: true });
      const v = names.forward(codes.handle, { examples: head.pairs, learning: true });
      const loss = contrastiveHead(head, run.read(u), run.read(v), delta.values, nameDelta.values);
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
    const buffers = {
      input: this.run.shared([size, digitPixels]),
      delta: this.run.shared([size, this.head.size]),
    };
    this.buffers.set(size, buffers);
    return buffers;
  }
}
