/** Tables as colours. */
import type { Plot } from 'nodeplotlib';
import { requireSameLength } from '../base/checks';
import { axisTitle, baseLayout, colorBar, layoutAxis } from './layout';
import {
  type AxesOptions,
  compactRows,
  divergingScale,
  escapeTemplate,
  escapeText,
  type Figure,
  sequentialScale,
  trace,
} from './theme';

/** Options of {@link heatmapFigure}. */
export interface HeatmapFigureOptions extends AxesOptions {
  /** shape `[rows, columns]`; the first row is drawn at the top */
  values: ArrayLike<ArrayLike<number>>;
  /** what the values are, with their unit */
  valueName: string;
  /** shape `[columns]` */
  columnLabels?: (string | number)[];
  /** shape `[rows]` */
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
  const flat = rows.flat().filter((value): value is number => value !== null);
  const largest = Math.max(...flat.map(Math.abs)) || 1;
  const range =
    options.range ?? (scale === 'diverging' ? [-largest, largest] : [Math.min(...flat), Math.max(...flat)]);
  const cells = trace({
    type: 'heatmap',
    z: rows,
    zmin: range[0],
    zmax: range[1],
    xgap: rows.length * rows[0].length <= 900 ? 1 : 0,
    ygap: rows.length * rows[0].length <= 900 ? 1 : 0,
    colorscale: scale === 'diverging' ? divergingScale : sequentialScale,
    colorbar: colorBar(valueName),
    hovertemplate: `${axisTitle(options.xAxis)} %{x}<br>${axisTitle(options.yAxis)} %{y}<br>${escapeTemplate(valueName)} %{z:.4~g}<extra></extra>`,
  });
  const data = [cells];
  if (decimals !== undefined) {
    data.push(
      cellText(
        rows,
        (value) => fixed(value, decimals),
        (value) => darkAt(value, range, scale),
      ),
    );
  }
  return {
    data,
    layout: baseLayout(options, {
      fields: {
        xaxis: { ...layoutAxis(options.xAxis), ...tableAxis(rows[0].length, columnLabels) },
        yaxis: { ...layoutAxis(options.yAxis), ...tableAxis(rows.length, rowLabels, true) },
      },
    }),
  };
}

function fixed(value: number, decimals: number): string {
  return value
    .toFixed(decimals)
    .replace(/^-(0(\.0*)?)$/, '$1')
    .replace('-', '−');
}

function darkAt(value: number, range: number[], scale: string): boolean {
  const place = (value - range[0]) / (range[1] - range[0] || 1);
  return scale === 'diverging' ? Math.abs(place - 0.5) > 0.3 : place > 0.8;
}

/** Words in the cells of a table, white where the cell is dark. */
export function cellText(
  rows: (number | null)[][],
  words: (value: number, row: number, column: number) => string,
  dark: (value: number, row: number, column: number) => boolean,
  size = 12,
): Plot {
  const x: number[] = [];
  const y: number[] = [];
  const text: string[] = [];
  const color: string[] = [];
  rows.forEach((row, r) => {
    row.forEach((value, c) => {
      if (value === null) return;
      const word = words(value, r, c);
      if (!word) return;
      x.push(c);
      y.push(r);
      text.push(escapeText(word));
      color.push(dark(value, r, c) ? '#FFFFFF' : '#222222');
    });
  });
  return trace({
    type: 'scatter',
    mode: 'text',
    x,
    y,
    text,
    textfont: { size, color },
    hoverinfo: 'skip',
    showlegend: false,
  });
}

/** The ticks of a table's side: one for each row or column while there is room for them. */
export function tableAxis(count: number, labels?: (string | number)[], topDown = false) {
  const each = count <= 24 || labels !== undefined;
  const every = Math.max(1, Math.ceil(count / 24));
  const places = Array.from({ length: count }, (_, index) => index).filter((i) => i % every === 0);
  return {
    showgrid: false,
    showline: false,
    // Invisible ticks keep the labels off the cells.
    ticklen: 5,
    tickcolor: '#FFFFFF',
    range: topDown ? [count - 0.5, -0.5] : [-0.5, count - 0.5],
    ...(each
      ? {
          tickmode: 'array',
          tickvals: places,
          ticktext: places.map((i) => escapeText(String(labels ? labels[i] : i))),
        }
      : {}),
  };
}
