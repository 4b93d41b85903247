import { evaluate } from 'mathjs';
import { expect, test } from 'vitest';
import type { ActivationName } from '../../../lib/network/activations';
import { type OutputName, outputNames } from '../../../lib/network/outputs';
import { createPerceptron, flatten, withParameters } from '../../../lib/network/parameters';
import { backward, forward, loss } from '../../../lib/network/perceptron';
import { symbolicGradient, symbolicLoss } from '../../../lib/network/symbolic-loss';
import { references, sines, worst } from '../../references/maths-references';

const inputs = [
  [0.5, -1],
  [1, 2],
];
const targets = [
  [1, 0],
  [0, 1],
];

const networkOf = (units: number[], activation: ActivationName, output: OutputName) => {
  const network = createPerceptron({ units, activation, output, seed: 0 });
  return withParameters(network, sines(0, flatten(network.layers).length));
};

const activations: ActivationName[] = ['identity', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'gelu'];
const cases = activations.flatMap((name) => outputNames.map((output) => [name, output] as const));

test.each(cases)('the written-out loss of %s, %s has the value of the forward pass', (name, output) => {
  const network = networkOf([2, 3, 2, 2], name, output);
  const { expression, values } = symbolicLoss(network, inputs, targets);
  const expected = loss(network, forward(network, inputs), targets);
  expect(evaluate(expression, { ...values })).toBeCloseTo(expected, 12);
});

test.each(references.networks.map((one) => [`${one.units} ${one.activation} ${one.output}`, one] as const))(
  "symbolicGradient() of %s equals JAX's",
  (_, one) => {
    const network = networkOf(one.units, one.activation as ActivationName, one.output as OutputName);
    const gradient = symbolicGradient(network, one.inputs, one.targets);
    expect(worst(gradient, one.gradient)).toBeLessThan(1e-9);
  },
);

test('symbolicLoss() names every parameter, in the order of flatten', () => {
  const network = networkOf([2, 3, 1], 'tanh', 'sigmoid');
  const { names, values } = symbolicLoss(network, [[1, 2]], [[1]]);
  expect(names).toHaveLength(13);
  expect(names.map((name) => values[name])).toEqual(flatten(network.layers));
});

test('symbolicLoss() refuses what it cannot write', () => {
  const deep = networkOf([2, 9, 9, 9, 9, 9, 2], 'relu', 'softmax');
  expect(() => symbolicLoss(deep, inputs, targets)).toThrow('more than 250000 characters');
  const small = networkOf([2, 3, 2], 'tanh', 'softmax');
  expect(() => symbolicLoss(small, inputs, [[1, 0]])).toThrow(RangeError);
  expect(() => symbolicLoss(small, [[1]], [[1, 0]])).toThrow(RangeError);
  expect(() => symbolicLoss(small, [[1, 2]], [[1]])).toThrow(RangeError);
});

/** The exclusive or: true where one of two is, and not both. */
const xor = {
  inputs: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  targets: [[0], [1], [1], [0]],
};

test.each<ActivationName>(['relu', 'leakyRelu', 'gelu'])(
  'symbolicGradient() of %s equals backpropagation where sums are 0: exclusive or, without biases',
  (name) => {
    const network = createPerceptron({ units: [2, 4, 3, 1], activation: name, output: 'sigmoid', seed: 3 });
    // Biases begin at 0: the input (0, 0) meets every kink.
    const gradient = symbolicGradient(network, xor.inputs, xor.targets);
    const backwards = flatten(backward(network, forward(network, xor.inputs), xor.targets));
    expect(gradient.every(Number.isFinite)).toBe(true);
    expect(worst(gradient, backwards)).toBeLessThan(1e-9);
  },
);

test('symbolicGradient() equals backpropagation where the numbers on the way overflow', () => {
  const network = networkOf([2, 3, 2], 'sigmoid', 'softmax');
  const far = withParameters(
    network,
    flatten(network.layers).map((value) => 900 * value),
  );
  const gradient = symbolicGradient(far, inputs, targets);
  // Absolutely: 1 − p, which is 0 in numbers of 64 bits, is 1e-200 with more.
  const backwards = flatten(backward(far, forward(far, inputs), targets));
  expect(gradient.every(Number.isFinite)).toBe(true);
  gradient.forEach((slope, index) => {
    expect(slope).toBeCloseTo(backwards[index], 9);
  });
});
