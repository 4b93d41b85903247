/** Lines and points, the figure that most measurements need. */
import type { Plot } from 'nodeplotlib';
import { requireSameLength } from '../base/checks';
import { axisTitle, baseLayout, layoutAxis, ticksFor } from './layout';
import {
  type AxesOptions,
  type ColorName,
  compact,
  escapeTemplate,
  escapeText,
  type Figure,
  palette,
  seriesColors,
  trace,
} from './theme';

/** One line, or one set of points. */
export interface Series {
  name: string;
  /** shape `[n]`; left out: 0, 1, 2, … */
  x?: ArrayLike<number>;
  /** shape `[n]`; NaN makes a gap */
  y: ArrayLike<number>;
  /**
   * `'line'` (default); `'points'`; `'both'`, for few measurements; `'theory'`, dashed;
   * `'reference'`, a thin grey dotted line
   */
  style?: 'line' | 'points' | 'both' | 'theory' | 'reference';
  /** a band around the line, for the spread over seeds; both of shape `[n]` */
  band?: { low: ArrayLike<number>; high: ArrayLike<number> };
  /** a word beside each point, shape `[n]` */
  labels?: PointLabel[];
  /** default: the next colour of the palette */
  color?: ColorName;
}

/** A word beside a point. */
export interface PointLabel {
  text: string;
  /** where it stands; default right */
  side?: keyof typeof labelPlaces;
}

const labelPlaces = {
  left: 'middle left',
  right: 'middle right',
  above: 'top center',
  below: 'bottom center',
} as const;

/** Options of {@link lineFigure}. */
export interface LineFigureOptions extends AxesOptions {
  series: Series[];
  /** vertical or horizontal lines with a word beside them */
  marks?: Mark[];
}

/** A straight line across the figure at one `x` or one `y`. */
export interface Mark {
  x?: number;
  y?: number;
  label: string;
}

/**
 * Lines and points over one axis: losses, errors, rates. Measured lines are solid, theory is
 * dashed, a spread is a band.
 *
 * @returns the figure; more than one series get a legend
 * @throws RangeError if a series' arrays differ in length or are empty
 * @example
 * lineFigure({
 *   title: 'The error falls by the same factor at every step',
 *   xAxis: 'step', yAxis: { title: 'error', scale: 'log' },
 *   series: [{ name: 'measured', y: errors }, { name: 'theory', y: bound, style: 'theory' }],
 * });
 */
export function lineFigure(options: LineFigureOptions): Figure {
  const { series, marks = [] } = options;
  const logarithmicX = typeof options.xAxis === 'object' && options.xAxis.scale === 'log';
  const logarithmicY = typeof options.yAxis === 'object' && options.yAxis.scale === 'log';
  const xs = series.flatMap(({ x, y }) => (x ? Array.from(x) : [0, y.length - 1]));
  const ys = series.flatMap(({ y }) => Array.from(y));
  const names = series.length > 1 ? series.map((one) => one.name) : [];
  return {
    data: series.flatMap((one, index) => seriesTraces(one, index)),
    layout: baseLayout(options, {
      legend: names,
      fields: {
        // Hovering anywhere shows the values of all series there.
        hovermode: 'x unified',
        xaxis: {
          ...layoutAxis(options.xAxis),
          ...ticksFor(options.xAxis, xs),
          unifiedhovertitle: { text: `${axisTitle(options.xAxis)} %{x}` },
        },
        yaxis: {
          ...layoutAxis(options.yAxis),
          ...(logarithmicY ? ticksFor(options.yAxis, ys) : {}),
        },
        ...(marks.length
          ? {
              shapes: marks.map(markLine),
              annotations: marks.map((mark) => markLabel(mark, logarithmicX, logarithmicY)),
            }
          : {}),
      },
    }),
  };
}

