/** Bars, for a few quantities side by side. */
import { extent } from 'simple-statistics';
import { requireSameLength } from '../base/checks';
import { axes, axisOptions, isLogarithmic, ticksFor } from './axes';
import { plot } from './plot';
import { compact, escapeText, formatNumber, hover, round } from './text';
import { type AxesOptions, type Fields, type Figure, type Named, seriesColor } from './theme';

/** The bars of one kind. */
export interface BarSeries extends Named {
  /** shape `[categories]` */
  values: ArrayLike<number>;
  /** half the length of each error bar, shape `[categories]` */
  errors?: ArrayLike<number>;
}

/** Options of {@link barFigure}. */
export interface BarFigureOptions extends AxesOptions {
  categories: (string | number)[];
  series: BarSeries[];
  /** bars from left to right, for long categories; `xAxis` then names the values */
  horizontal?: boolean;
  /** writes the values at the bars' ends; default if there are at most 24 bars */
  showValues?: boolean;
}

/**
 * Bars, side by side for several series, with error bars.
 *
 * @throws RangeError if values and categories differ in number
 * @example
 * barFigure({ title: 'Test accuracy', xAxis: 'optimizer', yAxis: { title: 'accuracy', unit: '%' }, categories: ['SGD', 'Adam'], series: [{ name: 'mean of 5 seeds', values: [95.3, 97.8], errors: [0.2, 0.1] }] });
 */
export function barFigure(options: BarFigureOptions): Figure {
  const { categories, series, horizontal = false, xAxis, yAxis } = options;
  const showValues = options.showValues ?? categories.length * series.length <= 24;
  const names = categories.map((category) => escapeText(String(category)));
  const kind = { type: 'category', showgrid: false, ticks: '' };
  const valueAxis = horizontal ? xAxis : yAxis;
  const values = isLogarithmic(valueAxis) ? ticksFor(valueAxis, ends(series)) : headroom(series);
  const free = { ...values, ...(axisOptions(valueAxis).range && { range: undefined }) };
  return plot();
}

/** Where the bars end, with their error bars. */
function ends(series: BarSeries[]): number[] {
  return series.flatMap((one) =>
    Array.from(one.values, (value, index) => value + Math.sign(value || 1) * (one.errors?.[index] ?? 0)),
  );
}

/** The number at a bar's end: `101,770`, and from a million on `6·10⁷` as on the axis. */
function barText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e4 && size < 1e6) return Math.round(value).toLocaleString('en');
  const [digits, power] = formatNumber(value, 4).split('e');
  return power === undefined ? digits : `${digits}·10<sup>${power}</sup>`;
}
