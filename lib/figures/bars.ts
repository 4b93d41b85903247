/** Bars, for a few quantities side by side. */
import type { Plot } from 'nodeplotlib';
import { requireSameLength } from '../base/checks';
import { axisOptions, baseLayout, layoutAxis, ticksFor } from './layout';
import { seriesColor } from './lines';
import {
  type AxesOptions,
  type ColorName,
  compact,
  escapeTemplate,
  escapeText,
  type Figure,
  formatNumber,
  round,
  trace,
} from './theme';

/** The bars of one kind. */
export interface BarSeries {
  name: string;
  /** shape `[categories]` */
  values: ArrayLike<number>;
  /** half the length of each error bar, shape `[categories]` */
  errors?: ArrayLike<number>;
  color?: ColorName;
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
  const category = { type: 'category', showgrid: false, ticks: '' };
  const valueAxis = horizontal ? xAxis : yAxis;
  const { range, scale } = axisOptions(valueAxis);
  const end = {
    ...(scale === 'log' ? ticksFor(valueAxis, ends(series)) : {}),
    ...(range ? {} : headroom(series, scale)),
  };
  return {
    data: series.map((one, index) => {
      requireSameLength(`values of '${one.name}'`, one.values, 'categories', names, 'draw bars');
      return barTrace(one, names, seriesColor(one, index), { horizontal, showValues });
    }),
    layout: baseLayout(options, {
      legend: series.length > 1 ? series.map((one) => one.name) : [],
      fields: {
        barmode: 'group',
        bargap: 0.28,
        xaxis: { ...layoutAxis(xAxis), ...(horizontal ? end : category) },
        yaxis: {
          ...layoutAxis(yAxis),
          ...(horizontal ? { ...category, autorange: 'reversed' } : end),
        },
      },
    }),
  };
}

function barTrace(
  one: BarSeries,
  names: string[],
  color: string,
  { horizontal, showValues }: { horizontal: boolean; showValues: boolean },
): Plot {
  const values = compact(one.values);
  const [along, across] = horizontal ? ['x', 'y'] : ['y', 'x'];
  const errors = one.errors && {
    [`error_${along}`]: {
      type: 'data',
      array: compact(one.errors),
      color: '#444444',
      thickness: 1.5,
    },
  };
  const texts = {
    text: Array.from(one.values, barText),
    // Above a bar the number would stand on its error bar: it goes to the foot, inside.
    textposition: errors ? 'inside' : 'outside',
    insidetextanchor: 'start',
    textangle: 0,
    constraintext: 'none',
    cliponaxis: false,
    textfont: { size: 12 },
  };
  return trace({
    type: 'bar',
    name: escapeText(one.name),
    orientation: horizontal ? 'h' : 'v',
    x: horizontal ? values : names,
    y: horizontal ? names : values,
    ...errors,
    marker: { color },
    ...(showValues ? texts : {}),
    hovertemplate: `%{${across}}: %{${along}:.5~g}<extra>${escapeTemplate(one.name)}</extra>`,
  });
}

/** Leaves room beyond the longest bar for the number at its end. */
function headroom(series: BarSeries[], scale?: string): Record<string, unknown> {
  if (scale === 'log') return {};
  const highest = Math.max(0, ...ends(series));
  const lowest = Math.min(0, ...ends(series));
  const room = 0.12 * (highest - lowest || 1);
  return {
    range: [lowest < 0 ? lowest - room : 0, highest > 0 ? highest + room : 0].map((end) => round(end)),
  };
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
