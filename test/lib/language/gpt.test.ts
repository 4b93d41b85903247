import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BackendName } from '../../../lib/base/host';
import { seededRandom } from '../../../lib/base/random';
import { GptCache } from '../../../lib/language/gpt-cache';
import { gptGradients } from '../../../lib/language/gpt-gradients';
import { createGpt, type Gpt } from '../../../lib/language/gpt-model';
import { type GptShape, gptTensors } from '../../../lib/language/gpt-shape';
import { GptStep } from '../../../lib/language/gpt-step';
import { NativeOperations } from '../../../lib/tensorflow/native-operations';
import type { Operations } from '../../../lib/tensorflow/operations';
import { drawnGpt } from '../../samples/drawn-gpt';
import { plainGradients } from '../../samples/plain-gpt';
import { useBackend } from '../../samples/use-backend';

interface Reference {
  shape: GptShape;
  weights: Record<string, number[]>;
  tokens: number[];
  targets: number[];
  loss: number;
  gradients: Record<string, number[]>;
  losses: number[];
}

const references = JSON.parse(readFileSync(path.join(__dirname, '../../references/gpt.json'), 'utf8'));
const cases: Reference[] = references.cases;

/** The largest distance, as a share of the largest of the expected numbers. */
function apart(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(values).toHaveLength(expected.length);
  let [distance, largest] = [0, 0];
  for (let index = 0; index < expected.length; index++) {
    distance = Math.max(distance, Math.abs(values[index] - expected[index]));
    largest = Math.max(largest, Math.abs(expected[index]));
  }
  return distance / largest;
}

function apartByName(found: Record<string, ArrayLike<number>>, expected: Record<string, ArrayLike<number>>) {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  return Math.max(...Object.keys(expected).map((name) => apart(found[name], expected[name])));
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

function modelOf({ shape, weights }: Reference): Gpt {
  const arrays = Object.entries(weights).map(([name, values]) => [name, Float32Array.from(values)]);
  return { shape, weights: Object.fromEntries(arrays) };
}

const roads: [string, BackendName, (() => Operations) | undefined][] = [
  ['native/', 'native', undefined],
  ["TensorFlow's own operations", 'native', () => new NativeOperations({ own: false })],
  ['wasm/', 'wasm', undefined],
  ['plain loops', 'js', undefined],
];

describe.each(roads)('a GPT by way of %s', (_, backend, create) => {
  useBackend(backend);

  // Sums of some hundred products of float32 numbers, through up to three layers.
  test.each(cases)('has the loss and gradients of JAX in double precision, $shape', (one) => {
    const { loss, gradients } = gptGradients(modelOf(one), one.tokens, one.targets, create?.());
    expect(apart([loss], [one.loss])).toBeLessThan(1e-6);
    expect(apartByName(gradients, one.gradients)).toBeLessThan(1e-5);
  });

  test('has the loss and gradients that tf.grads finds of a plain model', () => {
    const shape = { vocabulary: 19, context: 13, layers: 3, heads: 3, width: 33 };
    const model = drawnGpt(shape);
    const random = seededRandom(3);
    const [tokens, targets] = [0, 1].map(() => Array.from({ length: 5 * 13 }, () => random.integer(19)));
    const plain = plainGradients(model, tokens, targets);
    const { loss, gradients } = gptGradients(model, tokens, targets, create?.());
    expect(apart([loss], [plain.loss])).toBeLessThan(1e-6);
    expect(apartByName(gradients, plain.gradients)).toBeLessThan(1e-5);
  });

  if (create) return;
  test('makes the updates of Optax: clipped, AdamW, gains and biases not decayed', () => {
    const { rate, decay, clip } = references;
    for (const one of cases) {
      const { context } = one.shape;
      const texts = one.tokens.length / context;
      const training = {
        count: texts,
        load: (example: number, inputs: Int32Array, targets: Int32Array) => {
          inputs.set(one.tokens.slice(example * context, (example + 1) * context));
          targets.set(one.targets.slice(example * context, (example + 1) * context));
        },
      };
      const schedule = () => rate;
      const step = new GptStep(
        modelOf(one),
        { training },
        { ...{ schedule, clip, weightDecay: decay, batchSize: texts, rounds: [10], seed: 1 } },
      );
      const losses = one.losses.map(
        () => step.step(Uint32Array.from({ length: texts }, (_, i) => i))[0] / texts,
      );
      expect(apart(losses, one.losses)).toBeLessThan(1e-5);
      step.dispose();
    }
  });
});

test.each(cases)('the gradients are the slopes of the loss in double precision, $shape', (one) => {
  const model = modelOf(one);
  const { gradients } = gptGradients(model, one.tokens, one.targets);
  for (const { name } of gptTensors(one.shape)) {
    const random = seededRandom(model.weights[name].length, name);
    const direction = Float64Array.from(model.weights[name], () => random.normal());
    const moved = (size: number) =>
      model.weights[name].map((value, index) => value + size * direction[index]);
    const [up, down] = [moved(3e-4), moved(-3e-4)];
    const lossWith = (values: Float32Array) => {
      const other = { ...model, weights: { ...model.weights, [name]: values } };
      return lossOf(other, one.tokens, one.targets);
    };
    const parts = gradients[name].map((value, index) => value * (up[index] - down[index]));
    const [slope, size] = [sum(parts), sum(parts.map(Math.abs))];
    // Central differences are off by third derivatives times 10⁻⁷, the gradients by float32's rounding.
    expect(Math.abs(lossWith(up) - lossWith(down) - slope) / size, name).toBeLessThan(1e-5);
  }
});

/** The loss, token by token, in double precision. */
function lossOf(model: Gpt, tokens: readonly number[], targets: readonly number[]): number {
  let cache = new GptCache(model);
  const losses = tokens.map((token, index) => {
    if (index % model.shape.context === 0) cache = new GptCache(model);
    const logits = cache.next(token);
    const most = Math.max(...logits);
    const sum = logits.reduce((total, value) => total + Math.exp(value - most), 0);
    return Math.log(sum) + most - logits[targets[index]];
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

test('a GPT is drawn alike for the same seed, and begins near ln V', () => {
  const shape = { vocabulary: 50, context: 8, layers: 2, heads: 2, width: 24 };
  const model = createGpt(shape, 4);
  expect(createGpt(shape, 4)).toEqual(model);
  expect(createGpt(shape, 5)).not.toEqual(model);
  const random = seededRandom(1);
  const [tokens, targets] = [0, 1].map(() => Array.from({ length: 160 }, () => random.integer(50)));
  // Logits with the variance D σ² = 768 · 0.02² = 0.31 add half of that to ln V, give or take what is drawn.
  expect(Math.abs(lossOf(model, tokens, targets) - Math.log(50) - 0.154)).toBeLessThan(0.15);
});

test('texts that are no multiple of the context are refused', () => {
  const model = createGpt({ vocabulary: 5, context: 4, layers: 1, heads: 1, width: 4 });
  expect(() => gptGradients(model, [1, 2, 3], [2, 3, 4])).toThrow('a multiple of 4, got 3 and 3');
});
