import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { gptGradients } from '../../../lib/language/gpt-gradients';
import { GptNetwork } from '../../../lib/language/gpt-network';
import { countGptParameters } from '../../../lib/language/gpt-shape';
import {
  countLoraParameters,
  createLora,
  type Lora,
  loraTensors,
  mergeLora,
} from '../../../lib/language/lora';
import { textExamples } from '../../../lib/language/token-examples';
import { trainGpt } from '../../../lib/language/train-gpt';
import { tf } from '../../../lib/tensorflow/backend';
import { drawnGpt } from '../../samples/drawn-gpt';
import { plainGradients } from '../../samples/plain-gpt';
import { useBackend } from '../../samples/use-backend';

const shape = { vocabulary: 13, context: 7, layers: 2, heads: 3, width: 12 };

/** An adaptation whose B is drawn too, so that no gradient is 0. */
function drawnLora(rank: number, alpha = 3): Lora {
  const adapter = createLora(shape, { rank, alpha });
  const random = seededRandom(rank);
  for (const values of Object.values(adapter.weights))
    for (let i = 0; i < values.length; i++) values[i] = 0.3 * random.normal();
  return adapter;
}

const tokensOf = (seed: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: 3 * shape.context }, () => random.integer(shape.vocabulary));
};
const [tokens, targets] = [tokensOf(1), tokensOf(2)];

/** The largest distance, as a share of the largest of the expected numbers. */
function apart(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(values).toHaveLength(expected.length);
  const distances = Array.from(values, (value, i) => Math.abs(value - expected[i]));
  return Math.max(...distances) / Math.max(...Array.from(expected, Math.abs));
}

/** `X Y`, or with a transpose: rows and columns of the left one, and of the right one. */
function product(x: number[][], y: number[][]): number[][] {
  return x.map((row) => y[0].map((_, j) => row.reduce((sum, one, k) => sum + one * y[k][j], 0)));
}
const turned = (x: number[][]) => x[0].map((_, j) => x.map((row) => row[j]));
const rowsOf = (values: ArrayLike<number>, columns: number) =>
  Array.from({ length: values.length / columns }, (_, i) =>
    Array.from({ length: columns }, (_, j) => values[i * columns + j]),
  );

describe.each(['native', 'wasm', 'js'] as const)('an adapted GPT on %s', (backend) => {
  useBackend(backend);

  test.each([1, 4, 12])('says what the merged one says, rank %d', (rank) => {
    const [model, adapter] = [drawnGpt(shape), drawnLora(rank)];
    const logitsOf = (net: GptNetwork) => {
      try {
        return net.logits(tokens);
      } finally {
        net.dispose();
      }
    };
    const plain = logitsOf(new GptNetwork(model));
    const adapted = logitsOf(new GptNetwork(model, undefined, undefined, adapter));
    expect(apart(adapted, logitsOf(new GptNetwork(mergeLora(model, adapter))))).toBeLessThan(1e-5);
    expect(apart(adapted, plain)).toBeGreaterThan(0.1);
  });

  test.each([1, 4])('has the gradients that the chain rule makes of those of tf.grads, rank %d', (rank) => {
    const [model, adapter] = [drawnGpt(shape), drawnLora(rank)];
    const merged = plainGradients(mergeLora(model, adapter), tokens, targets);
    const { loss, gradients } = gptGradients(model, tokens, targets, undefined, undefined, adapter);
    expect(apart([loss], [merged.loss])).toBeLessThan(1e-6);
    expect(Object.keys(gradients)).toEqual(loraTensors(shape, rank).map(({ name }) => name));
    const s = adapter.alpha / rank;
    for (const { name, shape: sides } of loraTensors(shape, rank).filter((one) => one.name.endsWith('.B'))) {
      const at = name.slice(0, -2);
      const dW = rowsOf(merged.gradients[`${at}.weights`], sides[1]);
      const A = rowsOf(adapter.weights[`${at}.A`], rank);
      const B = rowsOf(adapter.weights[`${at}.B`], sides[1]);
      const dA = product(dW, turned(B)).flat();
      const dB = product(turned(A), dW).flat();
      const scaled = (values: number[]) => values.map((value) => s * value);
      expect(apart(gradients[`${at}.A`], scaled(dA)), at).toBeLessThan(2e-5);
      expect(apart(gradients[`${at}.B`], scaled(dB)), at).toBeLessThan(2e-5);
    }
  });

  test('learns in place of the GPT, and leaves no tensor behind', async () => {
    const model = drawnGpt(shape);
    const adapter = createLora(shape, { rank: 2 });
    const kept = structuredClone({ model: model.weights, adapter: adapter.weights });
    const text = Array.from({ length: 200 }, (_, i) => (i * i) % 13);
    const examples = textExamples(text, shape.context);
    const tensors = tf.memory().numTensors;
    const options = { steps: 60, every: 30, batchSize: 8, learningRate: 0.02 };
    const { measured } = await trainGpt(
      model,
      { training: examples, validation: examples },
      { ...options, adapter },
    );
    expect(tf.memory().numTensors).toBe(tensors);
    expect(model.weights).toEqual(kept.model);
    for (const [name, values] of Object.entries(adapter.weights)) {
      expect(values, name).not.toEqual(kept.adapter[name]);
    }
    expect(measured[2].validationLoss).toBeLessThan((measured[0].validationLoss as number) - 0.5);
  });
});

