import { expect, test } from 'vitest';
import { contourFigure } from '../../../lib/figures/contours';
import { lineFigure } from '../../../lib/figures/lines';
import { sideBySide } from '../../../lib/figures/side';

test('sideBySide() leaves room for a line of the figures’ own titles under that of the whole', () => {
  const one = lineFigure({ title: 'one', xAxis: 'x', yAxis: 'y', series: [{ name: 'a', y: [1, 2] }] });
  const both = sideBySide([one, one], { title: 'both' });
  const topOf = ({ layout }: typeof one) => (layout.margin as { t: number }).t;
  expect(topOf(both) - topOf(one)).toBeGreaterThanOrEqual(16);
  const titles = (both.layout.annotations as { text: string }[]).map(({ text }) => text);
  expect(titles.filter((text) => text.includes('one'))).toHaveLength(2);
});

test('sideBySide() keeps the one scale of a contour figure within its own panel', () => {
  const axis = { title: 'θ', range: [-1, 1] as [number, number] };
  const plane = { title: 'plane', surfaceName: 'J', surface: (x: number, y: number) => x * y };
  const contour = contourFigure({ ...plane, xAxis: axis, yAxis: axis, equalScales: true });
  const { layout } = sideBySide([contour, contour], { title: 'both' });
  expect(layout.yaxis?.scaleanchor).toBe('x');
  expect(layout.yaxis2?.scaleanchor).toBe('x2');
});
