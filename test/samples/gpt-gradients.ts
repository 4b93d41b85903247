/** What the course's GPT finds, to be compared. */
import { seededRandom } from '../../lib/base/random';
import { createGpt, type Gpt } from '../../lib/language/gpt-model';
import { GptNetwork } from '../../lib/language/gpt-network';
import { type GptShape, gptTensors } from '../../lib/language/gpt-shape';
import type { Handle, Operations } from '../../lib/tensorflow/operations';

/** @returns a GPT whose gains and biases are drawn too, so that none of their gradients is trivial */
export function drawnGpt(shape: GptShape, seed = 5): Gpt {
  const model = createGpt(shape);
  const random = seededRandom(seed);
  for (const { name, kind } of gptTensors(shape)) {
    const values = model.weights[name];
    for (let i = 0; i < values.length; i++) values[i] = (kind === 'gain' ? 1 : 0) + 0.3 * random.normal();
  }
  return model;
}

/** @returns the loss and the gradients by all parameters, by the layers' own way back */
export function gptGradients(
  model: Gpt,
  tokens: readonly number[],
  targets: readonly number[],
  run?: Operations,
) {
  const net = new GptNetwork(model, run);
  try {
    const texts = tokens.length / model.shape.context;
    const buffers = net.buffersFor(texts);
    buffers.tokens.values.set(tokens);
    buffers.tokens.publish();
    buffers.targets.values.set(targets);
    buffers.targets.publish();
    const { losses, z } = net.run.crossEntropy(
      net.forward(buffers.tokens.handle, texts, true),
      buffers.targets.handle,
    );
    net.network.backward(z);
    const loss = net.run.read(losses).reduce((sum, one) => sum + one, 0) / tokens.length;
    const gradients = gptTensors(model.shape).map(({ name }, index) => {
      return [name, net.run.read(net.network.parameters[index].gradient as Handle).slice()] as const;
    });
    return { loss, gradients: Object.fromEntries(gradients) };
  } finally {
    net.dispose();
  }
}
