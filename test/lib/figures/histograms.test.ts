import { describe, expect, test } from 'vitest';
import { type HistogramFigureOptions, histogramFigure } from '../../../lib/figures/histograms';

const values = [Number.NaN, -1, 0, 0.4, 1, 1.9, 2, 2.1, Number.POSITIVE_INFINITY];
const draw = (more: Partial<HistogramFigureOptions>) =>
  histogramFigure({ title: 't', xAxis: 'x', yAxis: 'y', series: [{ name: 'a', values }], ...more }).data[0];

describe('histogramFigure()', () => {
  test('counts what lies in its range, both ends included, and leaves out the rest', () => {
    // [0, 1): 0 and 0.4; [1, 2]: 1, 1.9 and 2.
    expect(draw({ range: [0, 2], bins: 2 })).toMatchObject({ x: [0.5, 1.5], y: [2, 3] });
  });

  test('without a range counts every finite value', () => {
    const { x, y } = draw({ bins: 31 });
    expect((y as number[]).reduce((sum, count) => sum + count, 0)).toBe(7);
    expect([(x as number[])[0], (x as number[])[30]]).toEqual([-0.95, 2.05]);
  });

  test('gives shares of what it counts', () => {
    expect(draw({ range: [0, 2], bins: 2, share: true })).toMatchObject({ y: [40, 60] });
    expect(draw({ range: [5, 6], bins: 2, share: true })).toMatchObject({ y: [0, 0] });
  });
});
