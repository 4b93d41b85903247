import type { Plot } from 'nodeplotlib';
import { requireSameLength } from './checks';
import { cellText, colorBar, heatmapFigure, tableAxis } from './figures-fields';
import { axisOptions, axisTitle, baseLayout, layoutAxis } from './figures-layout';
import { seriesColor, translucent } from './figures-lines';
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
} from './figures-theme';

/** Options of {@link confusionFigure}. */
export interface ConfusionFigureOptions extends Partial<AxesOptions> {
  title: string;
  /** examples of class `row` that were taken for class `column`, shape `[classes, classes]` */
  counts: ArrayLike<ArrayLike<number>>;
  /** default 0, 1, 2, … */
  labels?: (string | number)[];
}

/**
 * Which class is taken for which. Only mistakes are coloured: the diagonal, what was right, is
 * written in grey, or it would drown everything else.
 *
 * @example
 * confusionFigure({ title: 'Which digit is read as which', counts: confusionMatrix(labels, guesses) });
 */
export function confusionFigure(options: ConfusionFigureOptions): Figure {
  const { counts, xAxis = 'predicted class', yAxis = 'true class' } = options;
  const rows = Array.from(counts, (row) => compact(row));
  const labels = options.labels ?? rows.map((_, index) => index);
  requireSameLength('labels', labels, 'counts', rows, 'draw a confusion matrix');
  const mistakes = rows.map((row, r) => row.map((value, c) => (r === c ? null : value)));
  const most = Math.max(1, ...mistakes.flat().map((value) => value ?? 0));
  const cells = trace({
    type: 'heatmap',
    z: mistakes,
    zmin: 0,
    zmax: most,
    xgap: 1,
    ygap: 1,
    colorscale: [
      [0, '#FCF6F0'],
      [0.5, '#F0A872'],
      [1, '#B84A00'],
    ],
    colorbar: colorBar('mistakes (examples)'),
    hovertemplate: `${axisTitle(yAxis)} %{y}<br>${axisTitle(xAxis)} %{x}<br>%{z} examples<extra></extra>`,
  });
  const text = cellText(
    rows,
    (value) => (value === 0 ? '' : String(value)),
    (value, r, c) => r !== c && value > 0.55 * most,
  );
  const right = rows.map((_, index) => ({
    type: 'rect',
    x0: index - 0.48,
    x1: index + 0.48,
    y0: index - 0.48,
    y1: index + 0.48,
    fillcolor: '#EDEDED',
    line: { width: 0 },
    layer: 'below',
  }));
  return {
    data: [cells, text],
    layout: baseLayout(
      { ...options, width: options.width ?? 560, height: options.height ?? 520 },
      {
        fields: {
          xaxis: { ...layoutAxis(xAxis), ...tableAxis(rows[0].length, labels) },
          yaxis: { ...layoutAxis(yAxis), ...tableAxis(rows.length, labels, true) },
          shapes: right,
        },
      },
    ),
  };
}

/** Options of {@link similarityFigure}. */
export interface SimilarityFigureOptions extends AxesOptions {
  /** shape `[rows, columns]`, between −1 and 1 */
  similarities: ArrayLike<ArrayLike<number>>;
  rowLabels: (string | number)[];
  columnLabels: (string | number)[];
  /** default `'cosine similarity'` */
  valueName?: string;
  /** digits behind the point in each cell; default 1 */
  decimals?: number;
}

/**
 * How alike two sets of things are: blue opposite, white unrelated, vermillion alike.
 *
 * @example
 * similarityFigure({ title: 'Digits and their names', xAxis: 'name', yAxis: 'digit', similarities, rowLabels: digits, columnLabels: names });
 */
export function similarityFigure(options: SimilarityFigureOptions): Figure {
  const { similarities, valueName = 'cosine similarity', decimals = 1 } = options;
  return heatmapFigure({
    ...options,
    values: similarities,
    valueName,
    decimals,
    scale: 'diverging',
    range: [-1, 1],
    width: options.width ?? 600,
    height: options.height ?? 520,
  });
}

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
 * barFigure({ title: 'Test accuracy', xAxis: 'optimiser', yAxis: { title: 'accuracy', unit: '%' }, categories: ['SGD', 'Adam'], series: [{ name: 'mean of 5 seeds', values: [95.3, 97.8], errors: [0.2, 0.1] }] });
 */
