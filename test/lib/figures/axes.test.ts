import { expect, test } from 'vitest';
import { lineFigure } from '../../../lib/figures/lines';

const ticksOf = (y: number[]) => {
  const { layout } = lineFigure({
    title: 't',
    xAxis: 'x',
    yAxis: { title: 'loss', scale: 'log' },
    series: [{ name: 'a', y }],
  });
  return (layout.yaxis as { tickvals?: number[] }).tickvals ?? [];
};

test('a log axis has ticks at 1, 2 and 5 where two of these lie in it, its ends included', () => {
  for (const y of [
    [2, 5],
    [20, 50],
    [0.5, 1],
    [1.5, 6],
  ]) {
    const ticks = ticksOf(y);
    const digits = ticks.map((value) => Number(value.toExponential()[0]));
    expect([...new Set(digits)].sort()).toEqual([1, 2, 5]);
  }
  expect(ticksOf([2.1, 4.9])).toEqual([3, 4]);
  expect(ticksOf([2, 4.9])).toEqual([2, 3, 4]);
});