test('an adaptation begins as nothing, alike for the same seed', () => {
  const model = drawnGpt(shape);
  const adapter = createLora(shape, { rank: 3, seed: 7 });
  expect(mergeLora(model, adapter)).toEqual(model);
  expect(createLora(shape, { rank: 3, seed: 7 })).toEqual(adapter);
  expect(createLora(shape, { rank: 3, seed: 8 })).not.toEqual(adapter);
});

test('mergeLora() adds (α/r) A B, and changes neither', () => {
  const [model, adapter] = [drawnGpt(shape), drawnLora(2, 5)];
  const kept = structuredClone({ model, adapter });
  const merged = mergeLora(model, adapter);
  expect({ model, adapter }).toEqual(kept);
  const at = 'block2.mlp.up';
  const [A, B] = [rowsOf(adapter.weights[`${at}.A`], 2), rowsOf(adapter.weights[`${at}.B`], 48)];
  const added = product(A, B).flat();
  const expected = Array.from(model.weights[`${at}.weights`], (w, i) => w + (5 / 2) * added[i]);
  expect(apart(merged.weights[`${at}.weights`], expected)).toBeLessThan(1e-6);
  expect(merged.weights.tokens).toEqual(model.weights.tokens);
});

test('countLoraParameters() is 16 L D r', () => {
  const large = { vocabulary: 76, context: 64, layers: 3, heads: 4, width: 96 };
  expect(countLoraParameters(large, 4)).toBe(16 * 3 * 96 * 4);
  expect(countLoraParameters(large, 4) / countGptParameters(large)).toBeLessThan(0.06);
});

test('what cannot be is refused in one line', () => {
  const say = (why: string) => `Cannot adapt the GPT: ${why}`;
  expect(() => createLora(shape, { rank: 0 })).toThrow(say('rank must be a whole number >= 1, got 0'));
  expect(() => createLora(shape, { rank: 1.5 })).toThrow(say('rank must be a whole number >= 1, got 1.5'));
  expect(() => createLora(shape, { rank: 13 })).toThrow(
    say("rank must be at most 12, the smaller side of 'block1.attention.qkv.weights', got 13"),
  );
  expect(() => createLora(shape, { alpha: 0 })).toThrow(say('alpha must be > 0, got 0'));
  expect(() => createLora(shape, { seed: -1 })).toThrow(say('seed must be a whole number >= 0, got -1'));
  expect(() => createLora(shape, { ranks: 2 } as object)).toThrow(say("there is no option 'ranks'"));
  const other = drawnGpt({ ...shape, context: 9 });
  const why = say('the adaptation was made for context 7, the GPT has 9');
  expect(() => mergeLora(other, createLora(shape))).toThrow(why);
  expect(() => new GptNetwork(other, undefined, undefined, createLora(shape))).toThrow(why);
});
