import fc from 'fast-check';
import { expect, test } from 'vitest';
import { centralDifferences } from '../../../lib/maths/gradient-check';
import {
  activation,
  sigmoid,
  sigmoidDerivative,
  softmax,
  softmaxJacobian,
  tanhDerivative,
} from '../../../lib/network/activations';
import { activationNames, references, worst } from '../../references/maths-references';

const { activations: reference } = references;
const named = ['sigmoid', 'tanh', 'relu', 'leakyRelu', 'gelu'] as const;

test.each(named)("%s and its derivative equal Keras's or JAX's", (name) => {
  const { apply, derivative } = activation(name);
  const { values, derivatives } = reference.functions[name];
  reference.z.forEach((z, index) => {
    expect(apply(z)).toBeCloseTo(values[index], 14);
    expect(derivative(z)).toBeCloseTo(derivatives[index], 14);
  });
});

test.each(activationNames)('%s: the derivative agrees with central differences', (name) => {
  const { apply, derivative } = activation(name);
  fc.assert(
    fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (z) => {
      fc.pre(Math.abs(z) > 1e-3);
      const [numeric] = centralDifferences(([x]) => apply(x), [z]);
      expect(derivative(z)).toBeCloseTo(numeric, 8);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test.each(activationNames)('%s: the printed formula computes the same', (name) => {
  const { apply, formula } = activation(name);
  for (const z of [-5, -0.7, 0, 0.3, 2, 9]) {
    expect(apply(z)).toBeCloseTo(formula.evaluate({ z }), 13);
  }
});

test('at the kink, relu has the derivative 0 and leaky relu its left slope', () => {
  expect(activation('relu').derivative(0)).toBe(0);
  expect(activation('leakyRelu').derivative(0)).toBe(0.01);
});

test('sigmoid and tanh keep small derivatives where 1 − σ would round to 0', () => {
  expect(sigmoid(1000)).toBe(1);
  expect(sigmoid(-1000)).toBe(0);
  expect(worst([sigmoidDerivative(40)], [Math.exp(-40)])).toBeLessThan(1e-14);
  expect(worst([tanhDerivative(20)], [4 * Math.exp(-40)])).toBeLessThan(1e-14);
});

test("softmax and its Jacobian equal Keras's and JAX's", () => {
  const { logits, values, jacobian } = reference.softmax;
  expect(worst(softmax(logits), values)).toBeLessThan(1e-14);
  softmaxJacobian(logits).forEach((row, index) => {
    expect(worst(row, jacobian[index])).toBeLessThan(1e-13);
  });
});

test('softmax adds up to 1 and does not change when a number is added to all logits', () => {
  const logit = fc.double({ min: -50, max: 50, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(logit, { minLength: 1, maxLength: 8 }),
      fc.double({ min: -1000, max: 1000, noNaN: true }),
      (logits, shift) => {
        const probabilities = softmax(logits);
        expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
        const shifted = softmax(logits.map((value) => value + shift));
        shifted.forEach((p, index) => {
          expect(p).toBeCloseTo(probabilities[index], 10);
        });
      },
    ),
    { seed: 1 },
  );
});

test('softmax stays finite for huge logits and leaves them alone', () => {
  const logits = [1000, 0, -1000];
  expect(softmax(logits)).toEqual([1, 0, 0]);
  expect(logits).toEqual([1000, 0, -1000]);
});

test('activation() and softmax() complain about what they cannot use', () => {
  // @ts-expect-error the compiler refuses the name as well
  expect(() => activation('swish')).toThrow(/one of identity, sigmoid, .*, got 'swish'/);
  expect(() => softmax([])).toThrow('Cannot compute softmax');
  expect(() => softmax([1, Number.NaN])).toThrow('logits[1] must be a finite number');
});
