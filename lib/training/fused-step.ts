/** One update of a model, with nothing between the operations: forwards, loss, backwards, a step. */
import { seededRandom } from '../base/random';
import { createOperations } from '../tensorflow/create-operations';
import type { ByteRows, Handle, Operations, SharedFloats } from '../tensorflow/operations';
import { chunk } from '../tensorflow/tensors';
import { withThreadsFor } from '../tensorflow/threads';
import { type Examples, loadRows } from './examples';
import { lossAndGradient } from './loss-head';
import { buildNetwork, type Network } from './network';
import { requireCurrent, type TrainingPlan } from './plan';
import type { Trainer } from './trainer';
import { type Updates, updatesOf } from './updates';

/** Memory for batches of one size. */
interface Buffers {
  /** shape `[batch, inputs]` */
  input: SharedFloats;
  /** ∂L/∂logits, shape `[batch, units]` */
  delta: SharedFloats;
  /** its sum over the batch, the gradient of the last bias, shape `[units]` */
  deltaSum: SharedFloats;
}

/** Makes the updates of a planned model. It has its own copy of the parameters and the state. */
export class FusedStep implements Trainer {
  readonly fused = true;
  readonly labels: string[];
  readonly count: number;
  readonly validation?: Trainer['validation'];
  private readonly run: Operations = createOperations();
  private readonly network: Network;
  private readonly buffers = new Map<number, Buffers>();
  private readonly byteScale: Handle;
  private readonly byteRows = new Map<Uint8Array, ByteRows | undefined>();
  private updates?: Updates;

  /**
   * @param plan - made by `planTraining()`
   * @param data - what to train on, and what to be judged by; never changed
   * @param seed - decides what dropout drops
   */
  constructor(
    private readonly plan: TrainingPlan,
    private readonly data: { training: Examples; validation?: Examples },
    seed: number,
  ) {
    this.labels = plan.labels;
    const { training, validation } = data;
    this.count = training.count;
    this.validation = validation && {
      count: validation.count,
      measure: () => this.measure(validation),
    };
    try {
      this.byteScale = this.run.constant(255);
      const { layers, trained } = plan;
      this.network = buildNetwork(this.run, layers, { trained, random: seededRandom(seed, 'dropout') });
    } catch (error) {
      this.run.dispose();
      throw error;
    }
  }

  step(batch: Uint32Array): number[] {
    return withThreadsFor(batch.length, () => this.update(batch));
  }

  private update(batch: Uint32Array): number[] {
    const { run, network, plan } = this;
    const { training } = this.data;
    requireCurrent(plan.isCurrent);
    try {
      const { input, delta, deltaSum } = this.buffersFor(batch.length);
      const targets = this.targetsOf(training, batch);
      const outputs = network.forward(this.inputsOf(training, batch, input), {
        examples: batch.length,
        learning: true,
      });
      const logits = run.read(outputs);
      const sums = lossAndGradient(plan.head, logits, targets, delta.values, deltaSum.values);
      sums[0] += batch.length * network.penalty();
      delta.publish();
      deltaSum.publish();
      network.backward(delta.handle, deltaSum.handle);
      run.freeResults(network.parameters.map(({ gradient }) => gradient as Handle));
      this.updates ??= updatesOf(plan.optimizer, this.learning(), run);
      this.updates.step();
      return sums;
    } finally {
      run.freeResults();
    }
  }

  /**
   * Measures the network; nothing is dropped, no penalty counts.
   *
   * @param examples - never changed
   * @returns sums over the examples: the loss, then each metric, shape `[1 + metrics]`
   */
  measure(examples: Examples): number[] {
    return withThreadsFor(Math.min(chunk, examples.count), () => this.sums(examples));
  }

  private sums(examples: Examples): number[] {
    const { run, network, plan } = this;
    const { count } = examples;
    const totals = new Array(1 + plan.head.metrics.length).fill(0);
    for (let from = 0; from < count; from += chunk) {
      try {
        const size = Math.min(chunk, count - from);
        const { input } = this.buffersFor(size);
        const batch = Uint32Array.from({ length: size }, (_, index) => from + index);
        const targets = this.targetsOf(examples, batch);
        const outputs = network.forward(this.inputsOf(examples, batch, input), {
          examples: size,
          learning: false,
        });
        const sums = lossAndGradient(plan.head, run.read(outputs), targets);
        for (const [index, sum] of sums.entries()) totals[index] += sum;
      } finally {
        run.freeResults();
      }
    }
    return totals;
  }

  sync(): void {
    if (!this.updates) return;
    this.network.sync();
    // An optimizer that is no longer the model's may have been disposed.
    if (this.plan.isCurrent()) this.updates.sync();
  }

  dispose(): void {
    this.run.dispose();
  }

  private learning() {
    return this.network.parameters.filter(({ learns }) => learns);
  }

  private buffersFor(size: number): Buffers {
    const known = this.buffers.get(size);
    if (known) return known;
    const { run, plan } = this;
    const { units } = plan.head;
    const buffers = {
      input: run.shared([size, plan.inputs]),
      delta: run.shared([size, units]),
      deltaSum: run.shared([units]),
    };
    this.buffers.set(size, buffers);
    return buffers;
  }

  private targetsOf({ targets, count }: Examples, batch: Uint32Array): Float32Array {
    const width = targets.length / count;
    const chosen = new Float32Array(batch.length * width);
    if (width === 1) {
      for (let row = 0; row < batch.length; row++) chosen[row] = targets[batch[row]];
      return chosen;
    }
    for (let row = 0; row < batch.length; row++) {
      const from = batch[row] * width;
      chosen.set(targets.subarray(from, from + width), row * width);
    }
    return chosen;
  }

  /** The inputs of a batch, by way of the buffer where JavaScript copies them. Bytes stand for `byte / 255`. */
  private inputsOf({ inputs }: Examples, batch: Uint32Array, input: SharedFloats): Handle {
    const rows = inputs instanceof Uint8Array ? this.rowsOf(inputs) : undefined;
    if (rows) return rows.scaled(batch);
    loadRows(inputs, batch, input);
    return inputs instanceof Uint8Array ? this.run.divide(input.handle, this.byteScale) : input.handle;
  }

  private rowsOf(bytes: Uint8Array): ByteRows | undefined {
    if (!this.byteRows.has(bytes)) {
      this.byteRows.set(bytes, this.run.byteRows?.(bytes, this.plan.inputs));
    }
    return this.byteRows.get(bytes);
  }
}
