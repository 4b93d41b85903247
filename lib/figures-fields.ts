import type { Plot } from 'nodeplotlib';
import { requireSameLength } from './checks';
import { axisTitle, baseLayout, layoutAxis } from './figures-layout';
import { seriesColor } from './figures-lines';
import {
  type AxesOptions,
  type AxisOptions,
  type ColorName,
  compact,
  compactRows,
  divergingScale,
  escapeTemplate,
  escapeText,
  type Figure,
  palette,
  sequentialScale,
  seriesColors,
  trace,
} from './figures-theme';

/** The points an optimiser visited, in order. */
export interface DescentPath {
  name: string;
  /** shape `[steps + 1, 2]`, the start first */
  points: ArrayLike<number>[];
  color?: ColorName;
}

/** Options of {@link contourFigure}. */
export interface ContourFigureOptions extends Omit<AxesOptions, 'xAxis' | 'yAxis'> {
  xAxis: AxisOptions & { range: [number, number] };
  yAxis: AxisOptions & { range: [number, number] };
  /** the function whose value is drawn */
  surface: (x: number, y: number) => number;
  /** what the value is: `'J(θ)'` */
  surfaceName: string;
  /** draws log₁₀ of the value, for functions that fall over many powers of ten */
  logarithmic?: boolean;
  paths?: DescentPath[];
  /** a cross at the lowest point */
  minimum?: [number, number];
  /** values computed along each axis; default 61 */
  resolution?: number;
}

/**
 * A function of two variables as contour lines, with the paths of optimisers on it. What leaves
 * the ranges is cut off at the edge.
 *
 * @throws RangeError if a range is missing
 * @example
 * contourFigure({
 *   title: 'Descent zigzags across the valley', surfaceName: 'J',
 *   xAxis: { title: 'θ₁', range: [-3, 3] }, yAxis: { title: 'θ₂', range: [-2, 2] },
 *   surface: (x, y) => x * x + 10 * y * y, minimum: [0, 0],
 *   paths: [{ name: 'learningRate 0.09', points: path }],
 * });
 */
export function contourFigure(options: ContourFigureOptions): Figure {
  const { xAxis, yAxis, surface, surfaceName, logarithmic, paths = [], minimum } = options;
  const { resolution = 61 } = options;
  if (!xAxis.range || !yAxis.range) {
    throw new RangeError('Cannot draw contours: xAxis.range and yAxis.range must be given');
  }
  const xs = spaced(xAxis.range, resolution);
  const ys = spaced(yAxis.range, resolution);
  const shown = (value: number) => (logarithmic ? Math.log10(value) : value);
  const name = logarithmic ? `log₁₀ ${surfaceName}` : surfaceName;
  const field = trace({
    type: 'contour',
    x: compact(xs),
    y: compact(ys),
    z: compactRows(
      ys.map((y) => xs.map((x) => shown(surface(x, y)))),
      4,
    ),
    colorscale: paleScale,
    ncontours: 22,
    contours: { coloring: 'fill' },
    line: { width: 0.6, color: '#8A9BA8' },
    colorbar: colorBar(name),
    showlegend: false,
    hovertemplate: `${axisTitle(xAxis)} %{x:.3~g}<br>${axisTitle(yAxis)} %{y:.3~g}<br>${escapeTemplate(name)} %{z:.4~g}<extra></extra>`,
  });
  const low = minimum
    ? [
        trace({
          type: 'scatter',
          name: 'minimum',
          mode: 'markers',
          x: [minimum[0]],
          y: [minimum[1]],
          marker: { symbol: 'x', size: 11, color: palette.black },
          hovertemplate: 'minimum<extra></extra>',
        }),
      ]
    : [];
  const names = [...paths.map((path) => path.name), ...(minimum ? ['minimum'] : [])];
  return {
    data: [field, ...paths.map(pathTrace), ...low],
    layout: baseLayout(options, {
      legend: names,
      fields: { xaxis: layoutAxis(xAxis), yaxis: layoutAxis(yAxis) },
    }),
  };
}

const paleScale: [number, string][] = [
  [0, '#3E7FB1'],
  [0.25, '#8FBBDB'],
  [0.6, '#CFE2F0'],
  [1, '#FAFCFD'],
];

const pathColors = [1, 2, 4, 3].map((index) => seriesColors[index]);

function pathTrace(path: DescentPath, index: number): Plot {
  const color = path.color ? palette[path.color] : pathColors[index % pathColors.length];
  const many = path.points.length > 60;
  return trace({
    type: 'scatter',
    name: escapeText(path.name),
    mode: many ? 'lines' : 'lines+markers',
    x: compact(path.points.map((point) => point[0])),
    y: compact(path.points.map((point) => point[1])),
    line: { color, width: 2 },
    ...(many ? {} : { marker: { color, size: 6, line: { color: '#FFFFFF', width: 1 } } }),
    hovertemplate: `step %{pointNumber}<br>(%{x:.4~g}, %{y:.4~g})<extra>${escapeTemplate(path.name)}</extra>`,
  });
}

/** `count` values from the first to the last of `range`, equally far apart, shape `[count]`. */
export function spaced(range: [number, number], count: number): number[] {
  const step = (range[1] - range[0]) / (count - 1);
  return Array.from({ length: count }, (_, index) => range[0] + step * index);
}

