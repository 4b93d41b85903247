import { mean } from 'mathjs';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { gradientDescent } from '../../../lib/descent/gradient-descent';
import { inverseTimeDecay } from '../../../lib/descent/schedules';
import { stochasticGradientDescent } from '../../../lib/descent/sgd';

// J(θ) = mean of ½ (θ − xᵢ)²: the mean gradient over a batch is θ − the batch's mean.
const random = seededRandom(3);
const examples = Array.from({ length: 40 }, () => 5 + random.normal());
const gradient = ([theta]: number[], batch: number[]) => [
  theta - mean(batch.map((example) => examples[example])),
];
const options = { exampleCount: 40, batchSize: 8, seed: 1, learningRate: 0.1, steps: 50 };

test('stochasticGradientDescent() with all examples in a batch is gradient descent', () => {
  const whole = stochasticGradientDescent(gradient, [0], { ...options, batchSize: 40 });
  const exact = gradientDescent(([theta]) => [theta - mean(examples)], [0], {
    learningRate: 0.1,
    steps: 50,
  });
  whole.forEach(([theta], step) => {
    expect(theta).toBeCloseTo(exact[step][0], 12);
  });
});

test('stochasticGradientDescent() gives the same path for the same seed only', () => {
  const first = stochasticGradientDescent(gradient, [0], options);
  expect(stochasticGradientDescent(gradient, [0], options)).toEqual(first);
  expect(stochasticGradientDescent(gradient, [0], { ...options, seed: 2 })).not.toEqual(first);
  expect(stochasticGradientDescent(gradient, [0], { ...options, replacement: true })).not.toEqual(
    first,
  );
});

test('with the rates 1/(k + 1) and one epoch, θ is the mean of the examples seen', () => {
  const path = stochasticGradientDescent(gradient, [0], {
    ...options,
    batchSize: 1,
    steps: 40,
    learningRate: inverseTimeDecay(1, { decay: 1 }),
  });
  expect(path[40][0]).toBeCloseTo(mean(examples), 12);
});

test('the noise floor follows α σ² / (B λ (2 − α λ)), with λ = 1, within its measured spread', () => {
  // 40,000 steps, of which about 1 in 10 is independent: the estimate spreads by about 3 %.
  const variance = mean(examples.map((x) => (x - mean(examples)) ** 2));
  const path = stochasticGradientDescent(gradient, [mean(examples)], {
    ...options,
    replacement: true,
    learningRate: 0.2,
    batchSize: 4,
    steps: 40_000,
  });
  const floor = mean(path.slice(100).map(([theta]) => (theta - mean(examples)) ** 2));
  const theory = (0.2 * variance) / (4 * (2 - 0.2));
  expect(Math.abs(floor / theory - 1)).toBeLessThan(0.1);
});

test('stochasticGradientDescent() leaves start alone and ends before an overflow', () => {
  const start = [1];
  const path = stochasticGradientDescent(gradient, start, { ...options, learningRate: 1e20 });
  expect(start).toEqual([1]);
  expect(path.length).toBeLessThan(51);
  expect(path.flat().every(Number.isFinite)).toBe(true);
});

test.each([
  [{ learningRate: 0 }, 'learningRate must be > 0, got 0'],
  [{ learningRate: () => -1 }, 'the learningRate of step 0 must be > 0, got -1'],
  [{ steps: 0 }, 'steps must be'],
  [{ batchSize: 0 }, 'batchSize must be'],
  [{ exampleCount: 0 }, 'exampleCount must be'],
  [{ seed: -1 }, 'seed must be'],
])('stochasticGradientDescent() rejects %o', (wrong, message) => {
  expect(() => stochasticGradientDescent(gradient, [0], { ...options, ...wrong })).toThrow(message);
});
