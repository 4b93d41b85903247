import fc from 'fast-check';
import { expect, test } from 'vitest';
import { centralDifferences } from '../../../lib/maths/gradient-check';
import {
  binaryCrossEntropyFromLogits,
  crossEntropyFromLogits,
  crossEntropyFromLogitsGradient,
  huberLoss,
  logSumExp,
  meanSquaredError,
} from '../../../lib/network/losses';
import { references, worst } from '../../references/maths-references';

const { losses: reference } = references;

test.each([
  ['meanSquaredError', meanSquaredError],
  ['huber1', (p: number[], y: number[]) => huberLoss(p, y)],
  ['huber2.5', (p: number[], y: number[]) => huberLoss(p, y, { delta: 2.5 })],
  ['binaryCrossEntropyFromLogits', binaryCrossEntropyFromLogits],
] as const)("%s equals Optax's", (name, loss) => {
  const { first, second, value } = reference[name];
  expect(worst([loss(first, second)], [value])).toBeLessThan(1e-14);
});

test("crossEntropyFromLogits and its gradient equal Optax's and JAX's", () => {
  const { first, value, gradient } = reference.crossEntropyFromLogits;
  expect(crossEntropyFromLogits(first, 2)).toBeCloseTo(value, 14);
  expect(worst(crossEntropyFromLogitsGradient(first, 2), gradient)).toBeLessThan(1e-13);
});

test('the gradient of crossEntropyFromLogits agrees with central differences', () => {
  const logit = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(fc.array(logit, { minLength: 1, maxLength: 6 }), fc.nat(5), (logits, drawn) => {
      const label = drawn % logits.length;
      const numeric = centralDifferences((z) => crossEntropyFromLogits(z, label), logits);
      crossEntropyFromLogitsGradient(logits, label).forEach((slope, index) => {
        expect(slope).toBeCloseTo(numeric[index], 8);
      });
    }),
    { seed: 1, numRuns: 50 },
  );
});

test("logSumExp equals SciPy's", () => {
  for (const [values, expected] of reference.logSumExp) {
    const found = logSumExp(values as number[]);
    expect(worst([found], [expected as number])).toBeLessThan(1e-14);
  }
});

test('closed forms: no knowledge costs ln 2 and ln 10, being surely wrong what it claims', () => {
  expect(binaryCrossEntropyFromLogits([0], [1])).toBeCloseTo(Math.LN2, 15);
  expect(crossEntropyFromLogits(new Array(10).fill(0), 3)).toBeCloseTo(Math.LN10, 15);
  expect(crossEntropyFromLogits([1000, 0], 1)).toBe(1000);
  expect(binaryCrossEntropyFromLogits([1000, -1000], [0, 1])).toBe(1000);
});

test('losses complain about shapes, labels and classes', () => {
  expect(() => meanSquaredError([1], [1, 2])).toThrow('Cannot compute a loss');
  expect(() => meanSquaredError([], [])).toThrow('not empty');
  expect(() => binaryCrossEntropyFromLogits([1], [1.1])).toThrow('labels[0] must be between');
  expect(() => crossEntropyFromLogits([0, 0], 2)).toThrow('label must be between 0 and 1, got 2');
  expect(() => crossEntropyFromLogits([0, 0], 0.5)).toThrow('label must be a whole number');
  expect(() => huberLoss([1], [1], { delta: 0 })).toThrow('delta must be > 0');
});
