import { beforeAll, describe, expect, test, vi } from 'vitest';
import { compileModel, createModel } from '../../../lib/model/mnist-model';
import { profileOperations } from '../../../lib/studies/operation-profile';
import {
  fastest,
  leastSeconds,
  measureLimits,
  productCost,
  stepCosts,
  timeProducts,
} from '../../../lib/studies/roofline';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { fitModel } from '../../../lib/training/fit';

beforeAll(async () => {
  await startTensorflow();
});

test('productCost() counts a multiplication and an addition per triple', () => {
  expect(productCost('small', 2, 3, 5)).toEqual({ name: 'small', flops: 60, bytes: 4 * 31 });
});

describe('stepCosts()', () => {
  const sizes = { batchSize: 32, inputs: 784, hiddenUnits: 128, outputs: 10 };

  test('counts the five products and the update of the course’s network', () => {
    const costs = stepCosts(sizes);
    const products = costs.slice(0, 5).map(({ flops }) => flops);
    // 2 · 32 · 784 · 128 twice, 2 · 32 · 128 · 10 three times
    expect(products).toEqual([6_422_528, 81_920, 81_920, 81_920, 6_422_528]);
    const adam = costs.find(({ name }) => name === 'Adam');
    expect(adam).toEqual({ name: 'Adam', flops: 12 * 101_770, bytes: 28 * 101_770 });
  });

  test('counts every operation of a step of a network that can be counted by hand', () => {
    // Matrices of 2 · 3, 3 · 5, 2 · 5, 5 · 7 and 2 · 7 numbers of four bytes; 5 · 4 + 7 · 6 parameters.
    const [x, w1, hidden, w2, outputs, parameters] = [6, 15, 10, 35, 14, 62];
    const forwards = { flops: 2 * 2 * 3 * 5, bytes: 4 * (x + w1 + hidden) };
    const above = { flops: 2 * 2 * 5 * 7, bytes: 4 * (hidden + w2 + outputs) };
    expect(stepCosts({ batchSize: 2, inputs: 3, hiddenUnits: 5, outputs: 7 })).toEqual([
      { name: 'X W₁', ...forwards },
      { name: 'A W₂', ...above },
      { name: 'Aᵀ δ₂', ...above },
      { name: 'δ₂ W₂ᵀ', ...above },
      { name: 'Xᵀ δ₁', ...forwards },
      // An addition and a comparison for each entry; each of the two reads it and writes it.
      { name: 'bias and ReLU', flops: hidden + hidden, bytes: 4 * (2 * hidden + 2 * hidden) },
      // δ and a are read, the product is written.
      { name: 'ReLU′', flops: hidden, bytes: 4 * (hidden + hidden + hidden) },
      { name: 'Adam', flops: 12 * parameters, bytes: 4 * (3 * 2 * parameters + parameters) },
    ]);
  });

  test.each(['batchSize', 'inputs', 'hiddenUnits', 'outputs'])('takes a %s of 1', (name) => {
    const costs = stepCosts({ ...sizes, [name]: 1 });
    for (const { flops, bytes } of costs) expect(Math.min(flops, bytes)).toBeGreaterThan(0);
  });

  test('refuses a size that is none', () => {
    expect(() => stepCosts({ ...sizes, batchSize: 0 })).toThrow(
      'Cannot count a step: batchSize must be a whole number >= 1, got 0',
    );
  });
});

test('leastSeconds() is bound by memory below the ridge and by arithmetic above it', () => {
  const limits = { peak: 100, bandwidth: 10 };
  expect(leastSeconds({ name: '', flops: 50, bytes: 10 }, limits)).toBe(1);
  expect(leastSeconds({ name: '', flops: 200, bytes: 10 }, limits)).toBe(2);
  expect(() => leastSeconds({ name: '', flops: 1, bytes: 1 }, { ...limits, peak: 0 })).toThrow(RangeError);
});

test('fastest() repeats as often and as long as asked, and gives the least time', () => {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  // Milliseconds that the work takes, time after time.
  const times = [9, 5, 3, 8, 7, 6, 4, 10, 10, 10];
  let calls = 0;
  const work = () => {
    now += times[calls++];
  };
  try {
    expect(fastest(work, { repeats: 2, seconds: 0 })).toBe(0.005);
    expect(calls).toBe(2);
    calls = 0;
    expect(fastest(work, { repeats: 2, seconds: 0.02 })).toBe(0.003);
    expect(calls).toBe(4);
  } finally {
    clock.mockRestore();
  }
});

