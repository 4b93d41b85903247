/**
 * A GPT that learns one batch by heart, for the clock: the course's own step. `torch_gpt_peer.py` is the same network,
 * batch, clipping and AdamW.
 */
import { createGpt, GptStep } from '../../lib/gpt';

/** What decides the work of a step. */
export interface GptSizes {
  layers: number;
  heads: number;
  width: number;
  context: number;
  /** texts in the batch */
  batch: number;
  vocabulary: number;
}

export const gptSizes: GptSizes = { layers: 3, heads: 4, width: 96, context: 64, batch: 24, vocabulary: 74 };

const options = { schedule: () => 1e-3, weightDecay: 0.01, clip: 1, seed: 1 };

/** Trains until `dispose()`. */
export class GptTraining {
  private readonly trainer: GptStep;
  private readonly batch: Uint32Array;

  /** @param sizes - of the network and the batch */
  constructor({ batch, ...shape }: GptSizes) {
    const { context, vocabulary } = shape;
    const training = {
      count: batch,
      load: (text: number, inputs: Int32Array, targets: Int32Array) => {
        for (let place = 0; place < context; place++) {
          inputs[place] = (7 * place + 3 * text) % vocabulary;
          targets[place] = (7 * (place + 1) + 3 * text) % vocabulary;
        }
      },
    };
    this.batch = Uint32Array.from({ length: batch }, (_, text) => text);
    const model = createGpt(shape);
    this.trainer = new GptStep(model, { training }, { ...options, batchSize: batch, rounds: [1] });
  }

  /** @returns the loss before the step */
  step(): number {
    return this.trainer.step(this.batch)[0] / this.batch.length;
  }

  dispose(): void {
    this.trainer.dispose();
  }
}
