import { expect, test } from 'vitest';
import { noisyLine, toyData, xor } from '../../../lib/data/toy-data';

test.each(['moons', 'circles', 'spirals', 'xor'] as const)('%s: counts, balance and seed', (name) => {
  const data = toyData(name, { count: 41, seed: 3 });
  expect(data.points).toHaveLength(41);
  expect(data.points.every((point) => point.length === 2 && point.every(Number.isFinite))).toBe(true);
  const ones = data.labels.filter((label) => label === 1).length;
  expect(Math.abs(ones - 20.5)).toBeLessThanOrEqual(1);
  expect(toyData(name, { count: 41, seed: 3 })).toEqual(data);
  expect(toyData(name, { count: 41, seed: 4 }).points).not.toEqual(data.points);
});

test('moons without noise lie on two half circles', () => {
  const { points, labels } = toyData('moons', { count: 50, noise: 0, seed: 1 });
  points.forEach(([x, y], index) => {
    const [u, v] = labels[index] === 0 ? [x, y] : [1 - x, 0.5 - y];
    expect(Math.hypot(u, v)).toBeCloseTo(1, 12);
    expect(v).toBeGreaterThanOrEqual(0);
  });
});

test('circles without noise have the radii 1 and 1/2, and no point twice', () => {
  const { points, labels } = toyData('circles', { count: 20, noise: 0, seed: 1 });
  points.forEach(([x, y], index) => {
    expect(Math.hypot(x, y)).toBeCloseTo(labels[index] === 0 ? 1 : 0.5, 12);
  });
  expect(new Set(points.map((point) => point.map((v) => v.toFixed(9)).join())).size).toBe(20);
});

test('spirals without noise wind once around the centre, as far from it as they have turned', () => {
  const { points, labels } = toyData('spirals', { count: 60, noise: 0, seed: 1 });
  expect([...new Set(labels)]).toEqual([0, 1]);
  points.forEach(([x, y], index) => {
    const radius = (Math.floor(index / 2) + 0.5) / 30;
    const turn = 2 * Math.PI * (radius + labels[index] / 2);
    expect([x / radius, y / radius]).toEqual([
      expect.closeTo(Math.cos(turn), 9),
      expect.closeTo(Math.sin(turn), 9),
    ]);
  });
});

test('xor() with four points and no noise is the truth table', () => {
  expect(xor({ count: 4, noise: 0, seed: 1 })).toEqual({
    points: [
      [-1, -1],
      [-1, 1],
      [1, -1],
      [1, 1],
    ],
    labels: [0, 1, 1, 0],
  });
});

test('noisyLine() scatters around its line as far as the noise says', () => {
  const { inputs, targets } = noisyLine({
    count: 5000,
    noise: 0.5,
    slope: 3,
    intercept: -1,
    seed: 1,
  });
  const residuals = targets.map((y, index) => y - (3 * inputs[index] - 1));
  const deviation = Math.sqrt(residuals.reduce((sum, r) => sum + r * r, 0) / 5000);
  // The estimate of a deviation from 5,000 draws spreads by 1 %.
  expect(Math.abs(deviation / 0.5 - 1)).toBeLessThan(0.04);
  expect(Math.min(...inputs)).toBeGreaterThanOrEqual(-1);
  expect(Math.max(...inputs)).toBeLessThan(1);
});

test('data sets reject options out of range', () => {
  expect(() => toyData('moons', { count: 0, seed: 1 })).toThrow('Cannot make points: count must be');
  expect(() => toyData('moons', { noise: -1, seed: 1 })).toThrow('noise must be >= 0, got -1');
  expect(() => toyData('moons', { seed: -1 })).toThrow('seed must be');
  // @ts-expect-error the compiler refuses the name as well
  expect(() => toyData('rings', { seed: 1 })).toThrow("one of moons, circles, spirals, xor, got 'rings'");
});
