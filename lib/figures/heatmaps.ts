/** Tables as colours. */
import { extent } from 'simple-statistics';
import { requireSameLength } from '../base/checks';
import { axes, axisOptions, hoverAt, namedTicks } from './axes';
import { colorBar, words } from './marks';
import { plot } from './plot';
import { compactRows, escapeTemplate } from './text';
import {
  type AxesOptions,
  type Axis,
  divergingScale,
  type Fields,
  type Figure,
  inkColor,
  sequentialScale,
} from './theme';

/** Options of {@link heatmapFigure}. */
export interface HeatmapFigureOptions extends AxesOptions {
  /** shape `[rows, columns]`; the first row is drawn at the top */
  values: ArrayLike<ArrayLike<number>>;
  /** what the values are, with their unit */
  valueName: string;
  /** shape `[columns]`; of many, not all are named: `ticks` of the axis, at 0, 1, 2, …, go before */
  columnLabels?: (string | number)[];
  /** shape `[rows]`, likewise */
  rowLabels?: (string | number)[];
  /** `'diverging'`: blue below 0, white at 0, vermillion above; default `'sequential'` */
  scale?: 'sequential' | 'diverging';
  /** smallest and largest value of the scale */
  range?: [number, number];
  /** writes each value into its cell, with so many decimals */
  decimals?: number;
}

/**
 * A table of numbers as colours.
 *
 * @throws RangeError if labels and values differ in number
 * @example
 * heatmapFigure({
 *   title: 'Accuracy by width and rate', xAxis: 'learning rate', yAxis: 'hidden units',
 *   values: accuracy, valueName: 'accuracy (%)', columnLabels: rates, rowLabels: widths, decimals: 1,
 * });
 */
export function heatmapFigure(options: HeatmapFigureOptions): Figure {
  const { values, valueName, columnLabels, rowLabels, scale = 'sequential', decimals } = options;
  const rows = compactRows(values);
  if (columnLabels) requireSameLength('columnLabels', columnLabels, 'a row', rows[0], 'draw a heat map');
  if (rowLabels) requireSameLength('rowLabels', rowLabels, 'values', rows, 'draw a heat map');
  const diverging = scale === 'diverging';
  const [low, high] = options.range ?? rangeOf(rows, diverging);
  const isDark = (value: number) => {
    const place = (value - low) / (high - low || 1);
    return diverging ? Math.abs(place - 0.5) > 0.3 : place > 0.8;
  };
  const gap = rows.length * rows[0].length <= 900 ? 1 : 0;
  const cells = {
    type: 'heatmap',
    z: rows,
    zmin: low,
    zmax: high,
    xgap: gap,
    ygap: gap,
    colorscale: diverging ? divergingScale : sequentialScale,
    colorbar: colorBar(valueName),
    hovertemplate: hoverAt(options, `${escapeTemplate(valueName)} %{z:.4~g}`),
  };
  const text = decimals === undefined ? [] : cellWords(rows, (value) => fixed(value, decimals), isDark);
  return plot([cells, ...text], options, tableAxes(options, rows, columnLabels, rowLabels));
}

function rangeOf(rows: (number | null)[][], symmetric: boolean): [number, number] {
  const [low, high] = extent(rows.flat().filter((value) => value !== null));
  const largest = Math.max(-low, high) || 1;
  return symmetric ? [-largest, largest] : [low, high];
}

function fixed(value: number, decimals: number): string {
  return value
    .toFixed(decimals)
    .replace(/^-(0(\.0*)?)$/, '$1')
    .replace('-', '−');
}

/** Words in the cells of a table, white where the cell is dark; an empty word is left out. */
export function cellWords(
  rows: (number | null)[][],
  wordOf: (value: number) => string,
  isDark: (value: number, row: number, column: number) => boolean,
): Fields[] {
  const cells = rows.flatMap((row, y) =>
    row.map((value, x) => {
      if (value === null) return { x, y, text: '' };
      return { x, y, text: wordOf(value), color: isDark(value, y, x) ? '#FFFFFF' : inkColor };
    }),
  );
  const shown = cells.filter(({ text }) => text !== '');
  return [words(shown, { size: 12, color: shown.map(({ color }) => color) })];
}

/** The axes of a table, whose first row is at the top; rows and columns are at 0, 1, 2, … */
export function tableAxes(
  options: Pick<AxesOptions, 'xAxis' | 'yAxis'>,
  rows: ArrayLike<unknown>[],
  columnLabels?: (string | number)[],
  rowLabels?: (string | number)[],
): Fields {
  const [columns, lines] = [rows[0].length, rows.length];
  return axes(
    options,
    tableAxis(options.xAxis, columns, [-0.5, columns - 0.5], columnLabels),
    tableAxis(options.yAxis, lines, [lines - 0.5, -0.5], rowLabels),
  );
}

/** One side of a table, with a tick for each row or column while there is room for them, or with its own ticks. */
function tableAxis(axis: Axis, count: number, range: number[], labels?: (string | number)[]): Fields {
  const every = Math.max(1, Math.ceil(count / 24));
  const places = Array.from({ length: count }, (_, index) => index).filter((index) => index % every === 0);
  return {
    showgrid: false,
    showline: false,
    // Invisible ticks keep the labels off the cells.
    ticklen: 5,
    tickcolor: '#FFFFFF',
    range,
    ...((count <= 24 || labels) &&
      !axisOptions(axis).ticks &&
      namedTicks(
        places,
        places.map((place) => String(labels ? labels[place] : place)),
      )),
  };
}
