import { median } from 'simple-statistics';
import { expect, test } from 'vitest';
import { band, percent } from '../../../lib/maths/statistics';

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
