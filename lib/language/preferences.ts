/** Which of two texts is liked better: direct preference optimisation, DPO. */
import { requirePositive } from '../base/checks';
import type { Handle, SharedFloats } from '../tensorflow/operations';
import { withThreadsFor } from '../tensorflow/threads';
import type { StepLoss } from './gpt-loss';
import type { GptNetwork } from './gpt-network';
import { requireTokens, type TokenExamples } from './token-examples';

/** Two texts, as tokens: each token but the first is predicted from those before it. */
export interface Preference {
  /** the text that is liked better, 2 … T + 1 tokens */
  chosen: ArrayLike<number>;
  /** the other one, 2 … T + 1 tokens */
  rejected: ArrayLike<number>;
}

/** Pairs at a time when the texts are first measured. */
const chunk = 16;

/**
 * The loss `−ln σ(m)`, mean over the pairs, where `m = β (ln π(y⁺)/π₀(y⁺) − ln π(y⁻)/π₀(y⁻))`: `π` is the network as it
 * learns, `π₀` the network as it was before its first step, `y⁺` the text chosen and `y⁻` the one rejected. By the
 * logarithms of the probabilities its gradient is `−β σ(−m)` for the chosen and `β σ(−m)` for the rejected text.
 */
class PreferenceLoss implements StepLoss {
  private readonly weights = new Map<number, SharedFloats>();
  /** `ln π₀(y)` of the texts, the chosen one of each pair before the rejected one */
  private readonly before: number[] = [];

  constructor(
    private readonly net: GptNetwork,
    private readonly pairs: readonly Preference[],
    private readonly beta: number,
  ) {
    for (let from = 0; from < pairs.length; from += chunk) {
      const batch = Array.from({ length: Math.min(chunk, pairs.length - from) }, (_, at) => from + at);
      const rows = 2 * batch.length * net.shape.context;
      try {
        this.before.push(...withThreadsFor(rows, () => this.read(batch, false).sums));
      } finally {
        net.run.freeResults();
      }
    }
  }

  compare(_: TokenExamples, batch: ArrayLike<number>, learning: boolean): { loss: number; z: Handle } {
    const pairs = Array.from(batch);
    const { sums, lengths, z } = this.read(pairs, learning);
    const gained = sums.map((sum, text) => sum - this.before[2 * pairs[text >> 1] + (text % 2)]);
    const margins = pairs.map((_, at) => this.beta * (gained[2 * at] - gained[2 * at + 1]));
    const loss = margins.reduce((sum, margin) => sum - logSigmoid(margin), 0);
    if (!learning) return { loss, z };
    const slopes = margins.map((margin) => (this.beta / pairs.length) * (1 / (1 + Math.exp(margin))));
    return { loss, z: this.net.run.multiply(z, this.weightsFor(slopes, lengths)) };
  }

  /** @returns `ln π(y)` of each text, its number of predicted tokens, and `(p − y)/n` for all places */
  private read(pairs: readonly number[], learning: boolean) {
    const { run, shape } = this.net;
    const { context } = shape;
    const texts = pairs.flatMap((pair) => [this.pairs[pair].chosen, this.pairs[pair].rejected]);
    const buffers = this.net.buffersFor(texts.length);
    for (const [text, tokens] of texts.entries()) {
      for (let t = 0; t < context; t++) {
        // What follows the end is read, and counts for nothing.
        buffers.tokens.values[text * context + t] = tokens[Math.min(t, tokens.length - 2)];
        buffers.targets.values[text * context + t] = tokens[Math.min(t + 1, tokens.length - 1)];
      }
    }
    buffers.tokens.publish();
    buffers.targets.publish();
    const logits = this.net.forward(buffers.tokens.handle, texts.length, learning);
    const { losses, z } = run.crossEntropy(logits, buffers.targets.handle);
    const lengths = texts.map((tokens) => tokens.length - 1);
    const sums = texts.map(() => 0);
    run.read(losses).forEach((loss, row) => {
      const text = Math.floor(row / context);
      if (row % context < lengths[text]) sums[text] -= loss;
    });
    return { sums, lengths, z };
  }

  /** Turns the gradient of the mean loss of all places into that of the preferences. */
  private weightsFor(slopes: readonly number[], lengths: readonly number[]): Handle {
    const { run, shape } = this.net;
    const { context, vocabulary } = shape;
    const rows = lengths.length * context;
    const weights = this.weights.get(rows) ?? run.shared([rows, vocabulary]);
    this.weights.set(rows, weights);
    const { values } = weights;
    for (const [text, length] of lengths.entries()) {
      const slope = (text % 2 === 0 ? 1 : -1) * slopes[text >> 1] * rows;
      for (let t = 0; t < context; t++) {
        const from = (text * context + t) * vocabulary;
        values.fill(t < length ? slope : 0, from, from + vocabulary);
      }
    }
    weights.publish();
    return weights.handle;
  }
}

/** `ln σ(m)`, in a form in which no power is too large. */
function logSigmoid(m: number): number {
  return Math.min(m, 0) - Math.log1p(Math.exp(-Math.abs(m)));
}

/** What `trainGpt` is given to learn from preferences. */
export interface PreferenceTraining {
  /** to learn from: one example a pair */
  training: TokenExamples;
  /** the option of that name */
  lossOf: (net: GptNetwork) => StepLoss;
}

/**
 * What a GPT learns from preferences, for `trainGpt(model, { training }, { lossOf, … })`.
 *
 * @param pairs - at least one; never changed
 * @param beta - `β` > 0: the greater, the nearer the GPT stays to what it was
 * @returns the examples and the loss; the training throws a RangeError if a text does not fit the
 *   context, or a token is not in the vocabulary
 * @throws RangeError if there is no pair, or `beta` is not > 0
 * @see Rafailov et al., "Direct preference optimization: Your language model is secretly a reward model" (2023)
 */
export function learnPreferences(pairs: readonly Preference[], beta: number): PreferenceTraining {
  requirePositive('beta', beta, 'learn from preferences');
  if (pairs.length === 0) throw new RangeError('Cannot learn from preferences: there is no pair');
  const lossOf = (net: GptNetwork) => {
    const most = net.shape.context + 1;
    const lengths = pairs.flatMap(({ chosen, rejected }) => [chosen.length, rejected.length]);
    const wrong = lengths.find((length) => length < 2 || length > most);
    if (wrong !== undefined) {
      const rule = `a text must have 2 … ${most} tokens`;
      throw new RangeError(`Cannot learn from preferences: ${rule}, got ${wrong}`);
    }
    for (const { chosen, rejected } of pairs)
      for (const text of [chosen, rejected])
        requireTokens(text, net.shape.vocabulary, 'learn from preferences');
    return new PreferenceLoss(net, pairs, beta);
  };
  return { training: { count: pairs.length, load: () => {} }, lossOf };
}
