import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { byRules, type LossHead, lossAndGradient } from '../../../lib/training/loss-head';

const head = (units: number): LossHead => ({
  activation: 'softmax',
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['sparseCategoricalAccuracy'],
  units,
});

describe('softmax with labels', () => {
  // From logits of which all probabilities are alike, to those of which all but one are clipped.
  test.each([
    [1, 10, 0],
    [7, 2, 1],
    [32, 10, 5],
    [33, 13, 50],
    [128, 10, 1000],
  ])(
    '%d examples, %d classes, logits of about %d: to the last bit as the rules say',
    (batch, units, scale) => {
      const random = seededRandom(batch, 'data');
      const logits = Float32Array.from({ length: batch * units }, () => scale * random.normal());
      const labels = Float32Array.from({ length: batch }, () => random.integer(units));
      const [quick, slow] = [lossAndGradient, byRules].map((compute) => {
        const gradient = new Float32Array(batch * units);
        const biasGradient = new Float32Array(units);
        return { sums: compute(head(units), logits, labels, gradient, biasGradient), gradient, biasGradient };
      });
      expect(quick).toEqual(slow);
      expect(lossAndGradient(head(units), logits, labels)).toEqual(slow.sums);
    },
  );

  test('logits that are no numbers give a loss that is none', () => {
    const [loss] = lossAndGradient(head(3), Float32Array.of(1, Number.NaN, 2), Float32Array.of(0));
    expect(loss).toBeNaN();
  });
});
