/** Lines and points, the figure that most measurements need. */
import { requireSameLength } from '../base/checks';
import { axes, axisTitle, isLogarithmic, onAxis, ticksFor } from './axes';
import { plot } from './plot';
import { compact, escapeText, hover } from './text';
import {
  type AxesOptions,
  type Fields,
  type Figure,
  type Named,
  palette,
  seriesColor,
  translucent,
} from './theme';

/** One line, or one set of points. */
export interface Series extends Named {
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
  const { series, xAxis, yAxis, marks = [] } = options;
  const xs = series.flatMap(({ x, y }) => (x ? Array.from(x) : [0, y.length - 1]));
  const ys = series.flatMap(({ y }) => Array.from(y));
  const hoverTitle = { unifiedhovertitle: { text: `${axisTitle(xAxis)} %{x}` } };
  const fields = {
    // Hovering anywhere shows the values of all series there.
    hovermode: 'x unified',
    ...axes(
      options,
      { ...ticksFor(xAxis, xs), ...hoverTitle },
      isLogarithmic(yAxis) ? ticksFor(yAxis, ys) : {},
    ),
    ...(marks.length > 0 && {
      shapes: marks.map(markLine),
      annotations: marks.map((mark) => markLabel(mark, options)),
    }),
  };
  return plot(series.flatMap(seriesMarks), options, fields, { legend: series.length > 1 });
}

const drawn = {
  line: { mode: 'lines', width: 2.5, dash: 'solid' },
  points: { mode: 'markers', width: 0, dash: 'solid' },
  both: { mode: 'lines+markers', width: 2.5, dash: 'solid' },
  theory: { mode: 'lines', width: 2, dash: 'dash' },
  reference: { mode: 'lines', width: 1.5, dash: 'dot' },
} as const;

const symbols = ['circle', 'square', 'diamond', 'triangle-up', 'cross', 'x', 'star'];

function seriesMarks(one: Series, index: number): Fields[] {
  const { name, y, style = 'line', band, labels } = one;
  const lists = { x: one.x, labels, 'band.low': band?.low, 'band.high': band?.high };
  for (const [what, list] of Object.entries(lists)) {
    if (list) requireSameLength(`${what} of '${name}'`, list, 'y', y, 'draw lines');
  }
  const color = seriesColor(index, one.color ?? (style === 'reference' ? 'grey' : undefined));
  const { mode, width, dash } = drawn[style];
  const x = one.x && compact(one.x);
  const main = {
    type: 'scatter',
    name: escapeText(name),
    mode: labels ? `${mode}+text` : mode,
    x,
    y: compact(y),
    ...(labels && {
      text: labels.map(({ text }) => escapeText(text)),
      textposition: labels.map(({ side = 'right' }) => labelPlaces[side]),
      textfont: { size: 12 },
      cliponaxis: false,
    }),
    line: mode === 'markers' ? undefined : { color, width, dash },
    marker: mode === 'lines' ? undefined : { color, size: 8, symbol: symbols[index % symbols.length] },
    hovertemplate: hover('%{y:.4~g}', name),
  };
  if (!band) return [main];
  const edge = { type: 'scatter', mode: 'lines', x, hoverinfo: 'skip', showlegend: false };
  const line = { width: 0, color };
  return [
    { ...edge, y: compact(band.low), line },
    { ...edge, y: compact(band.high), line, fill: 'tonexty', fillcolor: translucent(color, 0.18) },
    main,
  ];
}

/** Of a mark's two places the one that it has: a line at an `x` runs from the bottom to the top. */
function placeOf({ x, y }: Mark) {
  return x === undefined ? { y, xref: 'paper', yref: 'y' } : { x, xref: 'x', yref: 'paper' };
}

function markLine(mark: Mark): Fields {
  const { x, y, xref, yref } = placeOf(mark);
  return {
    type: 'line',
    xref,
    yref,
    x0: x ?? 0,
    x1: x ?? 1,
    y0: y ?? 0,
    y1: y ?? 1,
    line: { color: palette.grey, width: 1.5, dash: 'dot' },
  };
}

/** The word of a mark; annotations, unlike shapes, count a log axis in powers of ten. */
function markLabel(mark: Mark, { xAxis, yAxis }: LineFigureOptions): Fields {
  const { x, y, xref, yref } = placeOf(mark);
  return {
    text: escapeText(mark.label),
    showarrow: false,
    xref,
    yref,
    x: x === undefined ? 1 : onAxis(xAxis, x),
    y: y === undefined ? 1 : onAxis(yAxis, y),
    xanchor: y === undefined ? 'left' : 'right',
    yanchor: y === undefined ? 'top' : 'bottom',
    bgcolor: 'rgba(255,255,255,0.8)',
    font: { size: 13, color: palette.grey },
  };
}
