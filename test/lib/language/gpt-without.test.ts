import { expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { gptGradients } from '../../../lib/language/gpt-gradients';
import { createGpt } from '../../../lib/language/gpt-model';
import { type GptPart, gptWithout } from '../../../lib/language/gpt-without';
import { textExamples } from '../../../lib/language/token-examples';
import { trainGpt } from '../../../lib/language/train-gpt';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { drawnGpt } from '../../samples/drawn-gpt';
import { plainGradients } from '../../samples/plain-gpt';

await startTensorflow();

/** What is left out, and how many of the 28 arrays of parameters then learn nothing. */
const parts: [GptPart, number][] = [
  ['attention', 12],
  ['mlp', 12],
  ['norm', 10],
  ['residual', 0],
  ['positions', 1],
];
const shape = { vocabulary: 13, context: 7, layers: 2, heads: 3, width: 21 };

test.each(parts)('without %s: the loss and gradients are those that tf.grads finds', (part, idle) => {
  const model = drawnGpt(shape);
  const random = seededRandom(8);
  const [tokens, targets] = [0, 1].map(() => Array.from({ length: 4 * 7 }, () => random.integer(13)));
  const plain = plainGradients(model, tokens, targets, part);
  const { loss, gradients } = gptGradients(model, tokens, targets, undefined, gptWithout(part));
  expect(Math.abs(loss / plain.loss - 1)).toBeLessThan(1e-6);
  expect(Object.keys(gradients)).toHaveLength(28);
  let still = 0;
  for (const [name, expected] of Object.entries(plain.gradients)) {
    const largest = Math.max(...expected.map(Math.abs));
    const apart = Math.max(...expected.map((value, i) => Math.abs(value - gradients[name][i])));
    expect(apart, name).toBeLessThanOrEqual(1e-5 * largest);
    if (largest === 0) still++;
  }
  expect(still).toBe(idle);
});

test.each(parts)('a GPT trains without %s, and leaves nothing in memory', async (part) => {
  const tokens = Array.from({ length: 200 }, (_, index) => (index * index) % 13);
  const data = { training: textExamples(tokens, 7), validation: textExamples(tokens, 7, 7) };
  const before = tf.memory().numTensors;
  const model = createGpt(shape);
  const first = createGpt(shape).weights.positions;
  const { measured, stopped } = await trainGpt(model, data, {
    ...{ steps: 40, batchSize: 8, learningRate: 0.003, every: 40, layers: gptWithout(part) },
  });
  expect(stopped).toBeUndefined();
  expect(measured[1].validationLoss).toBeLessThan(measured[0].validationLoss as number);
  expect(tf.memory().numTensors).toBe(before);
  // Where positions are left out, only the decay of weights moves them.
  const still = model.weights.positions.every((value, i) => Math.abs(value / first[i] - 1) < 0.02);
  expect(still).toBe(part === 'positions');
});

test('what is no part cannot be left out', () => {
  expect(() => gptWithout('head' as GptPart)).toThrow(
    "Cannot leave out: the part must be one of attention, mlp, norm, residual, positions, got 'head'",
  );
});
