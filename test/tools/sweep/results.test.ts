import { expect, test } from 'vitest';
import { heatFigure, parallelFigure } from '../../../tools/sweep/figures';
import { sweepPage } from '../../../tools/sweep/page';
import { csvOf, type Results, type Row, rank, written } from '../../../tools/sweep/results';

const row = (rate: string, seed: number, loss?: number, more: Partial<Row> = {}): Row => ({
  ...{ setting: { rate, units: '8' }, seed, attempts: 1, seconds: 2 },
  ...(loss === undefined ? { status: 'diverged', figures: {} } : { status: 'done', figures: { loss } }),
  ...more,
});
const rows = [
  row('0.1', 1, 1),
  row('0.1', 2, 3),
  row('0.2', 1, 0.5),
  row('0.2', 2),
  row('0.3', 1, 4),
  row('0.3', 2, 4),
];

test('rank() orders by the mean over seeds, and puts what is not whole behind what is', () => {
  const ranked = rank(rows, 'loss');
  expect(ranked.map(({ setting, mean, done }) => [setting.rate, mean, done])).toEqual([
    ['0.1', 2, 2],
    ['0.3', 4, 2],
    ['0.2', 0.5, 1],
  ]);
  expect(ranked[0].deviation).toBeCloseTo(Math.SQRT2, 12);
  expect(ranked[2].deviation).toBeNaN();
  expect(rank(rows, 'loss', true)[0].setting.rate).toBe('0.3');
  expect(rank([row('1', 1)], 'loss')[0]).toMatchObject({ done: 0, mean: Number.NaN });
});

test('csvOf() writes what a program that reads tables reads back, and no times', () => {
  const odd = [row('a,"b"\n', 1, 0.1), row('2', 2)];
  expect(csvOf(odd)).toBe('rate,units,seed,status,loss\n"a,""b""\n",8,1,done,0.1\n2,8,2,diverged,\n');
});

test('parallelFigure() draws each trial that is done over the knobs that vary', () => {
  const figure = parallelFigure(rows, 'loss', false);
  const names = figure.data.map(({ name }) => name);
  expect(names).toEqual(['the others', 'best fifth', 'values']);
  const [others, best] = figure.data as unknown as { x: number[]; y: (number | null)[] }[];
  // Two axes, rate and loss, and a gap: 3 numbers a trial.
  expect([others.y.length, best.y.length]).toEqual([12, 3]);
  expect(best).toMatchObject({ x: [0, 1, 1], y: [0.5, 0, null] });
});

test('heatFigure() has the mean over all that share two values, and a gap where nothing was measured', () => {
  const { z } = heatFigure(rows, 'loss').data[0] as unknown as { z: (number | null)[][] };
  // Columns by rate, rows by seed.
  expect(z).toEqual([
    [1, 0.5, 4],
    [3, null, 4],
  ]);
  const many = Array.from({ length: 40 }, (_, at) => row(String(at + 1), 1, at));
  const wide = heatFigure(many, 'loss').data[0] as unknown as { z: number[][] };
  expect(wide.z[0].length).toBeLessThanOrEqual(8);
});

test('sweepPage() shows what stands in settings and messages as text', async () => {
  const hostile = '<img src=x onerror="alert(1)">';
  const bad = row(hostile, 1, 1, { message: '</script><script>alert(2)</script>' });
  const results: Results = {
    ...{ program: hostile, command: `npm run sweep -- ${hostile}`, engine: 'local', search: 'grid' },
    ...{
      measure: 'loss',
      more: false,
      code: 'x',
      rows: [bad],
      best: rank([bad], 'loss'),
      names: { [hostile]: hostile },
    },
  };
  const html = await sweepPage(results, []);
  expect(html).not.toContain('<img');
  expect(html).not.toContain('<script>');
  expect(html.match(/&lt;img src=x onerror=&quot;/g)?.length).toBeGreaterThanOrEqual(4);
  expect(html).toContain('&lt;/script&gt;');
});

test('written() keeps five digits', () => {
  expect([0.123456789, 12, 1e-9, Number.NaN].map(written)).toEqual(['0.12346', '12', '1e-9', '–']);
});
