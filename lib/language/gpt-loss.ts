/** How far a GPT is from the tokens that come next. */
import type { Handle, SharedFloats } from '../tensorflow/operations';
import { withThreadsFor } from '../tensorflow/threads';
import type { Gpt } from './gpt-model';
import { GptNetwork } from './gpt-network';
import { requireContext, requireTokens, type TokenExamples } from './token-examples';

/** Texts at a time where nothing is learnt. */
const chunk = 32;

/** What an update makes smaller. */
export interface StepLoss {
  /**
   * Has the network read a batch.
   *
   * @param examples - never changed
   * @param batch - which of them
   * @param learning - whether the gradient is wanted
   * @returns the sum of the examples' losses, and the gradient of their mean by the logits
   * @throws RangeError if the examples are not of the network's context, or a token is not in the vocabulary
   */
  compare(examples: TokenExamples, batch: ArrayLike<number>, learning: boolean): { loss: number; z: Handle };
}

/** The mean of `−ln p` over the tokens of an example that count. */
export class GptLoss implements StepLoss {
  private readonly masks = new Map<number, SharedFloats>();

  constructor(private readonly net: GptNetwork) {}

  compare(examples: TokenExamples, batch: ArrayLike<number>, learning: boolean): { loss: number; z: Handle } {
    const { run, shape } = this.net;
    const { context, vocabulary } = shape;
    requireContext(examples, context);
    const { tokens, targets } = this.net.buffersFor(batch.length);
    for (let row = 0; row < batch.length; row++) {
      const [from, to] = [row * context, (row + 1) * context];
      examples.load(batch[row], tokens.values.subarray(from, to), targets.values.subarray(from, to));
    }
    for (const { values } of [tokens, targets]) requireTokens(values, vocabulary, 'read the examples');
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
    const { vocabulary, context } = this.net.shape;
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

  /** @returns the sum of the losses of all examples */
  measure(examples: TokenExamples): number {
    let sum = 0;
    for (let from = 0; from < examples.count; from += chunk) {
      const size = Math.min(chunk, examples.count - from);
      const batch = Uint32Array.from({ length: size }, (_, index) => from + index);
      try {
        const rows = size * this.net.shape.context;
        sum += withThreadsFor(rows, () => this.compare(examples, batch, false).loss);
      } finally {
        this.net.run.freeResults();
      }
    }
    return sum;
  }
}

/**
 * Measures a GPT.
 *
 * @param model - never changed
 * @param examples - never changed
 * @returns the mean loss of the examples, nats a token
 * @throws RangeError if a token is not in the vocabulary, or the examples are not as long as the context
 */
export function measureGpt(model: Gpt, examples: TokenExamples): number {
  const net = new GptNetwork(model);
  try {
    return new GptLoss(net).measure(examples) / examples.count;
  } finally {
    net.dispose();
  }
}
