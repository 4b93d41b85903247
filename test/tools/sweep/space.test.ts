import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawSettings, gridOf, gridSize, readSpace } from '../../../tools/sweep/space';

test('readSpace() reads lists, lists of lists and ranges', () => {
  expect(
    readSpace(['rate=0.1, 1e-3', 'widths=[4, 8],[16]', 'units=8..64', 'size=log:.001…0.5', 'start=-1.0..1']),
  ).toEqual({
    rate: { kind: 'list', values: ['0.1', '1e-3'] },
    widths: { kind: 'list', values: ['[4, 8]', '[16]'] },
    units: { kind: 'range', low: 8, high: 64, logarithmic: false, whole: true },
    size: { kind: 'range', low: 0.001, high: 0.5, logarithmic: true, whole: false },
    start: { kind: 'range', low: -1, high: 1, logarithmic: false, whole: false },
  });
});

test.each([
  ['rate', 'write it as name=value,value'],
  ['=1', 'write it as name=value,value'],
  ['rate=', 'a value is empty'],
  ['rate=1,,2', 'a value is empty'],
  ['rate=1,2,1', '1 stands there twice'],
  ['rate=5..1', 'the range from 5 to 1 is empty'],
  ['rate=1..x', 'both ends must be numbers'],
  ['rate=log:0..1', 'a range by factors begins above 0'],
])('readSpace() refuses %j', (setting, why) => {
  expect(() => readSpace([setting])).toThrow(`Cannot sweep ${setting}: ${why}`);
});

test('readSpace() refuses a knob that is set twice', () => {
  expect(() => readSpace(['rate=1', 'rate=2'])).toThrow('Cannot sweep rate=2: rate is set twice');
});

test('gridOf() has each value with each of the others, and no ranges', () => {
  const space = readSpace(['a=1,2', 'b=x,y,z']);
  const grid = gridOf(space);
  expect(gridSize(space)).toBe(6);
  expect(grid.map(({ a, b }) => a + b)).toEqual(['1x', '1y', '1z', '2x', '2y', '2z']);
  expect(() => gridOf(readSpace(['a=1..2']))).toThrow('a grid needs a list of values');
});

test('drawSettings() keeps to the space, draws none twice, and the first ones whatever the count', () => {
  const space = readSpace(['n=1..4', 'rate=log:0.001..1', 'rule=sgd,adam']);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 1e6 }), (count, seed) => {
      const drawn = drawSettings(space, count, seed);
      expect(drawn).toHaveLength(count);
      expect(new Set(drawn.map((one) => JSON.stringify(one))).size).toBe(count);
      for (const { n, rate, rule } of drawn) {
        expect(['1', '2', '3', '4']).toContain(n);
        expect(Number(rate)).toBeGreaterThanOrEqual(0.001);
        expect(Number(rate)).toBeLessThanOrEqual(1);
        expect(['sgd', 'adam']).toContain(rule);
      }
      expect(drawSettings(space, count + 3, seed).slice(0, count)).toEqual(drawn);
    }),
    { numRuns: 30 },
  );
});

test('drawSettings() draws all of a small space, and of a range by factors as much below its middle as above', () => {
  const small = readSpace(['a=1,2', 'b=1,2,3']);
  expect(
    drawSettings(small, 50, 1)
      .map((one) => JSON.stringify(one))
      .sort(),
  ).toEqual(
    gridOf(small)
      .map((one) => JSON.stringify(one))
      .sort(),
  );
  const drawn = drawSettings(readSpace(['rate=log:0.0001..1']), 1000, 1);
  const below = drawn.filter(({ rate }) => Number(rate) < 0.01).length;
  // Binomial, 1000 draws: a standard deviation of 16.
  expect(Math.abs(below - 500)).toBeLessThan(80);
});
