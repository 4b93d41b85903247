/** Memory over 200 epochs of MNIST and 5,000 steps of a GPT, on each backend; smaller ones than those of the benchmark. */
import { describe, expect, test } from 'vitest';
import { startTensorflow } from '../../../lib/tensorflow/backend';
import { growthOf, type LongTraining, watchMemory } from '../../../tools/bench/memory';
import { mostGrowth } from '../../../tools/bench/targets';

const sizes = { layers: 1, heads: 2, width: 24, context: 16, batch: 4 };
const hasNative = (await startTensorflow()).backend === 'native';
const noNative = hasNative
  ? ''
  : ' (skipped: there is no native TensorFlow; run npm run setup -- --tensorflow=wheel)';

describe.each([
  ['native', noNative],
  ['wasm', ''],
  ['js', ''],
])('a long training with %s%s', (backend, reason) => {
  const digits = backend === 'js' ? 320 : 3200;
  test.skipIf(reason).each([
    ['200 epochs of MNIST', { epochs: 200, digits }],
    ['5,000 steps of a GPT', { steps: 5000, sizes }],
  ] as [string, LongTraining][])('keeps memory flat over %s', (what, training) => {
    const { tensors, megabytes } = watchMemory(backend, training);
    const growth = growthOf(megabytes);
    console.log(`${backend}, ${what}: ${growth.toFixed(2)} MB more, at the end ${megabytes.at(-1)} MB`);
    expect(tensors.length).toBeGreaterThanOrEqual(100);
    expect(new Set(tensors).size).toBe(1);
    expect(growth).toBeLessThan(mostGrowth);
  });
});

test('a leak is seen', () => {
  // 100 kB at each of 200 looks, of which three quarters count.
  const { megabytes } = watchMemory('js', { epochs: 200, digits: 32, leak: 1e5 });
  expect(growthOf(megabytes)).toBeGreaterThan(12);
});
