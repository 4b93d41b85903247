import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Optimizer } from '../../../lib/descent/descend';
import { adam, momentum, rmsProp, sgd } from '../../../lib/descent/optimizers';
import { warmUp } from '../../../lib/descent/schedules';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import reference from '../../references/optimizers.json';

/** The start and the gradients of test/references/optimizers.py. */
const start = [0.1, -0.05, 0.025, 0, -0.2];
const sizes = [1, 0.1, 2, 1e-3, 0.5];
const gradient = (step: number) =>
  sizes.map((size, index) => size * Math.sin(1.7 * (index + 1) + 0.3 * step));

const rules: Record<keyof typeof reference.cases, () => Optimizer> = {
  sgd: () => sgd({ learningRate: 0.01 }),
  momentum: () => momentum({ learningRate: 0.01 }),
  nesterov: () => momentum({ learningRate: 0.01, nesterov: true }),
  rmsProp: () => rmsProp({ learningRate: 0.001 }),
  adam: () => adam({ learningRate: 0.001 }),
};
const tensorflow: Record<keyof typeof reference.cases, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.01),
  momentum: () => tf.train.momentum(0.01, 0.9),
  nesterov: () => tf.train.momentum(0.01, 0.9, true),
  rmsProp: () => tf.train.rmsprop(0.001, 0.9),
  adam: () => tf.train.adam(0.001),
};
const names = Object.keys(rules) as (keyof typeof rules)[];
const gap = (some: readonly number[], others: readonly number[]) =>
  Math.max(...some.map((value, index) => Math.abs(value - others[index])));

beforeAll(async () => {
  await startTensorflow();
});

describe.each(names)('%s()', (name) => {
  test(`equals Optax ${reference.madeWith.optax} in double precision over 100 steps`, () => {
    const rule = rules[name]();
    let theta = start;
    for (let step = 0; step < 100; step++) {
      theta = rule.step(theta, gradient(step));
      const place = reference.steps.indexOf(step + 1);
      if (place >= 0) expect(gap(theta, reference.cases[name][place])).toBeLessThan(1e-12);
    }
  });

  test("equals TensorFlow's to 1e-6 after each of 100 steps", () => {
    const [rule, optimizer] = [rules[name](), tensorflow[name]()];
    const parameters = tf.variable(tf.tensor1d(start), true, `optimizers-test-${String(name)}`);
    let theta = start;
    for (let step = 0; step < 100; step++) {
      theta = rule.step(theta, gradient(step));
      tf.tidy(() => optimizer.applyGradients({ [parameters.name]: tf.tensor1d(gradient(step)) }));
      expect(gap(theta, Array.from(parameters.dataSync()))).toBeLessThan(1e-6);
    }
    expect(gap(theta, start)).toBeGreaterThan(0.01);
    parameters.dispose();
    optimizer.dispose();
  });

  test('leaves its arguments alone, and two of its kind do not share a state', () => {
    const [parameters, slope] = [[...start], gradient(3)];
    const [rule, other] = [rules[name](), rules[name]()];
    const first = rule.step(parameters, slope);
    rule.step(first, gradient(4));
    expect(other.step(parameters, slope)).toEqual(first);
    expect(parameters).toEqual(start);
    expect(slope).toEqual(gradient(3));
  });

  test('stays where it is when the gradient is zero from the beginning', () => {
    const theta = rules[name]().step(start, [0, 0, 0, 0, 0]);
    expect(theta).toEqual(start);
  });
});

test('momentum() without momentum is sgd()', () => {
  const theta = momentum({ learningRate: 0.3, momentum: 0 }).step(start, gradient(0));
  expect(theta).toEqual(sgd({ learningRate: 0.3 }).step(start, gradient(0)));
});

test('the first step of adam() is α against the sign of the gradient, however large that is', () => {
  const size = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
  const signed = fc.tuple(size, fc.constantFrom(-1, 1)).map(([value, sign]) => sign * value);
  fc.assert(
    fc.property(fc.array(signed, { minLength: 1, maxLength: 5 }), (slope) => {
      const theta = adam({ learningRate: 0.01 }).step(
        slope.map(() => 0),
        slope,
      );
      theta.forEach((value, index) => {
        expect(value).toBeCloseTo(-0.01 * Math.sign(slope[index]), 5);
      });
    }),
  );
});

test('rmsProp() and adam() take the same steps when the loss is multiplied by a number', () => {
  for (const make of [rmsProp, adam]) {
    const [rule, scaled] = [make({ learningRate: 0.01 }), make({ learningRate: 0.01 })];
    let [theta, other] = [
      [1, 2],
      [1, 2],
    ];
    for (let step = 0; step < 20; step++) {
      const slope = [3 + Math.sin(step), -2 + Math.cos(step)];
      theta = rule.step(theta, slope);
      other = scaled.step(
        other,
        slope.map((value) => 1000 * value),
      );
    }
    expect(gap(theta, other)).toBeLessThan(1e-7);
  }
});

test('the rate of a schedule is used step by step', () => {
  const rule = sgd({ learningRate: warmUp(4, () => 1) });
  const steps: number[] = [];
  let theta = [0];
  for (let step = 0; step < 5; step++) {
    const next = rule.step(theta, [-1]);
    steps.push(next[0] - theta[0]);
    theta = next;
  }
  expect(gap(steps, [0.2, 0.4, 0.6, 0.8, 1])).toBeLessThan(1e-15);
});

test('what is out of range is refused, with its value', () => {
  expect(() => sgd({ learningRate: 0 })).toThrow(RangeError);
  expect(() => sgd({ learningRate: () => -1 }).step([1], [1])).toThrow(
    'Cannot step: the learningRate of step 0 must be > 0, got -1',
  );
  expect(() => momentum({ learningRate: 1, momentum: 1 })).toThrow(/momentum must be between 0 and/);
  expect(() => rmsProp({ learningRate: 1, decay: -0.1 })).toThrow(/decay must be between 0 and/);
  expect(() => rmsProp({ learningRate: 1, epsilon: 0 })).toThrow('epsilon must be > 0, got 0');
  expect(() => adam({ learningRate: 1, beta1: 1.5 })).toThrow(/beta1/);
  expect(() => adam({ learningRate: 1, beta2: Number.NaN })).toThrow(/beta2/);
  expect(() => sgd({ learningRate: 1 }).step([1, 2], [1])).toThrow(RangeError);
});
