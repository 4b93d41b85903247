import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { checkGradient } from '../../../lib/maths/gradient-check';
import type { ActivationName } from '../../../lib/network/activations';
import { type OutputName, outputNames } from '../../../lib/network/outputs';
import { createPerceptron, flatten, layer, withParameters } from '../../../lib/network/parameters';
import { backward, forward, loss, type Perceptron, predict, update } from '../../../lib/network/perceptron';
import { activationNames, references, sines, worst } from '../../references/maths-references';

type Matrix = number[][];
const draw = (rows: number, columns: number, seed: number): Matrix => {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.normal()));
};

function targetsOf(output: OutputName, rows: number, columns: number): Matrix {
  const values = draw(rows, columns, 77);
  if (output === 'identity') return values;
  if (output === 'sigmoid') return values.map((row) => row.map((value) => Number(value > 0)));
  return values.map((_, row) => Array.from({ length: columns }, (_, k) => Number(k === row % columns)));
}

function lossAndGradient(network: Perceptron, inputs: Matrix, targets: Matrix) {
  const pass = forward(network, inputs);
  return {
    value: loss(network, pass, targets),
    gradient: flatten(backward(network, pass, targets)),
  };
}

test.each(references.networks.map((one) => [`${one.units} ${one.activation} ${one.output}`, one] as const))(
  "the loss and every gradient of %s equal JAX's",
  (_, one) => {
    const network = createPerceptron({
      units: one.units,
      activation: one.activation as ActivationName,
      output: one.output as OutputName,
      seed: 0,
    });
    const same = withParameters(network, sines(0, flatten(network.layers).length));
    const { value, gradient } = lossAndGradient(same, one.inputs, one.targets);
    expect(worst([value], [one.loss])).toBeLessThan(1e-12);
    gradient.forEach((slope, index) => {
      expect(slope).toBeCloseTo(one.gradient[index], 12);
    });
  },
);

const combinations = activationNames.flatMap((activation) =>
  outputNames.map((output) => ({ activation, output })),
);

test.each(combinations)('backward() agrees with central differences: %o', ({ activation, output }) => {
  const network = createPerceptron({ units: [3, 5, 4, 2], activation, output, seed: 4 });
  const inputs = draw(7, 3, 5);
  const targets = targetsOf(output, 7, 2);
  const check = checkGradient(
    (theta) => lossAndGradient(withParameters(network, theta), inputs, targets).value,
    (theta) => lossAndGradient(withParameters(network, theta), inputs, targets).gradient,
    flatten(network.layers),
  );
  expect(check.relativeError).toBeLessThan(1e-7);
});

test('the gradient of a full batch does not depend on the order of the examples', () => {
  const network = createPerceptron({ units: [2, 6, 3], output: 'softmax', seed: 1 });
  const inputs = draw(12, 2, 1);
  const targets = targetsOf('softmax', 12, 3);
  const expected = lossAndGradient(network, inputs, targets).gradient;
  fc.assert(
    fc.property(fc.nat(10_000), (seed) => {
      const order = [...seededRandom(seed).permutation(12)];
      const mixed = lossAndGradient(
        network,
        order.map((example) => inputs[example]),
        order.map((example) => targets[example]),
      ).gradient;
      mixed.forEach((slope, index) => {
        expect(slope).toBeCloseTo(expected[index], 13);
      });
    }),
    { seed: 1, numRuns: 20 },
  );
});

test('the gradient is linear: of all examples it is the mean over single ones', () => {
  const network = createPerceptron({ units: [2, 4, 1], activation: 'gelu', seed: 2 });
  const inputs = draw(9, 2, 3);
  const targets = targetsOf('sigmoid', 9, 1);
  const singles = inputs.map((x, i) => lossAndGradient(network, [x], [targets[i]]).gradient);
  lossAndGradient(network, inputs, targets).gradient.forEach((slope, index) => {
    const mean = singles.reduce((sum, single) => sum + single[index], 0) / 9;
    expect(slope).toBeCloseTo(mean, 13);
  });
});

test('forward() and predict() compute a network that can be followed by hand', () => {
  const base = createPerceptron({
    units: [2, 2, 1],
    activation: 'relu',
    output: 'identity',
    seed: 0,
  });
  const network = {
    ...base,
    layers: [
      layer(
        [
          [1, 1],
          [1, 1],
        ],
        [0, -1],
      ),
      layer([[1, -2]], [0]),
    ],
  };
  const corners = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  // "Exclusive or" with weights by hand: relu(x + y) − 2 relu(x + y − 1).
  expect(predict(network, corners)).toEqual([[0], [1], [1], [0]]);
  const { preactivations, activations } = forward(network, corners);
  expect(preactivations[0].toArray()).toEqual([
    [0, -1],
    [1, 0],
    [1, 0],
    [2, 1],
  ]);
  expect(activations.map((a) => a.size())).toEqual([
    [4, 2],
    [4, 2],
    [4, 1],
  ]);
});

test('update() takes one step downhill and leaves the network alone', () => {
  const network = createPerceptron({ units: [2, 3, 1], seed: 1 });
  const before = flatten(network.layers);
  const inputs = draw(5, 2, 2);
  const targets = targetsOf('sigmoid', 5, 1);
  const gradients = backward(network, forward(network, inputs), targets);
  const after = flatten(update(network, gradients, 0.1).layers);
  const slopes = flatten(gradients);
  expect(flatten(network.layers)).toEqual(before);
  after.forEach((value, index) => {
    expect(value).toBeCloseTo(before[index] - 0.1 * slopes[index], 15);
  });
});

test('the loss of softmax is −Σ y ln a, whatever the targets add up to', () => {
  const network = createPerceptron({ units: [2, 3], output: 'softmax', seed: 1 });
  const [y, x] = [
    [0.5, 0, 2],
    [0.3, -1],
  ];
  const expected = -predict(network, [x])[0].reduce((sum, a, k) => sum + y[k] * Math.log(a), 0);
  expect(loss(network, forward(network, [x]), [y])).toBeCloseTo(expected, 12);
});

test('the loss stays finite for weights that saturate every output', () => {
  for (const output of ['sigmoid', 'softmax'] as const) {
    const network = createPerceptron({ units: [2, 3], output, seed: 1 });
    const huge = withParameters(
      network,
      flatten(network.layers).map((value) => value * 1e5),
    );
    const { value, gradient } = lossAndGradient(huge, draw(4, 2, 1), targetsOf(output, 4, 3));
    expect(value).toBeGreaterThan(100);
    expect([value, ...gradient].every(Number.isFinite)).toBe(true);
  }
});

test('the network complains about shapes', () => {
  const network = createPerceptron({ units: [2, 1], seed: 1 });
  expect(() => predict(network, [[1, 2, 3]])).toThrow('each row of inputs must have 2 numbers, got 3');
  expect(() => predict(network, [])).toThrow('at least one row');
  const pass = forward(network, [[1, 2]]);
  expect(() => loss(network, pass, [[1], [0]])).toThrow('targets has 2');
  expect(() => backward(network, pass, [[1, 0]])).toThrow('each row of targets must have 1');
});
