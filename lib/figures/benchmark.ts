/** The benchmark as bars. */
import { median } from 'simple-statistics';
import { barFigure } from './bars';
import type { Figure } from './theme';

/** What `npm run bench` writes down, as far as it is drawn. */
export interface BenchmarkTimes {
  measurements: { name: string; what: string; seconds: number[] }[];
}

/**
 * The benchmark: seconds per epoch of each program, with each batch size, on a logarithmic axis.
 *
 * @param times - as `npm run bench` writes them
 * @returns bars, one group per program
 * @throws RangeError if nothing was measured
 */
export function benchmarkFigure({ measurements }: BenchmarkTimes): Figure {
  const pattern = /^one epoch, batch (\d+)$/;
  const epochs = measurements.filter(({ what }) => pattern.test(what));
  if (epochs.length === 0) throw new RangeError('Cannot draw the benchmark: no epoch was measured');
  const names = [...new Set(epochs.map(({ name }) => name))];
  const sizes = [...new Set(epochs.map(({ what }) => what))];
  return barFigure({
    title: 'Seconds per epoch of MNIST: the fused step and the others',
    xAxis: { title: 'time per epoch', unit: 's', scale: 'log' },
    yAxis: { title: 'program' },
    categories: names,
    horizontal: true,
    showValues: true,
    series: sizes.map((what) => ({
      name: what.replace(pattern, 'batch size $1'),
      values: names.map((name) =>
        median(epochs.find((one) => one.name === name && one.what === what)?.seconds ?? [Number.NaN]),
      ),
    })),
    height: 130 + 55 * names.length,
  });
}
