import { describe, expect, test } from 'vitest';
import { contourFigure } from '../../../lib/figures/contours';

const named = { title: 'Valley', surfaceName: 'J', surface: (x: number, y: number) => x + 10 * y };
const range: [number, number] = [0, 2];

describe('contourFigure()', () => {
  test.each([
    ['x', {}, { range }],
    ['y', { range }, {}],
    ['either', {}, {}],
  ])('needs the range of both axes: without that of %s', (_, x, y) => {
    const axes = { xAxis: { title: 'x', ...x }, yAxis: { title: 'y', ...y } };
    expect(() => contourFigure({ ...named, ...axes } as Parameters<typeof contourFigure>[0])).toThrow(
      new RangeError('Cannot draw contours: xAxis.range and yAxis.range must be given'),
    );
  });

  test('has a row of heights for each y and a column for each x, from end to end', () => {
    const axes = { xAxis: { title: 'x', range }, yAxis: { title: 'y', range: [-1, 1] as typeof range } };
    const { data } = contourFigure({ ...named, ...axes, resolution: 3 });
    expect(data[0]).toMatchObject({
      x: [0, 1, 2],
      y: [-1, 0, 1],
      z: [
        [-10, -9, -8],
        [0, 1, 2],
        [10, 11, 12],
      ],
    });
  });

  test('gives both axes one scale on request', () => {
    const axes = { xAxis: { title: 'x', range }, yAxis: { title: 'y', range } };
    const scaleOf = (equalScales?: boolean) =>
      contourFigure({ ...named, ...axes, equalScales }).layout.yaxis?.scaleanchor;
    expect(scaleOf(true)).toBe('x');
    expect(scaleOf()).toBeUndefined();
  });
});
