/** One update of the network that guesses letters: forwards, the loss, backwards, a step. */
import type { Random } from '../base/random';
import type { tf } from '../tensorflow/backend';
import { createOperations } from '../tensorflow/create-operations';
import type { Handle } from '../tensorflow/operations';
import { withThreadsFor } from '../tensorflow/threads';
import type { SharedIndices } from '../tensorflow/transformer-operations';
import { Dense } from '../training/layers';
import { type Parameter, refresh, takeParameter, writeBack } from '../training/parameters';
import type { Trainer } from '../training/trainer';
import { type Updates, updatesOf } from '../training/updates';

/** What the network is made of; the formula stands in `letter-network.ts`. */
export interface LetterParameters {
  /** `K`, how many letters it reads */
  readonly context: number;
  /** `E`, shape `[V, embeddingSize]` */
  readonly table: tf.Variable;
  /** `W₁ … W_K`, each of shape `[embeddingSize, hiddenUnits]`; `W₁` reads the latest letter */
  readonly mixers: readonly tf.Variable[];
  /** `b`, shape `[hiddenUnits]` */
  readonly hiddenBias: tf.Variable;
  /** `U`, shape `[hiddenUnits, V]` */
  readonly outputs: tf.Variable;
  /** `c`, shape `[V]` */
  readonly outputBias: tf.Variable;
}

/** Whole numbers for batches of one size. */
interface Batch {
  /** the letters before, the latest first; `K` of shape `[batch]` */
  before: SharedIndices[];
  /** the letters to guess, shape `[batch]` */
  next: SharedIndices;
}

/** letters measured at a time */
const chunk = 1024;

/** Makes the updates of a letter network. It has its own copy of the parameters. */
export class LetterStep implements Trainer {
  readonly fused = true;
  readonly labels = ['loss'];
  readonly count: number;
  private readonly run = createOperations();
  private readonly table: Parameter;
  private readonly mixers: Parameter[];
  private readonly hiddenBias: Parameter;
  private readonly last: Dense;
  private readonly parameters: Parameter[];
  private readonly updates: Updates;
  private readonly batches = new Map<number, Batch>();
  private readonly context: number;

  /**
   * @param network - changed at `sync()`
   * @param tokens - what to learn from; never changed
   * @param optimizer - takes the steps
   * @param order - the places of an epoch; `place` stands for guessing token `place + K`
   */
  constructor(
    network: LetterParameters,
    private readonly tokens: Int32Array,
    optimizer: tf.Optimizer,
    readonly order?: (random: Random) => Uint32Array,
  ) {
    const { run } = this;
    this.context = network.context;
    this.count = tokens.length - network.context;
    const take = (source: tf.Variable) => takeParameter(run, { read: () => source }, true);
    try {
      this.table = take(network.table);
      this.mixers = network.mixers.map(take);
      this.hiddenBias = take(network.hiddenBias);
      this.last = new Dense(run, take(network.outputs), take(network.outputBias), 'linear', 0);
      this.parameters = [this.table, ...this.mixers, this.hiddenBias, ...this.last.parameters];
      this.updates = updatesOf(optimizer, this.parameters, run);
    } catch (error) {
      run.dispose();
      throw error;
    }
  }

  step(places: Uint32Array): number[] {
    return withThreadsFor(places.length, () => {
      const { run, parameters } = this;
      try {
        const batch = this.load(places);
        const { hidden, logits } = this.forward(batch);
        const { losses, z } = run.crossEntropy(logits, batch.next.handle);
        const loss = sum(run.read(losses));
        this.backward(z, hidden, batch);
        run.freeResults(parameters.map(({ gradient }) => gradient as Handle));
        this.updates.step();
        return [loss];
      } finally {
        run.freeResults();
      }
    });
  }

  /** @returns the mean of `−ln p` over all places */
  measure(): number {
    let total = 0;
    for (let from = 0; from < this.count; from += chunk) {
      const length = Math.min(chunk, this.count - from);
      total += withThreadsFor(length, () => {
        try {
          const batch = this.load(Uint32Array.from({ length }, (_, index) => from + index));
          const { losses } = this.run.crossEntropy(this.forward(batch).logits, batch.next.handle);
          return sum(this.run.read(losses));
        } finally {
          this.run.freeResults();
        }
      });
    }
    return total / this.count;
  }

  /** `a = tanh(Σ E[xₖ] Wₖ + b)`, then `a U + c`. */
  private forward({ before }: Batch): { hidden: Handle; logits: Handle } {
    const { run, table, mixers, hiddenBias } = this;
    for (const parameter of this.parameters) {
      refresh(run, parameter);
      parameter.value = run.readVariable(parameter.variable);
    }
    const parts = mixers.map(({ value }, k) => run.matMul(run.embed(table.value, before[k].handle), value));
    const mixed = parts.reduce((all, part) => run.add(all, part));
    const hidden = run.activate('tanh', run.addBias(mixed, hiddenBias.value));
    return { hidden, logits: this.last.forward(hidden) };
  }

  /** With `δ = ∂L/∂z` of the hidden units: `Eₖᵀ δ` for `Wₖ`, `δ Wₖᵀ` for the rows of `E` that were read. */
  private backward(byLogits: Handle, hidden: Handle, { before }: Batch): void {
    const { run, table, mixers, hiddenBias, last } = this;
    const delta = run.throughActivation('tanh', last.backward(byLogits, true) as Handle, hidden);
    hiddenBias.gradient = run.sumRows(delta);
    const rows = table.source.shape[0];
    const byRows = mixers.map((mixer, k) => {
      mixer.gradient = run.matMul(run.embed(table.value, before[k].handle), delta, 'first');
      return run.throughEmbed(run.matMul(delta, mixer.value, 'second'), before[k].handle, rows);
    });
    table.gradient = byRows.reduce((all, part) => run.add(all, part));
  }

  sync(): void {
    for (const parameter of this.parameters) writeBack(this.run, parameter);
    this.updates.sync();
  }

  dispose(): void {
    this.run.dispose();
  }

  private load(places: Uint32Array): Batch {
    const { run, context, tokens } = this;
    const indices = () => run.sharedIndices(places.length);
    const batch = this.batches.get(places.length) ?? {
      before: Array.from({ length: context }, indices),
      next: indices(),
    };
    this.batches.set(places.length, batch);
    for (const [k, one] of [batch.next, ...batch.before].entries()) {
      const { values } = one;
      for (let row = 0; row < places.length; row++) values[row] = tokens[places[row] + context - k];
      one.publish();
    }
    return batch;
  }
}

function sum(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0);
}
