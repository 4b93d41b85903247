/** The GPT that the benchmark times learns, and takes the same steps on every backend. */
import { afterAll, describe, expect, test } from 'vitest';
import { type BackendName, host } from '../../../lib/base/host';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { GptTraining, gptSizes } from '../../../tools/bench/gpt';
import { whyNoWebGpu } from '../../samples/webgpu';

/** Sizes that are no multiples of what kernels compute at a time. */
const sizes = { layers: 2, heads: 3, width: 21, context: 9, batch: 3, vocabulary: 11 };

const { backend: before } = await startTensorflow();
const noWebGpu = await whyNoWebGpu();
afterAll(() => startTensorflow(before));

async function losses(backend: BackendName, steps: number): Promise<number[]> {
  await startTensorflow(backend);
  const { numTensors } = tf.memory();
  const gpt = new GptTraining(sizes);
  try {
    return Array.from({ length: steps }, () => gpt.step());
  } finally {
    gpt.dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
  }
}

describe('GptTraining', () => {
  test('begins near chance, and learns its batch by heart', async () => {
    const [first, ...later] = await losses('wasm', 250);
    // The logits of the beginning have a variance of 0.31, of which half adds to the loss.
    expect(Math.abs(first - Math.log(sizes.vocabulary) - 0.154)).toBeLessThan(0.3);
    expect(later.at(-1)).toBeLessThan(0.1);
  });

  test.skipIf(noWebGpu)(`WebGPU is tried${noWebGpu}`, () => {});
  const others = host().backends.map(({ name }) => name);
  test.each(others.filter((name) => name !== 'js' && !(name === 'webgpu' && noWebGpu)))(
    'takes the same steps with %s as in JavaScript',
    async (name) => {
      const [own, plain] = [await losses(name, 10), await losses('js', 10)];
      expect(plain[9]).toBeLessThan(plain[0]);
      // Sums of 32-bit numbers in another order.
      for (const [step, loss] of own.entries()) expect(loss).toBeCloseTo(plain[step], 4);
    },
  );

  test('has the size of which the targets speak', () => {
    const { layers, width, context, vocabulary } = gptSizes;
    const parameters = layers * (12 * width ** 2 + 13 * width) + (vocabulary + context + 2) * width;
    expect(parameters).toBe(348_960);
  });
});
