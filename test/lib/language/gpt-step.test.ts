import { describe, expect, test } from 'vitest';
import { createGpt } from '../../../lib/language/gpt-model';
import { GptStep } from '../../../lib/language/gpt-step';
import { KernelMemory } from '../../../lib/tensorflow/wasm-memory';
import { useBackend } from '../../samples/use-backend';

const texts = 16;
const shape = { vocabulary: 5, context: 32, layers: 8, heads: 2, width: 32 };
/** What each block keeps of a row on the way forwards: twice LN, z, o, y, x, u, h, as multiples of the width. */
const kept = 18;

describe('in WebAssembly', () => {
  useBackend('wasm');

  test('the way back needs no more memory than a block, since what it has passed is freed', () => {
    const rows = texts * shape.context;
    const forwards = shape.layers * kept * rows * shape.width * 4;
    const taken: KernelMemory[] = [];
    const take = KernelMemory.take;
    KernelMemory.take = () => {
      taken.push(take.call(KernelMemory));
      return taken[taken.length - 1];
    };
    const training = {
      count: texts,
      load: (_: number, inputs: Int32Array, targets: Int32Array) => {
        inputs.fill(1);
        targets.fill(2);
      },
    };
    const options = {
      schedule: () => 0.003,
      weightDecay: 0.1,
      clip: 1,
      batchSize: texts,
      rounds: [3],
      seed: 1,
    };
    const step = new GptStep(createGpt(shape), { training }, options);
    try {
      const before = taken[0].size;
      const batch = Uint32Array.from({ length: texts }, (_, index) => index);
      const losses = Array.from({ length: 3 }, () => step.step(batch)[0]);
      expect(losses[2]).toBeLessThan(losses[0]);
      // Were all kept until the end, the way back would need as much again as the way forwards.
      expect(taken[0].size - before).toBeGreaterThan(0.9 * forwards);
      expect(taken[0].size - before).toBeLessThan(1.5 * forwards);
    } finally {
      step.dispose();
      KernelMemory.take = take;
    }
  });
});
