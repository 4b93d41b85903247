import { expect, test } from 'vitest';
import {
  constantRate,
  cosineDecay,
  inverseTimeDecay,
  stepDecay,
  warmUp,
} from '../../../lib/descent/schedules';

test('constantRate() never changes', () => {
  expect([0, 7, 1e6].map(constantRate(0.3))).toEqual([0.3, 0.3, 0.3]);
});

test('stepDecay() falls at each stair only', () => {
  expect([0, 9, 10, 19, 20].map(stepDecay(1, { factor: 0.5, every: 10 }))).toEqual([1, 1, 0.5, 0.5, 0.25]);
});

test('inverseTimeDecay() is α₀ / (1 + decay k)', () => {
  expect([0, 1, 3].map(inverseTimeDecay(2, { decay: 1 }))).toEqual([2, 1, 0.5]);
  expect(inverseTimeDecay(2, { decay: 0 })(100)).toBe(2);
});

test('cosineDecay() begins at α₀, has the mean of both ends half way, and stays at the last', () => {
  const schedule = cosineDecay(1, { steps: 10, finalRate: 0.2 });
  expect(schedule(0)).toBeCloseTo(1, 14);
  expect(schedule(5)).toBeCloseTo(0.6, 14);
  expect(schedule(10)).toBeCloseTo(0.2, 14);
  expect(schedule(99)).toBeCloseTo(0.2, 14);
});

test('warmUp() climbs in a straight line and hands over', () => {
  const schedule = warmUp(3, stepDecay(0.8, { factor: 0.5, every: 2 }));
  const expected = [0.2, 0.4, 0.6, 0.8, 0.8, 0.4];
  expected.forEach((rate, step) => {
    expect(schedule(step)).toBeCloseTo(rate, 14);
  });
});

test('schedules reject arguments out of range', () => {
  expect(() => constantRate(0)).toThrow('Cannot make a schedule: learningRate must be > 0, got 0');
  expect(() => stepDecay(1, { factor: 1.5, every: 1 })).toThrow('factor must be between 0 and 1');
  expect(() => stepDecay(1, { factor: 0.5, every: 0 })).toThrow('every must be');
  expect(() => inverseTimeDecay(1, { decay: -1 })).toThrow('decay must be >= 0');
  expect(() => cosineDecay(1, { steps: 0 })).toThrow('steps must be');
  expect(() => warmUp(0, constantRate(1))).toThrow('steps must be');
});
