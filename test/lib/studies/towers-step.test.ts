import { describe, expect, test } from 'vitest';
import type { BackendName } from '../../../lib/base/host';
import { seededRandom } from '../../../lib/base/random';
import { type DigitSet, digitPixels } from '../../../lib/data/digit-set';
import { TowersStep } from '../../../lib/studies/towers-step';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { countNativeTensors } from '../../../lib/tensorflow/insides';
import { apart } from '../../samples/fused-models';

const { backend } = await startTensorflow();
const backends: BackendName[] = backend === 'native' ? ['native', 'wasm', 'js'] : ['wasm', 'js'];

const head = { pairs: 2, size: 3, temperature: 0.3, loss: 'contrast' } as const;
const random = seededRandom(6);
const digits: DigitSet = {
  images: Uint8Array.from({ length: 8 * digitPixels }, () => random.integer(256)),
  labels: Uint8Array.of(0, 1, 0, 1, 0, 1, 0, 1),
  count: 8,
};
const pairs = {
  pictures: digits,
  codes: [
    [1, 0, 1, 0],
    [0, 1, 1, 0],
  ],
  order: () => Uint32Array.from(digits.labels.keys()),
};

/** Small towers; always with the same weights. */
function towers() {
  const tower = (inputs: number, seed: number) =>
    tf.sequential({
      layers: [
        tf.layers.dense({
          inputShape: [inputs],
          units: 3,
          kernelInitializer: tf.initializers.glorotUniform({ seed }),
        }),
      ],
    });
  const [pictures, names] = [tower(digitPixels, 1), tower(4, 2)];
  const weights = () =>
    [pictures, names].flatMap((one) => one.getWeights().flatMap((w) => Array.from(w.dataSync())));
  const dispose = () => [pictures, names].forEach((one) => void one.dispose());
  return { pictures, names, weights, dispose };
}

const batches = [
  [0, 1],
  [2, 3, 4, 5],
  [6, 7],
  [0, 1, 2, 3],
].map((batch) => Uint32Array.from(batch));

describe('TowersStep', () => {
  test('leaves towers and optimizer as the next one needs them to go on', () => {
    const [whole, halves] = [towers(), towers()];
    const [one, two] = [tf.train.adam(0.01), tf.train.adam(0.01)];
    const start = whole.weights();
    const through = new TowersStep(whole, pairs, head, one);
    const losses = batches.map((batch) => through.step(batch)[0]);
    through.sync();
    through.dispose();
    const others = [batches.slice(0, 2), batches.slice(2)].flatMap((some) => {
      const step = new TowersStep(halves, pairs, head, two);
      const sums = some.map((batch) => step.step(batch)[0]);
      step.sync();
      step.dispose();
      return sums;
    });
    expect(others).toEqual(losses);
    expect(halves.weights()).toEqual(whole.weights());
    expect(apart(whole.weights(), start)).toBeGreaterThan(0.02);
    for (const each of [one, two, whole, halves]) each.dispose();
  });

  test('moves both towers alike on every backend, in the first step and in those after it', async () => {
    const results: number[][] = [];
    try {
      for (const one of backends) {
        await startTensorflow(one);
        const [own, optimizer] = [towers(), tf.train.sgd(0.1)];
        const start = own.weights();
        const step = new TowersStep(own, pairs, head, optimizer);
        for (const batch of batches) step.step(batch);
        step.sync();
        step.dispose();
        const names = own.names.getWeights().flatMap((w) => Array.from(w.dataSync()));
        results.push(own.weights());
        expect(apart(names, start.slice(-names.length))).toBeGreaterThan(0.01);
        for (const each of [optimizer, own]) each.dispose();
      }
    } finally {
      await startTensorflow(backend);
    }
    for (const other of results.slice(1)) expect(apart(other, results[0])).toBeLessThan(1e-5);
  });

  test('moves no weight of the towers before sync()', () => {
    const [own, optimizer] = [towers(), tf.train.adam(0.01)];
    const start = own.weights();
    const step = new TowersStep(own, pairs, head, optimizer);
    step.step(batches[0]);
    expect(own.weights()).toEqual(start);
    step.sync();
    expect(own.weights()).not.toEqual(start);
    step.dispose();
    for (const each of [optimizer, own]) each.dispose();
  });

  test('returns the sum of the loss: of two equal groups twice as much as of one', () => {
    const sumOf = (batch: number[]) => {
      const [own, optimizer] = [towers(), tf.train.adam(0.01)];
      const step = new TowersStep(own, pairs, head, optimizer);
      const [sum] = step.step(Uint32Array.from(batch));
      step.dispose();
      for (const each of [optimizer, own]) each.dispose();
      return sum;
    };
    expect(sumOf([0, 1, 0, 1])).toBeCloseTo(2 * sumOf([0, 1]), 5);
  });

  test('holds no more memory after many steps than after one of each size, and frees it', () => {
    const [own, optimizer] = [towers(), tf.train.adam(0.01)];
    // Native TensorFlow holds the towers' own weights from their first use on.
    new TowersStep(own, pairs, head, optimizer).dispose();
    const before = countNativeTensors();
    const step = new TowersStep(own, pairs, head, optimizer);
    for (const batch of batches) step.step(batch);
    const held = [tf.memory().numTensors, countNativeTensors()];
    for (let round = 0; round < 5; round++) for (const batch of batches) step.step(batch);
    expect([tf.memory().numTensors, countNativeTensors()]).toEqual(held);
    step.dispose();
    expect(countNativeTensors()).toBe(before);
    for (const each of [optimizer, own]) each.dispose();
  });

  test('learns the temperature where it has a rate for it, and only there', () => {
    const temperatureAfter = (temperatureRate?: number) => {
      const [own, optimizer] = [towers(), tf.train.adam(0.01)];
      const step = new TowersStep(own, { ...pairs, temperatureRate }, head, optimizer);
      step.step(batches[0]);
      const { temperature } = step;
      step.dispose();
      for (const each of [optimizer, own]) each.dispose();
      return temperature;
    };
    expect(temperatureAfter()).toBeCloseTo(0.3, 12);
    // Adam's first step has the length of its rate, here of ln τ.
    expect(Math.abs(Math.log(temperatureAfter(0.05) / 0.3))).toBeCloseTo(0.05, 4);
  });

  test('names what it cannot train', () => {
    const names = tf.sequential({ layers: [tf.layers.reshape({ inputShape: [4], targetShape: [2, 2] })] });
    const own = towers();
    const optimizer = tf.train.adam(0.01);
    const attempt = () => new TowersStep({ ...own, names }, pairs, head, optimizer);
    expect(attempt).toThrow(/^Cannot train the towers: layer '.*' is a Reshape$/);
    const held = countNativeTensors();
    expect(attempt).toThrow('is a Reshape');
    expect(countNativeTensors()).toBe(held);
    for (const each of [optimizer, own, names]) each.dispose();
  });
});