test('fastest() tells what is too short for the clock', () => {
  let done = 0;
  const seconds = fastest(() => done++, { repeats: 3, seconds: 0 });
  expect(seconds).toBeGreaterThan(0);
  expect(done).toBeGreaterThan(3);
});

test('timeProducts() times as many products as it is given, and leaves no tensor behind', () => {
  const [a, b] = [tf.ones([64, 512]), tf.ones([512, 512])];
  const { numTensors } = tf.memory();
  const one = timeProducts(a, [b]);
  expect(one).toBeGreaterThan(0);
  expect(timeProducts(a, new Array(50).fill(b))).toBeGreaterThan(one);
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(() => timeProducts(a, [b], { repeats: 0 })).toThrow(RangeError);
  tf.dispose([a, b]);
});

test('timeProducts() times products in WebAssembly, where the kernels have copies of the tensors', async () => {
  const { backend } = await startTensorflow();
  await startTensorflow('wasm');
  const [a, b] = [tf.ones([8, 16]), tf.ones([16, 8])];
  try {
    expect(timeProducts(a, [b, b], { repeats: 3, seconds: 0 })).toBeGreaterThan(0);
  } finally {
    tf.dispose([a, b]);
    await startTensorflow(backend);
  }
});

test('measureLimits() finds positive limits and leaves no tensor behind', () => {
  const { numTensors } = tf.memory();
  const { peak, bandwidth, cacheBandwidth } = measureLimits();
  expect(peak).toBeGreaterThan(0);
  expect(bandwidth).toBeGreaterThan(0);
  expect(cacheBandwidth).toBeGreaterThan(0);
  expect(tf.memory().numTensors).toBe(numTensors);
});

describe('profileOperations()', () => {
  test('counts each operation, adds up, and leaves the backend as it was', async () => {
    const a = tf.ones([4, 4]);
    const work = () => tf.tidy(() => void a.matMul(a).add(a).matMul(a).dataSync());
    for (let round = 0; round < 2; round++) {
      const profile = await profileOperations(work);
      const product = profile.operations.find(({ name }) => /MatMul/.test(name));
      expect(product?.calls).toBe(2);
      expect(profile.calls).toBe(profile.operations.reduce((sum, { calls }) => sum + calls, 0));
      expect(profile.inOperations + profile.outside).toBeCloseTo(profile.milliseconds, 9);
      expect(profile.inOperations).toBeGreaterThan(0);
    }
    a.dispose();
  });

  test('repeats, and takes the least time of each part', async () => {
    const [a, b] = [tf.ones([256, 256]), tf.ones([4])];
    // The first run is slower, in its calls by more products, outside them by waiting.
    let runs = 0;
    const work = () => {
      const products = runs++ === 0 ? 50 : 1;
      for (let product = 0; product < products; product++) tf.matMul(a, a).dispose();
      tf.add(b, b).dispose();
      const end = performance.now() + (products > 1 ? 200 : 0);
      while (performance.now() < end);
    };
    const profile = await profileOperations(work, { repeats: 3 });
    expect(runs).toBe(3);
    expect(profile.operations.map(({ calls }) => calls)).toEqual([1, 1]);
    expect(profile.outside).toBeLessThan(200);
    expect(profile.inOperations + profile.outside).toBeCloseTo(profile.milliseconds, 9);
    await expect(profileOperations(work, { repeats: 0 })).rejects.toThrow(RangeError);
    tf.dispose([a, b]);
  });

  test('sees the calls of a training on every backend, and stops seeing them after an error', async () => {
    const model = createModel();
    compileModel(model);
    const [x, y] = [tf.zeros([8, 784]), tf.zeros([8])];
    const train = () => model.fit(x, y, { verbose: 0 });
    await train(); // makes the optimizer's state
    const { calls } = await profileOperations(train);
    expect(calls).toBeGreaterThan(100);
    const failing = profileOperations(() => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect((await profileOperations(train)).calls).toBe(calls);
    model.dispose();
    tf.dispose([x, y]);
  });

  test('sees the kernels of wasm/ in a training', async () => {
    const before = (await startTensorflow()).backend;
    await startTensorflow('wasm');
    const model = createModel();
    compileModel(model);
    const train = () => fitModel(model, new Uint8Array(64 * 784), new Uint8Array(64), { view: {} });
    const { operations } = await profileOperations(train);
    const calls = Object.fromEntries(operations.map(({ name, calls }) => [name, calls]));
    // Two steps: five products each, four parameters.
    expect([calls.product, calls.adam]).toEqual([10, 8]);
    expect((await profileOperations(() => {})).calls).toBe(0);
    model.dispose();
    await startTensorflow(before);
  });
});
