import { expect, test } from 'vitest';
import { createPerceptron, flatten, layer, withParameters } from '../../../lib/network/parameters';

test('createPerceptron() draws the same weights for the same seed, of the stated variance', () => {
  const make = (seed: number) => flatten(createPerceptron({ units: [200, 100], seed }).layers);
  expect(make(1)).toEqual(make(1));
  expect(make(1)).not.toEqual(make(2));
  const weights = make(1).slice(0, 20_000);
  const variance = weights.reduce((sum, weight) => sum + weight ** 2, 0) / 20_000;
  // The estimate of a variance from 20,000 normal draws spreads by 1 %.
  expect(Math.abs(variance / (2 / 300) - 1)).toBeLessThan(0.04);
  expect(make(1).slice(20_000)).toEqual(new Array(100).fill(0));
});

test('before one of the relu family the variance is 2 / inputs', () => {
  const { layers } = createPerceptron({ units: [200, 100], activation: 'relu', seed: 1 });
  const weights = flatten(layers).slice(0, 20_000);
  const variance = weights.reduce((sum, weight) => sum + weight ** 2, 0) / 20_000;
  expect(Math.abs(variance / (2 / 200) - 1)).toBeLessThan(0.04);
});

test('withParameters() reverses flatten() and refuses another count', () => {
  const network = createPerceptron({ units: [2, 3, 1], seed: 1 });
  const theta = Array.from({ length: 13 }, (_, index) => index);
  expect(flatten(withParameters(network, theta).layers)).toEqual(theta);
  expect(() => withParameters(network, [1])).toThrow('the network has 13, got 1');
});

test('createPerceptron() and layer() complain about units, names and shapes', () => {
  expect(() => createPerceptron({ units: [2], seed: 1 })).toThrow('whole number >= 2, got 1');
  expect(() => createPerceptron({ units: [2, 0], seed: 1 })).toThrow('units[1] must be');
  // @ts-expect-error the compiler refuses the name as well
  expect(() => createPerceptron({ units: [2, 1], output: 'relu', seed: 1 })).toThrow('one of identity');
  expect(() => layer([[1, 2]], [1, 2])).toThrow('weights has 1 and bias has 2');
});
