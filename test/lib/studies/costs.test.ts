import { beforeAll, describe, expect, test } from 'vitest';
import { createModel } from '../../../lib/model/mnist-model';
import { countParameters, denseSizes, exampleFlops, trainingFlops } from '../../../lib/studies/costs';
import { stepCosts } from '../../../lib/studies/roofline';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';

beforeAll(async () => {
  await startTensorflow();
});

test('denseSizes() pairs neighbours', () => {
  expect(denseSizes([3, 5, 2])).toEqual([
    { inputs: 3, outputs: 5 },
    { inputs: 5, outputs: 2 },
  ]);
});

describe('countParameters()', () => {
  test.each([1, 7, 128])('agrees with TensorFlow at %i hidden units', (hiddenUnits) => {
    const model = createModel({ hiddenUnits });
    expect(countParameters([784, hiddenUnits, 10])).toBe(model.countParams());
    model.dispose();
  });

  test('agrees with TensorFlow for a deep model', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [5], units: 4 }),
        tf.layers.dense({ units: 3 }),
        tf.layers.dense({ units: 2 }),
      ],
    });
    expect(countParameters([5, 4, 3, 2])).toBe(model.countParams());
    model.dispose();
  });

  test.each([
    [[], 'Cannot count a model: 2 sizes are needed, got 0'],
    [[784], 'Cannot count a model: 2 sizes are needed, got 1'],
    [[784, 0, 10], 'Cannot count a model: neurons[1] must be a whole number >= 1, got 0'],
  ])('refuses %j', (neurons, message) => {
    expect(() => countParameters(neurons)).toThrow(message);
  });
});

describe('exampleFlops()', () => {
  test('agrees with the five products of a training step', () => {
    const sizes = { batchSize: 32, inputs: 784, hiddenUnits: 128, outputs: 10 };
    const products = stepCosts(sizes)
      .slice(0, 5)
      .reduce((total, { flops }) => total + flops, 0);
    const { forward, backward } = exampleFlops([784, 128, 10]);
    expect(32 * (forward + backward)).toBe(products);
  });

  test('comes near 6 N for a deep network', () => {
    const neurons = new Array(41).fill(500);
    const { forward, backward } = exampleFlops(neurons);
    const estimate = trainingFlops(countParameters(neurons), 1);
    expect((forward + backward) / estimate).toBeCloseTo(1, 1);
  });
});

test('trainingFlops() refuses what is not positive', () => {
  expect(trainingFlops(2, 3)).toBe(36);
  expect(() => trainingFlops(-1, 3)).toThrow('Cannot count arithmetic: parameters must be > 0');
});
