/** The gradient of a GPT's loss, parameter by parameter: to look at, and to check. */
import type { Handle, Operations } from '../tensorflow/operations';
import { gptLayers } from './gpt';
import { GptLoss } from './gpt-loss';
import type { Gpt } from './gpt-model';
import { GptNetwork } from './gpt-network';
import type { Lora } from './lora';

/**
 * Computes loss and gradient by the layers' own way back.
 *
 * @param model - never changed
 * @param tokens - texts of the context's length, one after the other, shape `[B T]`
 * @param targets - what comes next after each token, shape `[B T]`
 * @param run - runs the operations, and is disposed; those of the backend in use if it is not given
 * @param layersOf - makes the layers, where there is no adaptation
 * @param adapter - what is added to the model; never changed
 * @returns the mean of `−ln p` of the targets, and its gradient by each array of `model.weights`, or of the adaptation's
 * @throws RangeError if a token is not in the vocabulary, or the length no multiple of the context
 */
export function gptGradients(
  model: Gpt,
  tokens: ArrayLike<number>,
  targets: ArrayLike<number>,
  run?: Operations,
  layersOf = gptLayers,
  adapter?: Lora,
): { loss: number; gradients: Record<string, Float32Array> } {
  const { context } = model.shape;
  const texts = tokens.length / context;
  if (!(Number.isInteger(texts) && texts > 0) || targets.length !== tokens.length) {
    const rule = `tokens and targets must be as many, and a multiple of ${context}`;
    throw new RangeError(`Cannot compute gradients: ${rule}, got ${tokens.length} and ${targets.length}`);
  }
  const part = (numbers: ArrayLike<number>, text: number) =>
    Array.from({ length: context }, (_, t) => numbers[text * context + t]);
  const examples = {
    count: texts,
    load: (text: number, inputs: Int32Array, outputs: Int32Array) => {
      inputs.set(part(tokens, text));
      outputs.set(part(targets, text));
    },
  };
  const net = new GptNetwork(model, run, layersOf, adapter);
  try {
    const batch = Array.from({ length: texts }, (_, text) => text);
    const { loss, z } = new GptLoss(net).compare(examples, batch, true);
    net.network.backward(z);
    const gradients = net.learnt.map(({ name }, index) => {
      const { gradient } = net.network.parameters[index];
      return [name, Float32Array.from(net.run.read(gradient as Handle))] as const;
    });
    return { loss: loss / texts, gradients: Object.fromEntries(gradients) };
  } finally {
    net.dispose();
  }
}
