/** GPTs to try things on. */
import { seededRandom } from '../../lib/base/random';
import { createGpt, type Gpt } from '../../lib/language/gpt-model';
import { type GptShape, gptTensors } from '../../lib/language/gpt-shape';

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
