import { describe, expect, test } from 'vitest';
import { scalingFigure } from '../../../lib/figures/scaling';

const x = [1, 10, 100, 1000];
/** 3 · x^−0.5, but for the first. */
const y = [5, ...x.slice(1).map((size) => 3 / Math.sqrt(size))];

describe('scalingFigure()', () => {
  test('has two log axes, whether they are given by title alone or with more', () => {
    const { layout } = scalingFigure({
      title: 't',
      xAxis: 'hidden units',
      yAxis: { title: 'error', unit: '%' },
      series: [{ name: 'measured', x, y }],
    });
    expect(layout.xaxis).toMatchObject({ type: 'log', title: { text: 'hidden units' } });
    expect(layout.yaxis).toMatchObject({ type: 'log', title: { text: 'error (%)' } });
  });

  test('draws the power law through the sizes from the one that it is told', () => {
    const { data } = scalingFigure({
      title: 't',
      xAxis: 'x',
      yAxis: 'y',
      series: [{ name: 'measured', x, y, fit: { from: 10 } }],
    });
    expect(data[0]).toMatchObject({ name: 'measured', mode: 'markers', x });
    const law = data[1] as { name: string; x: number[]; y: number[] };
    expect(law.name).toBe('measured, fit ∝ x^−0.5');
    expect(law.x).toEqual([10, 1000]);
    expect(law.y[0]).toBeCloseTo(3 / Math.sqrt(10), 4);
    expect(law.y[1]).toBeCloseTo(3 / Math.sqrt(1000), 4);
  });
});