export function barFigure(options: BarFigureOptions): Figure {
  const { categories, series, horizontal = false, xAxis, yAxis } = options;
  const showValues = options.showValues ?? categories.length * series.length <= 24;
  const names = categories.map((category) => escapeText(String(category)));
  const data = series.map((one, index): Plot => {
    requireSameLength(`values of '${one.name}'`, one.values, 'categories', categories, 'draw bars');
    const errors = one.errors && {
      type: 'data',
      array: compact(one.errors),
      color: '#444444',
      thickness: 1.5,
    };
    const values = compact(one.values);
    return trace({
      type: 'bar',
      name: escapeText(one.name),
      orientation: horizontal ? 'h' : 'v',
      x: horizontal ? values : names,
      y: horizontal ? names : values,
      ...(errors ? { [horizontal ? 'error_x' : 'error_y']: errors } : {}),
      marker: { color: seriesColor(one, index) },
      ...(showValues
        ? {
            text: Array.from(one.values, (value) => formatNumber(value, 4)),
            // Above a bar the number would stand on its error bar: it goes to the foot, inside.
            textposition: errors ? 'inside' : 'outside',
            insidetextanchor: 'start',
            textangle: 0,
            constraintext: 'none',
            cliponaxis: false,
            textfont: { size: 12 },
          }
        : {}),
      hovertemplate: `%{${horizontal ? 'y' : 'x'}}: %{${horizontal ? 'x' : 'y'}:.5~g}<extra>${escapeTemplate(one.name)}</extra>`,
    });
  });
  const category = { type: 'category', showgrid: false, ticks: '' };
  const valueAxis = horizontal ? xAxis : yAxis;
  const end = axisOptions(valueAxis).range ? {} : headroom(series, axisOptions(valueAxis).scale);
  return {
    data,
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

/** Leaves room beyond the longest bar for the number at its end. */
function headroom(series: BarSeries[], scale?: string): Record<string, unknown> {
  if (scale === 'log') return {};
  const ends = series.flatMap((one) =>
    Array.from(
      one.values,
      (value, index) => value + Math.sign(value || 1) * (one.errors?.[index] ?? 0),
    ),
  );
  const highest = Math.max(0, ...ends);
  const lowest = Math.min(0, ...ends);
  const room = 0.12 * (highest - lowest || 1);
  return {
    range: [lowest < 0 ? lowest - room : 0, highest > 0 ? highest + room : 0].map((end) =>
      round(end),
    ),
  };
}

/** Values of one kind, to be counted. */
export interface HistogramSeries {
  name: string;
  values: ArrayLike<number>;
  color?: ColorName;
}

/** Options of {@link histogramFigure}. */
export interface HistogramFigureOptions extends AxesOptions {
  series: HistogramSeries[];
  /** default 40 */
  bins?: number;
  /** the values counted; what lies outside is left out. Default: all */
  range?: [number, number];
  /** the share of the values in each bin, in percent, instead of their number */
  share?: boolean;
}

/**
 * How often values fall into equally wide bins; several series lie over each other.
 *
 * @throws RangeError if there is no finite value
 * @example
 * histogramFigure({ title: 'Weights after training', xAxis: 'weight', yAxis: 'number of weights', series: [{ name: 'L2', values: weights }] });
 */
export function histogramFigure(options: HistogramFigureOptions): Figure {
  const { series, bins = 40, share = false } = options;
  const [low, high] = options.range ?? extent(series);
  const width = (high - low) / bins || 1;
  const middles = Array.from({ length: bins }, (_, bin) => low + (bin + 0.5) * width);
  const data = series.map((one, index): Plot => {
    const counts = new Array<number>(bins).fill(0);
    let total = 0;
    for (const value of Array.from(one.values)) {
      if (!Number.isFinite(value) || value < low || value > high) continue;
      total += 1;
      counts[Math.min(bins - 1, Math.floor((value - low) / width))] += 1;
    }
    const color = seriesColor(one, index);
    const heights = share ? counts.map((count) => (100 * count) / (total || 1)) : counts;
    return trace({
      type: 'bar',
      name: escapeText(one.name),
      x: compact(middles),
      y: compact(heights),
      width: round(width),
      marker: {
        color: series.length > 1 ? translucent(color, 0.45) : color,
        line: { color: series.length > 1 ? color : '#FFFFFF', width: series.length > 1 ? 1 : 0.5 },
      },
      hovertemplate: `${axisTitle(options.xAxis)} near %{x:.3~g}: %{y:.4~g}<extra>${escapeTemplate(one.name)}</extra>`,
    });
  });
  return {
    data,
    layout: baseLayout(options, {
      legend: series.length > 1 ? series.map((one) => one.name) : [],
      fields: {
        barmode: 'overlay',
        xaxis: layoutAxis(options.xAxis),
        yaxis: layoutAxis(options.yAxis),
      },
    }),
  };
}

function extent(series: HistogramSeries[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { values } of series) {
    for (const value of Array.from(values)) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (!(low <= high)) throw new RangeError('Cannot draw a histogram: there is no finite value');
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}
