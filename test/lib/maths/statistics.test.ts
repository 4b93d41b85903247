import { median } from 'simple-statistics';
import { expect, test } from 'vitest';
import { band, percent, wilsonInterval } from '../../../lib/maths/statistics';

test('band() runs from the least to the greatest around the mean, or another middle', () => {
  const runs = [
    [1, 2, 6],
    [8, 8, 5],
  ];
  const edges = { low: [1, 5], high: [6, 8] };
  expect(band(runs)).toEqual({ y: [3, 7], band: edges });
  expect(band(runs, median)).toEqual({ y: [2, 8], band: edges });
  expect(band([[1, 2], [3]])).toEqual({ y: [1.5, 3], band: { low: [1, 3], high: [2, 3] } });
  expect(() => band([[1, 2], []])).toThrow(
    'Cannot draw a band: the number of runs at place 1 must be a whole number >= 1, got 0',
  );
  expect(() => band([])).toThrow(RangeError);
});

test('percent() writes a share', () => {
  expect(percent(0.97149)).toBe('97.1 %');
  expect(percent(1, 0)).toBe('100 %');
  expect(percent(0.98765, 2)).toBe('98.77 %');
});

test('wilsonInterval() is the closed form of Wilson (1927)', () => {
  const close = (successes: number, trials: number, ends: number[]) =>
    wilsonInterval(successes, trials).forEach((end, index) => {
      expect(end).toBeCloseTo(ends[index], 6);
    });
  close(31, 40, [0.624969, 0.8768391]);
  close(0, 40, [0.0, 0.0876216]);
  close(40, 40, [0.9123784, 1.0]);
  close(1, 2, [0.0945312, 0.9054688]);
  expect(() => wilsonInterval(1, 0)).toThrow('trials must be');
  expect(() => wilsonInterval(5, 4)).toThrow('successes must be');
});