const drawn = {
  line: { mode: 'lines', width: 2.5, dash: 'solid' },
  points: { mode: 'markers', width: 0, dash: 'solid' },
  both: { mode: 'lines+markers', width: 2.5, dash: 'solid' },
  theory: { mode: 'lines', width: 2, dash: 'dash' },
  reference: { mode: 'lines', width: 1.5, dash: 'dot' },
} as const;

const symbols = ['circle', 'square', 'diamond', 'triangle-up', 'cross', 'x', 'star'];

function seriesTraces(one: Series, index: number): Plot[] {
  const { name, x, y, style = 'line', band, labels } = one;
  if (x) requireSameLength(`x of '${name}'`, x, 'y', y, 'draw lines');
  if (labels) requireSameLength(`labels of '${name}'`, labels, 'y', y, 'draw lines');
  const color = seriesColor(one, index);
  const { mode, width, dash } = drawn[style];
  const xs = x ? { x: compact(x) } : {};
  const main = trace({
    type: 'scatter',
    name: escapeText(name),
    mode: labels ? `${mode}+text` : mode,
    ...xs,
    y: compact(y),
    ...(labels
      ? {
          text: labels.map(({ text }) => escapeText(text)),
          textposition: labels.map(({ side = 'right' }) => labelPlaces[side]),
          textfont: { size: 12 },
          cliponaxis: false,
        }
      : {}),
    ...(mode === 'markers' ? {} : { line: { color, width, dash } }),
    ...(mode === 'lines' ? {} : { marker: { color, size: 8, symbol: symbols[index % symbols.length] } }),
    hovertemplate: `%{y:.4~g}<extra>${escapeTemplate(name)}</extra>`,
  });
  if (!band) return [main];
  requireSameLength(`band.low of '${name}'`, band.low, 'y', y, 'draw lines');
  requireSameLength(`band.high of '${name}'`, band.high, 'y', y, 'draw lines');
  const edge = { type: 'scatter', mode: 'lines', ...xs, hoverinfo: 'skip', showlegend: false };
  return [
    trace({ ...edge, y: compact(band.low), line: { width: 0, color } }),
    trace({
      ...edge,
      y: compact(band.high),
      line: { width: 0, color },
      fill: 'tonexty',
      fillcolor: translucent(color, 0.18),
    }),
    main,
  ];
}

/** The colour of the series at `index`: its own, or the palette's next. */
export function seriesColor(one: { color?: ColorName; style?: string }, index: number): string {
  if (one.color) return palette[one.color];
  return one.style === 'reference' ? palette.grey : seriesColors[index % seriesColors.length];
}

/** A colour of the palette that lets what lies behind it through. */
export function translucent(color: string, opacity: number): string {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return `rgba(${red},${green},${blue},${opacity})`;
}

function markLine(mark: Mark): Record<string, unknown> {
  const vertical = mark.x !== undefined;
  return {
    type: 'line',
    xref: vertical ? 'x' : 'paper',
    yref: vertical ? 'paper' : 'y',
    x0: vertical ? mark.x : 0,
    x1: vertical ? mark.x : 1,
    y0: vertical ? 0 : mark.y,
    y1: vertical ? 1 : mark.y,
    line: { color: palette.grey, width: 1.5, dash: 'dot' },
  };
}

function markLabel(mark: Mark, logarithmicX: boolean, logarithmicY: boolean) {
  const vertical = mark.x !== undefined;
  const x = vertical ? (mark.x as number) : 1;
  const y = vertical ? 1 : (mark.y as number);
  return {
    text: escapeText(mark.label),
    showarrow: false,
    xref: vertical ? 'x' : 'paper',
    yref: vertical ? 'paper' : 'y',
    // Annotations, unlike shapes, count a log axis in powers of ten.
    x: vertical && logarithmicX ? Math.log10(x) : x,
    y: !vertical && logarithmicY ? Math.log10(y) : y,
    xanchor: vertical ? 'left' : 'right',
    yanchor: vertical ? 'top' : 'bottom',
    bgcolor: 'rgba(255,255,255,0.8)',
    font: { size: 13, color: palette.grey },
  };
}
