/** How often values occur. */
import type { Plot } from 'nodeplotlib';
import { axisTitle, baseLayout, layoutAxis } from './layout';
import { seriesColor, translucent } from './lines';
import {
  type AxesOptions,
  type ColorName,
  compact,
  escapeTemplate,
  escapeText,
  type Figure,
  round,
  trace,
} from './theme';

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
