/** One update of a GPT: forwards, loss, backwards, clipping, a step of AdamW. */
import { seededRandom } from '../base/random';
import type { Schedule } from '../descent/schedules';
import { AdamWOptimizer } from '../tensorflow/adamw';
import { insidesOf } from '../tensorflow/insides';
import type { Handle, SharedFloats } from '../tensorflow/operations';
import { withThreadsFor } from '../tensorflow/threads';
import { type AdamState, readAdamState, writeAdamState } from '../training/adam-state';
import { Clipping } from '../training/clipping';
import type { Parameter } from '../training/parameters';
import type { Trainer } from '../training/trainer';
import { type Updates, updatesOf } from '../training/updates';
import type { Gpt } from './gpt-model';
import { GptNetwork } from './gpt-network';
import { gptTensors } from './gpt-shape';
import type { TokenExamples } from './token-examples';

/** How a GPT is trained. */
export interface GptStepOptions {
  /** rate of each step, counted from 0 */
  schedule: Schedule;
  /** of weights, not of gains and biases */
  weightDecay: number;
  /** the greatest norm of all gradients together */
  clip: number;
  /** texts in an update */
  batchSize: number;
  /** how many updates each round has */
  rounds: readonly number[];
  /** decides which examples are drawn */
  seed: number;
  /** where an earlier training ended */
  resume?: GptTrainingState;
}

/** Where a training stands between two rounds. */
export interface GptTrainingState {
  /** updates made */
  step: number;
  /** rounds made */
  round: number;
  /** of the weights, then of the gains and biases */
  adam: AdamState[];
}

/** Texts at a time where nothing is learnt. */
const chunk = 32;

/** Makes the updates. It has its own copy of the parameters. */
export class GptStep implements Trainer {
  readonly fused = true;
  readonly labels = ['loss'];
  readonly count: number;
  readonly validation?: Trainer['validation'];
  /** rate and norm of the gradients in the step before */
  latest = { rate: 0, norm: 0 };
  /** Examples of a round, drawn with replacement: which they are depends on the seed and the round alone. */
  readonly order = (): Uint32Array => {
    const { rounds, batchSize, seed } = this.options;
    const random = seededRandom(seed, `examples of round ${this.round}`);
    const updates = rounds[this.round++];
    return Uint32Array.from({ length: updates * batchSize }, () => random.integer(this.data.training.count));
  };
  private readonly net: GptNetwork;
  private readonly groups: { parameters: Parameter[]; optimizer: AdamWOptimizer; updates: Updates }[] = [];
  private readonly clipping: Clipping;
  private readonly masks = new Map<number, SharedFloats>();
  private made: number;
  private round: number;

