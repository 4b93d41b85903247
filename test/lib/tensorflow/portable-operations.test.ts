import { describe, expect, test } from 'vitest';
import type { BackendName } from '../../../lib/base/host';
import { tf } from '../../../lib/tensorflow/backend';
import { fitModel, whyNotFused } from '../../../lib/training/fit';
import {
  apart,
  build,
  draw,
  type End,
  ends,
  free,
  optimizers,
  type Shape,
  stateOf,
  weightsOf,
} from '../../samples/fused-models';
import { useBackend } from '../../samples/use-backend';

const classes = ends['softmax, sparse cross-entropy'];
const small: Shape = {
  inputs: 9,
  hidden: [
    { units: 7, activation: 'tanh', l2: 0.01 },
    { units: 6, activation: 'relu' },
    { units: 5, activation: 'sigmoid' },
  ],
  units: 4,
};

describe.each(['wasm', 'js'] as BackendName[])('the fused step on %s', (backend) => {
  useBackend(backend);

  /** 13 epochs of 4 steps, the last with 7 examples, once with each way. */
  async function compare(shape: Shape, end: End, optimizer: () => tf.Optimizer): Promise<void> {
    const { numTensors } = tf.memory();
    const { x, y } = draw(55, shape, end);
    const [fused, layers] = [0, 1].map(() => build(shape, end, optimizer));
    expect(whyNotFused(fused)).toEqual([]);
    const how = { shuffle: false, batchSize: 16, epochs: 13 };
    const start = weightsOf(fused);
    const { epochs } = await fitModel(fused, x, y, how);
    const { history } = await layers.fit(x, y, { ...how, verbose: 0 });
    expect(apart(weightsOf(fused), start)).toBeGreaterThan(0.01);
    expect(apart(weightsOf(fused), weightsOf(layers))).toBeLessThan(1e-5);
    expect(apart(await stateOf(fused), await stateOf(layers))).toBeLessThan(1e-5);
    const losses = epochs.map(({ loss }) => loss);
    expect(apart(losses, history.loss as number[])).toBeLessThan(1e-5);
    for (const model of [fused, layers]) free(model);
    tf.dispose([x, y]);
    expect(tf.memory().numTensors).toBe(numTensors);
  }

  test.each(Object.keys(optimizers))('equals model.fit with %s', (name) =>
    compare(small, classes, optimizers[name]),
  );

  test.each([
    'softmax, one-hot cross-entropy',
    'linear, mean squared error',
    'logits, softmax cross-entropy',
  ])('equals model.fit with %s', (name) =>
    compare({ ...small, hidden: [{ units: 6, activation: 'softmax' }] }, ends[name], optimizers.adam),
  );

  test('leaves a frozen layer alone, and goes on from weights that are set, as model.fit does', async () => {
    const { x, y } = draw(55, small, classes);
    const [fused, layers] = [0, 1].map(() => build(small, classes, optimizers.sgd));
    const change = (model: tf.Sequential) => {
      model.layers[1].trainable = false;
      tf.tidy(() => model.layers[0].setWeights([tf.ones([9, 7]), tf.zeros([7])]));
    };
    const how = { shuffle: false, batchSize: 16, epochs: 2 };
    await fitModel(fused, x, y, { ...how, view: { onEpoch: () => change(fused) } });
    const callbacks = { onEpochEnd: async () => change(layers) };
    await layers.fit(x, y, { ...how, callbacks, verbose: 0 });
    expect(apart(weightsOf(fused), weightsOf(layers))).toBeLessThan(1e-5);
    for (const model of [fused, layers]) free(model);
    tf.dispose([x, y]);
  });
});
