import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackendName } from '../../../lib/base/host';
import { createGpt, gptGradients } from '../../../lib/gpt';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { compute } from '../../../lib/tensorflow/webgpu-formulas';
import { WebGpuOperations } from '../../../lib/tensorflow/webgpu-operations';
import { fitModel } from '../../../lib/training/fit';
import {
  apart,
  build,
  draw,
  ends,
  free,
  optimizers,
  type Shape,
  weightsOf,
} from '../../samples/fused-models';
import { whyNoWebGpu } from '../../samples/webgpu';

const noWebGpu = await whyNoWebGpu();
const end = ends['softmax, sparse cross-entropy'];
const shape: Shape = {
  inputs: 9,
  hidden: [
    { units: 7, activation: 'tanh', l2: 0.01 },
    { units: 6, activation: 'relu' },
  ],
  units: 4,
};

/** Trains on a backend: 3 epochs of 4 steps, the last with 7 examples. */
async function train(backend: BackendName): Promise<{ losses: number[]; weights: number[] }> {
  await startTensorflow(backend);
  const { x, y } = draw(55, shape, end);
  const model = build(shape, end, optimizers.adam);
  const { epochs, fused } = await fitModel(model, x, y, { epochs: 3, batchSize: 16 });
  expect(fused).toBe(true);
  const weights = [...weightsOf(model)];
  free(model);
  tf.dispose([x, y]);
  return { losses: epochs.map(({ loss }) => loss), weights };
}

describe.skipIf(noWebGpu)(`WebGpuOperations${noWebGpu}`, () => {
  let before: BackendName;
  beforeAll(async () => {
    before = (await startTensorflow()).backend;
  });
  afterAll(async () => {
    await startTensorflow(before);
  });

  test('train a network as WebAssembly does, and twice to the same bits', async () => {
    const [card, again, wasm] = [await train('webgpu'), await train('webgpu'), await train('wasm')];
    expect(again).toEqual(card);
    // Twelve steps of Adam at a rate of 0.003, of gradients that are rounded by parts in 10⁷.
    expect(apart(card.weights, wasm.weights)).toBeLessThan(1e-5);
    expect(apart(card.losses, wasm.losses)).toBeLessThan(1e-5);
  });

  test('give a GPT the gradients that WebAssembly gives it', async () => {
    const gpt = createGpt({ vocabulary: 11, context: 8, layers: 1, heads: 2, width: 12 });
    const tokens = Array.from({ length: 24 }, (_, place) => (3 * place) % 11);
    const targets = tokens.map((token) => (token + 3) % 11);
    await startTensorflow('wasm');
    const expected = gptGradients(gpt, tokens, targets);
    await startTensorflow('webgpu');
    const { loss, gradients } = gptGradients(gpt, tokens, targets);
    expect(loss).toBeCloseTo(expected.loss, 6);
    for (const [name, values] of Object.entries(expected.gradients)) {
      // Sums of a few dozen products, each rounded by parts in 10⁷, of numbers up to 1.
      expect(apart([...gradients[name]], [...values]), name).toBeLessThan(1e-5);
    }
  });

  test('are read at once, whatever their type, and while another reading is awaited', async () => {
    await startTensorflow('webgpu');
    const x = tf.tensor1d([1, -2, 3]);
    const [square, sign, whole] = [tf.square(x), tf.greater(x, 0), tf.cast(tf.mul(x, 2), 'int32')];
    const awaited = square.data();
    expect([...sign.dataSync()]).toEqual([1, 0, 1]);
    expect([...whole.dataSync()]).toEqual([2, -4, 6]);
    expect([...(await awaited)]).toEqual([1, 4, 9]);
    expect([...square.dataSync()]).toEqual([1, 4, 9]);
    tf.dispose([x, square, sign, whole]);
  });

  test('say what a formula has wrong, once', async () => {
    await startTensorflow('webgpu');
    const x = tf.tensor1d([1]);
    const wrong = compute('return X[i] +;', [1], { tensors: { X: x } });
    expect(() => wrong.dataSync()).toThrow(/^Cannot compute with WebGPU: /);
    // What was sent to the card together with it is lost.
    const y = tf.tensor1d([1]);
    const right = compute('return 2.0 * X[i];', [1], { tensors: { X: y } });
    expect([...right.dataSync()]).toEqual([2]);
    tf.dispose([x, wrong, y, right]);
  });

  test('leave no tensor behind', async () => {
    await startTensorflow('webgpu');
    const { numTensors } = tf.memory();
    const run = new WebGpuOperations();
    const tokens = run.sharedIndices(4);
    tokens.publish();
    run.embed(run.variable([3, 2], run.shared([3, 2]).handle), tokens.handle);
    run.halfSquares(run.constant(3));
    run.dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
