import { describe, expect, test } from 'vitest';
import { dotFigure } from '../../../lib/figures/dots';

const options = {
  title: 't',
  xAxis: { title: 'time', unit: 's', scale: 'log' as const },
  yAxis: 'program',
  categories: ['one', 'two <b>'],
};

describe('dotFigure()', () => {
  test('draws a dot for each category, with the line from its least to its greatest value', () => {
    const values = [2, 30];
    const { data, layout } = dotFigure({
      ...options,
      series: [{ name: 'epoch', values, range: { low: [1, 30], high: [4, 35] } }],
    });
    expect(data[0]).toMatchObject({
      mode: 'markers',
      x: [2, 30],
      y: ['one', 'two &lt;b&gt;'],
      error_x: { array: [2, 5], arrayminus: [1, 0] },
    });
    expect(layout.xaxis).toMatchObject({ type: 'log' });
    expect(values).toEqual([2, 30]);
  });

  test('refuses values and categories that differ in number', () => {
    expect(() => dotFigure({ ...options, series: [{ name: 'epoch', values: [1] }] })).toThrow(
      "values of 'epoch' has 1 and categories has 2 elements",
    );
  });
});