  /**
   * @param model - changed at `sync()`
   * @param data - what to learn from, and what to be judged by
   * @param options - see {@link GptStepOptions}
   */
  constructor(
    private readonly model: Gpt,
    private readonly data: { training: TokenExamples; validation?: TokenExamples },
    private readonly options: GptStepOptions,
  ) {
    const { rounds, batchSize, resume, clip } = options;
    this.made = resume?.step ?? 0;
    this.round = resume?.round ?? 0;
    this.count = Math.max(...rounds) * batchSize;
    const { validation } = data;
    if (validation) this.validation = { count: validation.count, measure: () => [this.measure(validation)] };
    this.net = new GptNetwork(model);
    try {
      this.clipping = new Clipping(this.net.run, clip);
      const kinds = gptTensors(model.shape).map(({ kind }) => kind === 'weight');
      for (const decays of [true, false]) this.addGroup(kinds.map((kind) => kind === decays));
      this.net.run.freeResults();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  private addGroup(chosen: boolean[]): void {
    const parameters = this.net.network.parameters.filter((_, index) => chosen[index]);
    const decay = this.groups.length === 0 ? this.options.weightDecay : 0;
    const optimizer = new AdamWOptimizer(this.options.schedule(this.made), decay, 0.9, 0.99, 1e-8);
    const state = this.options.resume?.adam[this.groups.length];
    const sources = parameters.map(({ source }) => source);
    if (state) writeAdamState(optimizer, sources, state);
    this.groups.push({ parameters, optimizer, updates: updatesOf(optimizer, parameters, this.net.run) });
  }

  step(batch: Uint32Array): number[] {
    return withThreadsFor(batch.length * this.model.shape.context, () => this.update(batch));
  }

  private update(batch: Uint32Array): number[] {
    const { net, groups } = this;
    const { run, network } = net;
    try {
      const { loss, z } = this.compare(this.data.training, batch, true);
      network.backward(z);
      const gradients = () => network.parameters.map(({ gradient }) => gradient as Handle);
      run.freeResults(gradients());
      this.latest = { norm: this.clipping.clip(network.parameters), rate: this.options.schedule(this.made) };
      for (const { optimizer, updates } of groups) {
        insidesOf(optimizer).learningRate = this.latest.rate;
        updates.step();
      }
      this.made++;
      return [loss];
    } finally {
      run.freeResults();
    }
  }

  /** @returns the sum of the examples' losses, and its gradient by the logits over the number of examples */
  private compare(examples: TokenExamples, batch: ArrayLike<number>, learning: boolean) {
    const { run } = this.net;
    const { context } = this.model.shape;
    const { tokens, targets } = this.net.buffersFor(batch.length);
    for (let row = 0; row < batch.length; row++) {
      const [from, to] = [row * context, (row + 1) * context];
      examples.load(batch[row], tokens.values.subarray(from, to), targets.values.subarray(from, to));
    }
    tokens.publish();
    targets.publish();
    const logits = this.net.forward(tokens.handle, batch.length, learning);
    const { losses, z } = run.crossEntropy(logits, targets.handle);
    const { counted } = examples;
    const places = counted ? counted.filter(Boolean).length : context;
    const loss = run.read(losses).reduce((sum, one, row) => {
      return !counted || counted[row % context] ? sum + one : sum;
    }, 0);
    const masked = counted && learning ? run.multiply(z, this.maskFor(batch.length, counted)) : z;
    return { loss: loss / places, z: masked };
  }

  /** What the gradient of each logit is multiplied by, so that the mean is one over the places that count. */
  private maskFor(texts: number, counted: readonly boolean[]): Handle {
    const known = this.masks.get(texts);
    if (known) return known.handle;
    const { vocabulary, context } = this.model.shape;
    const mask = this.net.run.shared([texts * context, vocabulary]);
    const weight = context / counted.filter(Boolean).length;
    const { values } = mask;
    for (let index = 0; index < values.length; index++) {
      values[index] = counted[Math.floor(index / vocabulary) % context] ? weight : 0;
    }
    mask.publish();
    this.masks.set(texts, mask);
    return mask.handle;
  }

  /** @returns the sum of the examples' losses */
  measure(examples: TokenExamples): number {
    let sum = 0;
    for (let from = 0; from < examples.count; from += chunk) {
      const size = Math.min(chunk, examples.count - from);
      const batch = Uint32Array.from({ length: size }, (_, index) => from + index);
      try {
        const rows = size * this.model.shape.context;
        sum += withThreadsFor(rows, () => this.compare(examples, batch, false).loss);
      } finally {
        this.net.run.freeResults();
      }
    }
    return sum;
  }

  sync(): void {
    this.net.sync();
    for (const { updates } of this.groups) updates.sync();
  }

  /** @returns where the training stands, after `sync()` */
  state(): GptTrainingState {
    const adam = this.groups.map(({ optimizer }) => readAdamState(optimizer));
    return { step: this.made, round: this.round, adam };
  }

  dispose(): void {
    for (const { optimizer } of this.groups) optimizer.dispose();
    this.net?.dispose();
  }
}
