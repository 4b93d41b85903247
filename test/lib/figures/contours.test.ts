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

  test('draws geometric levels as even steps of the logarithm, also where the surface is 0', () => {
    const axis = { title: 'x', range: [0, 2] as typeof range };
    const { data } = contourFigure({
      ...named,
      surface: (x, y) => (x === 0 ? 0 : 2 * 4 ** (y * 1.5)),
      xAxis: axis,
      yAxis: axis,
      resolution: 3,
      geometricLevels: { least: 2, factor: 4 },
    });
    expect(data[0]).toMatchObject({
      z: [
        [-1, 0, 0],
        [-1, 1.5, 1.5],
        [-1, 3, 3],
      ],
      contours: { start: 0, end: 3, size: 1 },
      colorbar: { tickvals: [0, 1, 2, 3], ticktext: ['2', '8', '32', '128'] },
    });
  });

  test('rejects geometric levels that do not grow', () => {
    const axes = { xAxis: { title: 'x', range }, yAxis: { title: 'y', range } };
    const draw = (least: number, factor: number) =>
      contourFigure({ ...named, ...axes, geometricLevels: { least, factor } });
    expect(() => draw(0, 2)).toThrow('geometricLevels.least must be > 0, got 0');
    expect(() => draw(1, 1)).toThrow('geometricLevels.factor');
  });
});
