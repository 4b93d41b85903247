/** One update of a GPT: forwards, loss, backwards, clipping, a step of AdamW. */
import { seededRandom } from '../base/random';
import type { Schedule } from '../descent/schedules';
import { AdamWOptimizer } from '../tensorflow/adamw';
import { insidesOf } from '../tensorflow/insides';
import type { Handle } from '../tensorflow/operations';
import { withThreadsFor } from '../tensorflow/threads';
import { type AdamState, readAdamState, writeAdamState } from '../training/adam-state';
import { Clipping } from '../training/clipping';
import type { Parameter } from '../training/parameters';
import type { Trainer } from '../training/trainer';
import { type Updates, updatesOf } from '../training/updates';
import type { gptLayers } from './gpt';
import { GptLoss, type StepLoss } from './gpt-loss';
import type { Gpt } from './gpt-model';
import { GptNetwork } from './gpt-network';
import type { Lora } from './lora';
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
  /** makes the layers; those of a whole GPT if it is not given */
  layers?: typeof gptLayers;
  /** what is trained in the model's place */
  adapter?: Lora;
  /** makes the loss that is trained on; that of the next token if it is not given */
  lossOf?: (net: GptNetwork) => StepLoss;
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
  private readonly loss: StepLoss;
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
    this.net = new GptNetwork(model, undefined, options.layers, options.adapter);
    try {
      const nextToken = new GptLoss(this.net);
      this.loss = options.lossOf?.(this.net) ?? nextToken;
      const { validation } = data;
      if (validation)
        this.validation = { count: validation.count, measure: () => [nextToken.measure(validation)] };
      this.clipping = new Clipping(this.net.run, clip);
      const kinds = this.net.learnt.map(({ kind }) => kind === 'weight');
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
    if (state) {
      requireFittingState(
        state,
        sources.map(({ size }) => size),
      );
      writeAdamState(optimizer, sources, state);
    }
    this.groups.push({ parameters, optimizer, updates: updatesOf(optimizer, parameters, this.net.run) });
  }

  step(batch: Uint32Array): number[] {
    return withThreadsFor(batch.length * this.model.shape.context, () => this.update(batch));
  }

  private update(batch: Uint32Array): number[] {
    const { net, groups } = this;
    const { run, network } = net;
    try {
      const { loss, z } = this.loss.compare(this.data.training, batch, true);
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

/** @throws RangeError if a training that is to go on was that of another GPT */
function requireFittingState({ means, squares }: AdamState, sizes: readonly number[]): void {
  for (const arrays of [means, squares]) {
    const place = sizes.findIndex((size, index) => size !== arrays[index]?.length);
    if (place < 0 && arrays.length === sizes.length) continue;
    const rule = `its state has ${arrays.length} arrays for ${sizes.length}, or one of another length`;
    throw new RangeError(`Cannot resume the training: ${rule}; go on with the GPT that it was made for`);
  }
}
