import { expect, test } from 'vitest';
import { countBends, traceBorder } from '../../../lib/network/border';
import { createPerceptron, withParameters } from '../../../lib/network/parameters';

const box: [number, number] = [-2, 2];

test('traceBorder() of a single neuron is the straight line w·x + b = 0', () => {
  const neuron = withParameters(createPerceptron({ units: [2, 1], seed: 0 }), [1, 2, -0.5]);
  const lines = traceBorder(neuron, box, box);
  expect(lines).toHaveLength(1);
  for (const [x, y] of lines[0]) expect(Math.abs(x + 2 * y - 0.5)).toBeLessThan(1e-8);
  const xs = lines[0].map(([x]) => x);
  expect(Math.max(...xs) - Math.min(...xs)).toBeGreaterThan(3.9);
  expect(countBends(lines[0])).toBe(0);
});

test('traceBorder() finds both lines of a strip, and none where one class has the whole box', () => {
  const strip = createPerceptron({ units: [2, 2, 1], activation: 'tanh', seed: 0 });
  // tanh(3x + 3) − tanh(3x − 3) − 1: a strip around x = 0.
  const both = withParameters(strip, [3, 0, 3, 0, 3, -3, 1, -1, -1]);
  const lines = traceBorder(both, box, box);
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(countBends(line)).toBe(0);
  const never = withParameters(strip, [3, 0, 3, 0, 3, -3, 1, -1, 5]);
  expect(traceBorder(never, box, box)).toEqual([]);
  expect(() => traceBorder(both, box, box, 0)).toThrow('step must be');
});

test('countBends() counts the turns to one side, not their size, and no wobble', () => {
  const curve = (y: (t: number) => number) =>
    Array.from({ length: 400 }, (_, t): [number, number] => [t / 100, y(t / 100)]);
  expect(countBends(curve((t) => 3 * t))).toBe(0);
  expect(countBends(curve((t) => Math.sin((2 * Math.PI * t) / 4)))).toBe(2); // an S
  expect(countBends(curve((t) => (t - 2) ** 2))).toBe(1);
  expect(countBends(curve((t) => 0.02 * Math.sin(9 * t)))).toBe(0);
  const round = Array.from({ length: 100 }, (_, t): [number, number] => [Math.cos(t / 16), Math.sin(t / 16)]);
  expect(countBends(round)).toBe(1);
});
