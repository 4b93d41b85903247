import { expect, test } from 'vitest';
import {
  centralDifferences,
  checkGradient,
  forwardDifferences,
  relativeError,
} from '../../../lib/maths/gradient-check';

const cubic = ([x, y]: number[]) => x ** 3 + 2 * x * y;

test('central differences of a cubic are off by exactly h² in the cubed variable', () => {
  // ((x + h)³ − (x − h)³) / 2h = 3x² + h²; both numbers are exact in binary.
  expect(centralDifferences(cubic, [2, 1], 0.25)).toEqual([14 + 0.0625, 4]);
});

test('forward differences of a square are off by exactly h', () => {
  expect(forwardDifferences(([x]) => x * x, [3], 0.5)).toEqual([6.5]);
});

test('differences leave the parameters alone, even if the loss writes into them', () => {
  const parameters = [1, 2];
  const loss = (point: number[]) => {
    const value = cubic(point);
    point.fill(0);
    return value;
  };
  centralDifferences(loss, parameters);
  forwardDifferences(loss, parameters);
  expect(parameters).toEqual([1, 2]);
});

test('relativeError() is free of scale and at most 2', () => {
  expect(relativeError([3, 4], [3, 4])).toBe(0);
  expect(relativeError([0, 0], [0, 0])).toBe(0);
  expect(relativeError([1, 0], [-1, 0])).toBe(2);
  expect(relativeError([1e-9, 0], [1.1e-9, 0])).toBeCloseTo(1 / 11, 12);
  expect(() => relativeError([1], [1, 2])).toThrow('Cannot compare gradients');
});

test('checkGradient() accepts a right gradient and names the parameter of a wrong one', () => {
  const rosenbrock = ([x, y]: number[]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
  const slopes = ([x, y]: number[]) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)];
  expect(checkGradient(rosenbrock, slopes, [-1.2, 1]).relativeError).toBeLessThan(1e-9);
  const wrong = checkGradient(cubic, ([x, y]) => [3 * x ** 2 + 2 * y, x], [2, 1]);
  expect(wrong.relativeError).toBeGreaterThan(0.1);
  expect(wrong.worstParameter).toBe(1);
});

test('the default step grows with large parameters', () => {
  const check = checkGradient(
    ([x]) => Math.sin(x / 1e6),
    ([x]) => [Math.cos(x / 1e6) / 1e6],
    [3e6],
  );
  expect(check.relativeError).toBeLessThan(1e-9);
});

test('errors fall as h² and h for large steps, and rise again for tiny ones', () => {
  const errorOf = (measure: typeof centralDifferences, step?: number) =>
    relativeError(
      measure(([x]) => Math.exp(x), [1], step),
      [Math.E],
    );
  const ratio = (measure: typeof centralDifferences) => errorOf(measure, 1e-2) / errorOf(measure, 1e-3);
  expect(ratio(centralDifferences)).toBeCloseTo(100, 0);
  expect(ratio(forwardDifferences)).toBeCloseTo(10, 0);
  expect(errorOf(centralDifferences)).toBeLessThan(1e-9);
  expect(errorOf(centralDifferences, 1e-12)).toBeGreaterThan(1e-6);
  expect(errorOf(forwardDifferences)).toBeLessThan(1e-7);
});

test('gradient checks complain about steps and shapes', () => {
  expect(() => centralDifferences(cubic, [1, 2], 0)).toThrow('step must be > 0, got 0');
  expect(() => centralDifferences(cubic, [Number.NaN, 1])).toThrow('parameters[0]');
  expect(() => checkGradient(cubic, () => [1], [1, 2])).toThrow('the gradient has 1');
});
