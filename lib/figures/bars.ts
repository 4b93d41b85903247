/** Bars, for a few quantities side by side. */
import { extent } from 'simple-statistics';
import { requireSameLength } from '../base/checks';
import { axes, axisOptions, isLogarithmic, ticksFor } from './axes';
import { plot } from './plot';
import { compact, escapeText, formatNumber, hover, round } from './text';
import { type AxesOptions, type Axis, type Fields, type Figure, type Named, seriesColor } from './theme';

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
  const marks = series.map((one, index) => {
    requireSameLength(`values of '${one.name}'`, one.values, 'categories', names, 'draw bars');
    return barMark(one, names, seriesColor(index, one.color), { horizontal, showValues });
  });
  const kinds = { type: 'category', showgrid: false, ticks: '' };
  const values = valueFields(horizontal ? xAxis : yAxis, series);
  const fields = {
    barmode: 'group',
    bargap: 0.28,
    ...(horizontal
      ? axes(options, values, { ...kinds, autorange: 'reversed' })
      : axes(options, kinds, values)),
  };
  return plot(marks, options, fields, { legend: series.length > 1 });
}

function barMark(
  { name, values, errors }: BarSeries,
  categories: string[],
  color: string,
  { horizontal, showValues }: { horizontal: boolean; showValues: boolean },
): Fields {
  const [along, across] = horizontal ? ['x', 'y'] : ['y', 'x'];
  const lengths = compact(values);
  return {
    type: 'bar',
    name: escapeText(name),
    orientation: horizontal ? 'h' : 'v',
    x: horizontal ? lengths : categories,
    y: horizontal ? categories : lengths,
    ...(errors && {
      [`error_${along}`]: { type: 'data', array: compact(errors), color: '#444444', thickness: 1.5 },
    }),
    marker: { color },
    ...(showValues && {
      text: Array.from(values, barText),
      // Above a bar the number would stand on its error bar: it goes to the foot, inside.
      textposition: errors ? 'inside' : 'outside',
      insidetextanchor: 'start',
      textangle: 0,
      constraintext: 'none',
      cliponaxis: false,
      textfont: { size: 12 },
    }),
    hovertemplate: hover(`%{${across}}: %{${along}:.5~g}`, name),
  };
}

/** Ticks of a log axis; else room beyond the longest bar for the number at its end. */
function valueFields(axis: Axis, series: BarSeries[]): Fields {
  if (isLogarithmic(axis)) return ticksFor(axis, ends(series));
  if (axisOptions(axis).range) return {};
  const [lowest, highest] = extent([0, ...ends(series)]);
  const room = 0.12 * (highest - lowest || 1);
  return { range: [lowest && lowest - room, highest && highest + room].map((end) => round(end)) };
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