/** A colour bar with its name on top. */
export function colorBar(name: string, fields: Record<string, unknown> = {}) {
  return {
    // A short name beside the bar would touch the numbers there.
    title: {
      text: escapeText(name),
      side: name.length <= 10 ? 'top' : 'right',
      font: { size: 13 },
    },
    thickness: 14,
    outlinewidth: 0,
    tickfont: { size: 12 },
    exponentformat: 'power',
    ...fields,
  };
}

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
  if (columnLabels)
    requireSameLength('columnLabels', columnLabels, 'a row', rows[0], 'draw a heat map');
  if (rowLabels) requireSameLength('rowLabels', rowLabels, 'values', rows, 'draw a heat map');
  const flat = rows.flat().filter((value): value is number => value !== null);
  const largest = Math.max(...flat.map(Math.abs)) || 1;
  const range =
    options.range ??
    (scale === 'diverging' ? [-largest, largest] : [Math.min(...flat), Math.max(...flat)]);
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
  return scale === 'diverging' ? Math.abs(place - 0.5) > 0.3 : place > 0.6;
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

/** Options of {@link decisionFigure}. */
export interface DecisionFigureOptions extends Omit<AxesOptions, 'xAxis' | 'yAxis'> {
  xAxis: AxisOptions & { range: [number, number] };
  yAxis: AxisOptions & { range: [number, number] };
  /**
   * the probability of class 1, shape `[resolution, resolution]`: one row for each `y`, lowest
   * first, one column for each `x`: see {@link decisionGrid}
   */
  probabilities: ArrayLike<ArrayLike<number>>;
  /** the examples, shape `[n, 2]` */
  inputs: ArrayLike<number>[];
  /** their classes, 0 or 1, shape `[n]` */
  labels: ArrayLike<number>;
  /** default `['class 0', 'class 1']` */
  classNames?: [string, string];
}

/**
 * What a classifier of two classes says at every point of the plane, and the examples: the line is
 * where both classes are equally probable.
 *
 * @example
 * const xAxis = { title: 'x₁', range: [-2, 3] as [number, number] };
 * const yAxis = { title: 'x₂', range: [-1.5, 2] as [number, number] };
 * const grid = decisionGrid(xAxis.range, yAxis.range, 41);     // 1681 points [x, y]
 * const probabilities = predict(grid.points);                    // shape [1681]
 * decisionFigure({ title: 'Moons', xAxis, yAxis, inputs, labels, probabilities: grid.rows(probabilities) });
 */
export function decisionFigure(options: DecisionFigureOptions): Figure {
  const { xAxis, yAxis, probabilities, inputs, labels } = options;
  const classNames = options.classNames ?? ['class 0', 'class 1'];
  requireSameLength('inputs', inputs, 'labels', labels, 'draw a decision boundary');
  const rows = Array.from(probabilities, (row) =>
    Array.from(row, (value) => Math.round(value * 1000) / 10),
  );
  const field = trace({
    type: 'contour',
    x: compact(spaced(xAxis.range, rows[0].length), 4),
    y: compact(spaced(yAxis.range, rows.length), 4),
    z: rows,
    zmin: 0,
    zmax: 100,
    zauto: false,
    autocontour: false,
    contours: { coloring: 'heatmap', start: 50, end: 50, size: 100 },
    line: { color: '#333333', width: 2 },
    colorscale: [
      [0, '#7DB8DC'],
      [0.5, '#FFFFFF'],
      [1, '#F0A872'],
    ],
    colorbar: colorBar(`probability of ${classNames[1]} (%)`, { tickvals: [0, 25, 50, 75, 100] }),
    showlegend: false,
    hovertemplate: `(%{x:.3~g}, %{y:.3~g})<br>${escapeTemplate(classNames[1])}: %{z:.1f} %<extra></extra>`,
  });
  return {
    data: [field, ...[0, 1].map((label) => classTrace(label, classNames[label], inputs, labels))],
    layout: baseLayout(options, {
      legend: classNames,
      fields: { xaxis: layoutAxis(xAxis), yaxis: layoutAxis(yAxis) },
    }),
  };
}

function classTrace(
  label: number,
  name: string,
  inputs: ArrayLike<number>[],
  labels: ArrayLike<number>,
): Plot {
  const own = inputs.filter((_, index) => labels[index] === label);
  return trace({
    type: 'scatter',
    mode: 'markers',
    name: escapeText(name),
    x: compact(
      own.map((point) => point[0]),
      4,
    ),
    y: compact(
      own.map((point) => point[1]),
      4,
    ),
    marker: {
      color: seriesColor({}, label),
      symbol: label ? 'diamond' : 'circle',
      size: 7,
      line: { color: '#FFFFFF', width: 1 },
    },
    hovertemplate: `(%{x:.3~g}, %{y:.3~g})<extra>${escapeTemplate(name)}</extra>`,
  });
}

/**
 * The points of a square grid over the plane, for {@link decisionFigure}.
 *
 * @returns `points`, shape `[resolution², 2]`, row by row from the lowest `y`; and `rows`, which
 * cuts one value for each of these points into shape `[resolution, resolution]`
 */
export function decisionGrid(xRange: [number, number], yRange: [number, number], resolution = 41) {
  const xs = spaced(xRange, resolution);
  const ys = spaced(yRange, resolution);
  return {
    points: ys.flatMap((y) => xs.map((x): [number, number] => [x, y])),
    rows: (values: ArrayLike<number>): number[][] =>
      ys.map((_, row) => xs.map((__, column) => values[row * resolution + column])),
  };
}
