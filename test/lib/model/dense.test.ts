import { beforeAll, expect, test } from 'vitest';
import { fromTensorflow, toTensorflow } from '../../../lib/model/dense';
import { outputNames } from '../../../lib/network/outputs';
import { createPerceptron, flatten, withParameters } from '../../../lib/network/parameters';
import { predict } from '../../../lib/network/perceptron';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { activationNames, sines } from '../../references/maths-references';

const inputs = [
  [0.5, -1],
  [2, 0.25],
  [-0.75, -3],
];

beforeAll(async () => {
  await startTensorflow();
});

const pairs = activationNames.flatMap((activation) => outputNames.map((output) => ({ activation, output })));

test.each(pairs)('toTensorflow() answers as the network does, to 32 bits: %o', ({ activation, output }) => {
  const start = createPerceptron({ units: [2, 4, 3], activation, output, seed: 1 });
  const network = withParameters(start, sines(0, flatten(start.layers).length));
  const before = tf.memory().numTensors;
  const model = toTensorflow(network);
  const answers = tf.tidy(() => (model.predict(tf.tensor2d(inputs)) as tf.Tensor2D).arraySync());
  const expected = predict(network, inputs).flat();
  answers.flat().forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index], 5);
  });
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('fromTensorflow() reverses it, and keeps the tensors', () => {
  const network = createPerceptron({ units: [2, 3, 1], seed: 1 });
  // Eighths are exact in 32 bits.
  const theta = Array.from({ length: 13 }, (_, index) => index / 8);
  const model = toTensorflow(withParameters(network, theta));
  expect(flatten(fromTensorflow(model.getWeights()))).toEqual(theta);
  expect(flatten(fromTensorflow(model.getWeights()))).toEqual(theta);
  model.dispose();
});

test('fromTensorflow() refuses what is not a kernel and a bias of each layer', () => {
  const kernel = tf.ones([2, 3]);
  const bias = tf.ones([3]);
  expect(() => fromTensorflow([kernel])).toThrow('Cannot read layers');
  expect(() => fromTensorflow([bias, kernel])).toThrow('got ranks 1,2');
  tf.dispose([kernel, bias]);
});
