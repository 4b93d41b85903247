/** How often values occur. */
import { extent } from 'simple-statistics';
import { say } from '../base/words';
import { axes, axisTitle } from './axes';
import { plot } from './plot';
import { compact, escapeText, hover, round } from './text';
import { type AxesOptions, type Fields, type Figure, type Named, seriesColor, translucent } from './theme';

/** Values of one kind, to be counted. */
export interface HistogramSeries extends Named {
  values: ArrayLike<number>;
}

/** Options of {@link histogramFigure}. */
export interface HistogramFigureOptions extends AxesOptions {
  series: HistogramSeries[];
  /** default 40 */
  bins?: number;
  /** the values counted; what lies outside is left out. Default: all */
  range?: [number, number];
  /** the share of the values in each bin, in per cent, instead of their number */
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
  const [low, high] = options.range ?? wholeRange(series);
  const width = (high - low) / bins || 1;
  const several = series.length > 1;
  const here = { axis: axisTitle(options.xAxis), place: '%{x:.3~g}', value: '%{y:.4~g}' };
  const marks = series.map(({ name, values, color: own }, index): Fields => {
    const counted = Array.from(values).filter((value) => value >= low && value <= high);
    const counts = new Array<number>(bins).fill(0);
    for (const value of counted) counts[Math.min(bins - 1, Math.floor((value - low) / width))] += 1;
    const color = seriesColor(index, own);
    return {
      type: 'bar',
      name: escapeText(name),
      x: compact(counts.map((_, bin) => low + (bin + 0.5) * width)),
      y: compact(share ? counts.map((count) => (100 * count) / (counted.length || 1)) : counts),
      width: round(width),
      marker: several
        ? { color: translucent(color, 0.45), line: { color, width: 1 } }
        : { color, line: { color: '#FFFFFF', width: 0.5 } },
      hovertemplate: hover(say('{axis} near {place}: {value}', here), name),
    };
  });
  return plot(marks, options, { barmode: 'overlay', ...axes(options) }, { legend: several });
}

function wholeRange(series: HistogramSeries[]): [number, number] {
  const finite = series.flatMap(({ values }) => Array.from(values).filter(Number.isFinite));
  if (finite.length === 0) throw new RangeError('Cannot draw a histogram: there is no finite value');
  const [low, high] = extent(finite);
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}
