import { expect, test } from 'vitest';
import { lineFigure } from '../../../lib/figures/lines';

test('lineFigure() writes a mark’s word at its place, at the end of the other axis', () => {
  const { layout } = lineFigure({
    title: 't',
    xAxis: { title: 'x', scale: 'log' },
    yAxis: 'y',
    series: [{ name: 'a', x: [1, 1000], y: [0, 1] }],
    marks: [
      { x: 100, label: 'upright' },
      { y: 0.3, label: 'level' },
    ],
  });
  // Annotations count a log axis in powers of ten.
  const places = (layout.annotations as { text: string; x: number; y: number }[]).map(({ text, x, y }) => [
    text,
    x,
    y,
  ]);
  expect(places).toEqual([
    ['upright', 2, 1],
    ['level', 1, 0.3],
  ]);
});
