import fc from 'fast-check';
import { expect, test } from 'vitest';
import { centralDifferences } from '../../../lib/maths/gradient-check';
import * as losses from '../../../lib/network/losses';
import { references, worst } from '../../references/maths-references';

const { losses: reference } = references;
type Vector = number[];

const pairs: [
  name: Exclude<keyof typeof reference, 'logSumExp' | 'crossEntropyFromLogits'>,
  loss: (first: Vector, second: Vector) => number,
  gradient: (first: Vector, second: Vector) => Vector,
][] = [
  ['meanSquaredError', losses.meanSquaredError, losses.meanSquaredErrorGradient],
  ['huber1', (p, y) => losses.huberLoss(p, y), (p, y) => losses.huberLossGradient(p, y)],
  [
    'huber2.5',
    (p, y) => losses.huberLoss(p, y, { delta: 2.5 }),
    (p, y) => losses.huberLossGradient(p, y, { delta: 2.5 }),
  ],
  ['hinge', losses.hingeLoss, losses.hingeLossGradient],
  [
    'binaryCrossEntropyFromLogits',
    losses.binaryCrossEntropyFromLogits,
    losses.binaryCrossEntropyFromLogitsGradient,
  ],
];

test.each(pairs)("%s and its gradient equal Optax's and JAX's", (name, loss, gradient) => {
  const { first, second, value, gradient: expected } = reference[name];
  expect(worst([loss(first, second)], [value])).toBeLessThan(1e-14);
  // What one program rounds to 0, the other may give as 1e-18.
  gradient(first, second).forEach((slope, index) => {
    expect(slope).toBeCloseTo(expected[index], 14);
  });
});

test("binaryCrossEntropy equals Keras's, which keeps 1e-7 away from 0 and 1", () => {
  const { first, second, value, gradient } = reference.binaryCrossEntropy;
  expect(losses.binaryCrossEntropy(first, second)).toBeCloseTo(value, 6);
  expect(worst(losses.binaryCrossEntropyGradient(first, second), gradient)).toBeLessThan(1e-4);
});

test("crossEntropyFromLogits and its gradient equal Optax's and JAX's", () => {
  const { first, value, gradient } = reference.crossEntropyFromLogits;
  expect(losses.crossEntropyFromLogits(first, 2)).toBeCloseTo(value, 14);
  expect(worst(losses.crossEntropyFromLogitsGradient(first, 2), gradient)).toBeLessThan(1e-13);
});

test("logSumExp equals SciPy's", () => {
  for (const [values, expected] of reference.logSumExp) {
    const found = losses.logSumExp(values as Vector);
    expect(worst([found], [expected as number])).toBeLessThan(1e-14);
  }
});

test.each(pairs)('%s: the gradient agrees with central differences', (name, loss, gradient) => {
  const number = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 6 }), (drawn) => {
      const first = drawn.map(([value]) => value);
      const label = (value: number) => {
        if (name === 'hinge') return value < 0 ? -1 : 1;
        return name === 'binaryCrossEntropyFromLogits' ? Math.abs(value) / 3 : value;
      };
      const second = drawn.map(([, value]) => label(value));
      // Where the hinge has its kink there is no derivative to compare with.
      fc.pre(name !== 'hinge' || first.every((s, i) => Math.abs(s * second[i] - 1) > 1e-3));
      const numeric = centralDifferences((point) => loss(point, second), first);
      gradient(first, second).forEach((slope, index) => {
        expect(slope).toBeCloseTo(numeric[index], 5);
      });
    }),
    { seed: 1, numRuns: 50 },
  );
});

test('binaryCrossEntropy from logits and from probabilities agree', () => {
  const logits = [-2, 0.3, 4];
  const probabilities = logits.map((z) => 1 / (1 + Math.exp(-z)));
  const labels = [0, 1, 0.5];
  expect(losses.binaryCrossEntropyFromLogits(logits, labels)).toBeCloseTo(
    losses.binaryCrossEntropy(probabilities, labels),
    13,
  );
});

test('closed forms: no knowledge costs ln 2 and ln 10, certainty costs 0 or everything', () => {
  expect(losses.binaryCrossEntropy([0.5], [1])).toBeCloseTo(Math.LN2, 15);
  expect(losses.crossEntropyFromLogits(new Array(10).fill(0), 3)).toBeCloseTo(Math.LN10, 15);
  expect(losses.binaryCrossEntropy([1, 0], [1, 0])).toBe(0);
  expect(losses.binaryCrossEntropy([1], [0])).toBe(Number.POSITIVE_INFINITY);
  expect(losses.crossEntropy([0.25, 0.75], 1)).toBeCloseTo(-Math.log(0.75), 15);
  expect(losses.crossEntropy([0, 1], 0)).toBe(Number.POSITIVE_INFINITY);
  expect(losses.crossEntropyFromLogits([1000, 0], 1)).toBe(1000);
  expect(losses.binaryCrossEntropyFromLogits([1000, -1000], [0, 1])).toBe(1000);
});

test('losses complain about shapes, labels and classes', () => {
  expect(() => losses.meanSquaredError([1], [1, 2])).toThrow('Cannot compute a loss');
  expect(() => losses.meanSquaredError([], [])).toThrow('not empty');
  expect(() => losses.hingeLoss([1], [0])).toThrow('each label must be -1 or 1, got 0');
  expect(() => losses.binaryCrossEntropy([1.1], [1])).toThrow('probabilities[0] must be between');
  expect(() => losses.crossEntropy([0.5, 0.5], 2)).toThrow('label must be between 0 and 1, got 2');
  expect(() => losses.crossEntropyFromLogits([0, 0], 0.5)).toThrow('label must be a whole number');
  expect(() => losses.huberLoss([1], [1], { delta: 0 })).toThrow('delta must be > 0');
});
