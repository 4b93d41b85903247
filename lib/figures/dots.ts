/** Dots, for quantities of several kinds whose ratio matters: unlike bars they need no zero. */
import { requireSameLength } from '../base/checks';
import { axes, ticksFor } from './axes';
import { plot } from './plot';
import { compact, escapeText, hover } from './text';
import { type AxesOptions, type Fields, type Figure, type Named, seriesColor } from './theme';

/** The dots of one kind; NaN leaves one out. */
export interface DotSeries extends Named {
  /** shape `[categories]` */
  values: ArrayLike<number>;
  /** where the line through each dot begins and ends, both of shape `[categories]` */
  range?: { low: ArrayLike<number>; high: ArrayLike<number> };
}

/** Options of {@link dotFigure}. */
export interface DotFigureOptions extends AxesOptions {
  /** one line each, from the top */
  categories: (string | number)[];
  series: DotSeries[];
}

const symbols = ['circle', 'square', 'diamond', 'triangle-up'];

/**
 * A dot plot: a line for each category, a dot on it for each series, and through the dot its range.
 *
 * @throws RangeError if values and categories differ in number
 * @example
 * dotFigure({ title: 'Time per epoch', xAxis: { title: 'time', unit: 's', scale: 'log' }, yAxis: 'backend', categories: ['wasm', 'js'], series: [{ name: 'batch 32', values: [9, 35] }] });
 */
export function dotFigure(options: DotFigureOptions): Figure {
  const { categories, series, xAxis, yAxis } = options;
  const names = categories.map((category) => escapeText(String(category)));
  const marks = series.map((one, index) => dotMark(one, index, names));
  const drawn = series.flatMap(({ values, range }) =>
    [values, range?.low ?? [], range?.high ?? []].flatMap((list) => Array.from(list)),
  );
  const kinds = { type: 'category', categoryarray: names, autorange: 'reversed', ticks: '' };
  const fields = axes({ xAxis, yAxis }, ticksFor(xAxis, drawn), kinds);
  const height = options.height ?? 150 + 34 * names.length;
  return plot(marks, { ...options, height }, fields, { legend: series.length > 1 });
}

function dotMark(
  { name, values, range, color: own }: DotSeries,
  index: number,
  categories: string[],
): Fields {
  const lists = { values, 'range.low': range?.low, 'range.high': range?.high };
  for (const [what, list] of Object.entries(lists)) {
    if (list) requireSameLength(`${what} of '${name}'`, list, 'categories', categories, 'draw dots');
  }
  const color = seriesColor(index, own);
  const beyond = (edge: ArrayLike<number>, sign: number) =>
    compact(Array.from(edge, (value, place) => Math.max(0, sign * (value - values[place])) || 0));
  return {
    type: 'scatter',
    mode: 'markers',
    name: escapeText(name),
    x: compact(values),
    y: categories,
    ...(range && {
      error_x: {
        type: 'data',
        symmetric: false,
        array: beyond(range.high, 1),
        arrayminus: beyond(range.low, -1),
        color,
        thickness: 1.5,
        width: 3,
      },
    }),
    marker: { color, size: 10, symbol: symbols[index % symbols.length] },
    hovertemplate: hover('%{y}: %{x:.4~g}', name),
  };
}
