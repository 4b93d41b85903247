import { expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { GptCache } from '../../../lib/language/gpt-cache';
import type { Gpt } from '../../../lib/language/gpt-model';
import { GptNetwork } from '../../../lib/language/gpt-network';
import { gptTensors } from '../../../lib/language/gpt-shape';
import { createLora } from '../../../lib/language/lora';
import { learnPreferences } from '../../../lib/language/preferences';
import { trainGpt } from '../../../lib/language/train-gpt';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import type { Handle } from '../../../lib/tensorflow/operations';
import { drawnGpt } from '../../samples/drawn-gpt';

const shape = { vocabulary: 7, context: 6, layers: 2, heads: 2, width: 8 };
const pairs = [
  { chosen: [0, 1, 2, 3, 0], rejected: [0, 4, 0] },
  { chosen: [0, 5], rejected: [0, 1, 1, 2, 6, 3, 0] },
  { chosen: [2, 2, 2], rejected: [2, 3, 3] },
];
const beta = 0.7;

/** `ln π(y)`, token by token, in double precision. */
function logProbability(model: Gpt, tokens: readonly number[]): number {
  const cache = new GptCache(model);
  return tokens.slice(0, -1).reduce((sum, token, t) => {
    const logits = Array.from(cache.next(token));
    const most = Math.max(...logits);
    const total = logits.reduce((all, z) => all + Math.exp(z - most), 0);
    return sum + logits[tokens[t + 1]] - most - Math.log(total);
  }, 0);
}

function lossOf(model: Gpt, before: Gpt): number {
  const losses = pairs.map(({ chosen, rejected }) => {
    const gained = (tokens: number[]) => logProbability(model, tokens) - logProbability(before, tokens);
    return -Math.log(1 / (1 + Math.exp(-beta * (gained(chosen) - gained(rejected)))));
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** A model a little off another one. */
function moved(before: Gpt): Gpt {
  const model: Gpt = { shape, weights: structuredClone(before.weights) };
  const random = seededRandom(3);
  for (const values of Object.values(model.weights))
    for (let i = 0; i < values.length; i++) values[i] += 0.1 * random.normal();
  return model;
}

/** Gives a network the weights of a model. */
function moveTo(model: Gpt, net: GptNetwork): void {
  gptTensors(shape).forEach(({ name, shape: sides }, index) => {
    const value = tf.tensor(model.weights[name].slice(), [...sides]);
    net.network.parameters[index].source.assign(value);
    value.dispose();
  });
}

test('the loss of preferences is that of the paper, and its gradient the slope', async () => {
  await startTensorflow();
  const before = drawnGpt(shape);
  const model = moved(before);
  const random = seededRandom(4);
  const { training, lossOf: lossOn } = learnPreferences(pairs, beta);
  const net = new GptNetwork(before);
  const loss = lossOn(net);
  // The network moves on after the loss has seen where it was.
  moveTo(model, net);
  const { loss: sum, z } = loss.compare(training, [0, 1, 2], true);
  expect(Math.abs(sum / 3 - lossOf(model, before))).toBeLessThan(1e-5);
  net.network.backward(z);
  gptTensors(shape).forEach(({ name }, index) => {
    const gradient = net.run.read(net.network.parameters[index].gradient as Handle);
    const values = model.weights[name];
    const direction = Float64Array.from(values, () => random.normal());
    const [up, down] = [1, -1].map((sign) => values.map((value, i) => value + sign * 3e-4 * direction[i]));
    const at = (moved: Float32Array) =>
      lossOf({ shape, weights: { ...model.weights, [name]: moved } }, before);
    const parts = gradient.map((slope, i) => slope * (up[i] - down[i]));
    const [slope, size] = [parts.reduce((a, b) => a + b, 0), parts.reduce((a, b) => a + Math.abs(b), 0)];
    // Central differences and float32; a part that is masked leaves 0 on both sides.
    expect(Math.abs(at(up) - at(down) - slope), name).toBeLessThanOrEqual(1e-4 * size + 1e-9);
  });
  net.dispose();
});

test('a preference that is missed by far costs much, not without end', async () => {
  await startTensorflow();
  const before = drawnGpt(shape);
  const model = moved(before);
  const great = 1e6;
  const { training, lossOf: lossOn } = learnPreferences(pairs, great);
  const net = new GptNetwork(before);
  const loss = lossOn(net);
  moveTo(model, net);
  const gained = (tokens: number[]) => logProbability(model, tokens) - logProbability(before, tokens);
  const missed = pairs.map(({ chosen, rejected }) => Math.max(gained(rejected) - gained(chosen), 0));
  // e^710 is the first power that is no number.
  expect(great * Math.max(...missed)).toBeGreaterThan(710);
  const { loss: sum } = loss.compare(training, [0, 1, 2], true);
  const expected = missed.reduce((all, one) => all + one, 0);
  expect(Math.abs(sum / great - expected)).toBeLessThan(1e-5);
  net.dispose();
});

test('a GPT comes to like what was chosen, with an adaptation too', async () => {
  await startTensorflow();
  for (const adapter of [undefined, createLora(shape, { rank: 2 })]) {
    const model = drawnGpt(shape);
    const { training, lossOf: lossOn } = learnPreferences(pairs, beta);
    const options = { steps: 40, batchSize: 3, learningRate: 0.01, every: 20, adapter, lossOf: lossOn };
    const { measured } = await trainGpt(model, { training }, options);
    expect(measured[2].loss).toBeLessThan(measured[1].loss);
    expect(measured[2].loss).toBeLessThan(Math.LN2 / 2);
  }
});

test('what cannot be is refused in one line', async () => {
  expect(() => learnPreferences([], 1)).toThrow('Cannot learn from preferences: there is no pair');
  expect(() => learnPreferences(pairs, 0)).toThrow('Cannot learn from preferences: beta must be > 0, got 0');
  await startTensorflow();
  for (const length of [1, 8]) {
    const chosen = Array.from({ length }, () => 0);
    const { training, lossOf: lossOn } = learnPreferences([{ chosen, rejected: [0, 0] }], 1);
    const learning = trainGpt(drawnGpt(shape), { training }, { steps: 1, lossOf: lossOn });
    const rule = 'Cannot learn from preferences: a text must have 2 … 7 tokens';
    await expect(learning).rejects.toThrow(`${rule}, got ${length}`);
  }
  const { training, lossOf: lossOn } = learnPreferences([{ chosen: [0, 99], rejected: [0, 0] }], 1);
  await expect(trainGpt(drawnGpt(shape), { training }, { steps: 1, lossOf: lossOn })).rejects.toThrow(
    /^Cannot learn from preferences: token 1 must be one of 0 … \d+, got 99; encode the text with the vocabulary of the GPT$/,
  );
});
