/** The look that all figures share: axes, title, legend, margins. */
import type { Layout } from 'nodeplotlib';
import {
  type Axis,
  type AxisOptions,
  escapeText,
  type FigureOptions,
  fontFamily,
  formatNumber,
  gridColor,
  inkColor,
} from './theme';

const titleSize = 18;
const titleLine = 23;
const legendLine = 22;

/** The long form of an axis. */
export function axisOptions(axis: Axis): AxisOptions {
  return typeof axis === 'string' ? { title: axis } : axis;
}

/** An axis's name with its unit, escaped. */
export function axisTitle(axis: Axis): string {
  const { title, unit } = axisOptions(axis);
  return escapeText(unit ? `${title} (${unit})` : title);
}

/** An axis in the house's look. */
export function layoutAxis(axis: Axis): Record<string, unknown> {
  const { scale, range, ticks } = axisOptions(axis);
  const logarithmic = scale === 'log';
  return {
    title: { text: axisTitle(axis), standoff: 8 },
    automargin: true,
    zeroline: false,
    gridcolor: gridColor,
    linecolor: inkColor,
    showline: true,
    ticks: 'outside',
    tickcolor: inkColor,
    ...(logarithmic ? { type: 'log', exponentformat: 'power' } : { exponentformat: 'power' }),
    ...(range ? { range: logarithmic ? range.map(Math.log10) : range } : {}),
    ...(ticks
      ? {
          tickmode: 'array',
          tickvals: ticks.values,
          ...(ticks.labels ? { ticktext: ticks.labels.map(escapeText) } : {}),
        }
      : {}),
  };
}

/**
 * Where the ticks go if the axis itself does not say: on a log axis at powers of ten, or at 1, 2
 * and 5 times them where it spans less than two, at evenly spaced values where none of these lie in
 * it; at whole numbers where few whole numbers are drawn.
 *
 * @param values - everything drawn over this axis; gaps are left out
 */
export function ticksFor(axis: Axis, values: ArrayLike<number>): Record<string, unknown> {
  const { scale, ticks } = axisOptions(axis);
  const logarithmic = scale === 'log';
  const finite = Array.from(values).filter((v) => Number.isFinite(v) && (!logarithmic || v > 0));
  if (ticks || finite.length === 0) return {};
  const low = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const high = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  if (!logarithmic) {
    return finite.every(Number.isInteger) && high - low <= 10 && high > low ? { dtick: 1 } : {};
  }
  const decades = Math.log10(high / low);
  if (decades >= 2) return decades <= 10 ? { dtick: 1 } : {};
  const powers = [Math.floor(Math.log10(low)) - 1, Math.ceil(Math.log10(high)) + 1];
  const at: number[] = [];
  for (let power = powers[0]; power <= powers[1]; power++) {
    for (const digit of [1, 2, 5]) at.push(Number(`${digit}e${power}`));
  }
  if (at.filter((value) => value >= low && value <= high).length < 2 && high > low) {
    const round = roundValues(low, high);
    return {
      tickmode: 'array',
      tickvals: round,
      ticktext: round.map((value) => formatNumber(value, 6)),
    };
  }
  return { tickmode: 'array', tickvals: at, ticktext: at.map((value) => formatNumber(value, 1)) };
}

/** About four values from `low` to `high`, at multiples of 1, 2 or 5 times a power of ten. */
function roundValues(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((digit) => digit * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** An axis that only places things: pictures, graphs. */
export const hiddenAxis = { visible: false, fixedrange: true } as const;

/** Breaks a title into lines that fit a figure's width. */
function wrapTitle(title: string, width: number, size = titleSize): string[] {
  const most = Math.max(12, Math.floor((width - 60) / (size * 0.53)));
  const lines: string[] = [];
  for (const paragraph of title.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line && line.length + 1 + word.length > most) {
        lines.push(line);
        line = word;
      } else {
        line = line ? `${line} ${word}` : word;
      }
    }
    lines.push(line);
  }
  return lines;
}

function legendRows(names: string[], width: number): number {
  const widest = Math.max(0, ...names.map((name) => 52 + 7.2 * name.length));
  const perRow = Math.max(1, Math.floor((width - 90) / Math.max(1, widest)));
  const total = names.reduce((sum, name) => sum + 52 + 7.2 * name.length, 0);
  return names.length === 0 ? 0 : total <= width - 90 ? 1 : Math.ceil(names.length / perRow);
}

/** What {@link baseLayout} needs beside the title and the size. */
export interface BaseLayout {
  /** the names in the legend, which stands between title and plot; none, no legend */
  legend?: string[];
  /** Plotly layout fields that a builder adds or replaces */
  fields?: Record<string, unknown>;
  /** room in pixels left of, right of and under the plot */
  margin?: { l?: number; r?: number; b?: number };
}

/**
 * The house's look: a white card with dark text, which reads the same in JupyterLab's light and
 * dark themes and equals the stored picture; the title above, the legend under it, then the plot.
 */
export function baseLayout(
  { title, width = 640, height = 400 }: FigureOptions,
  { legend = [], fields = {}, margin = {} }: BaseLayout = {},
): Layout {
  const lines = wrapTitle(title, width);
  const rows = legendRows(legend, width);
  const top = 22 + titleLine * lines.length + (rows ? rows * legendLine + 6 : 0);
  const bottom = margin.b ?? 56;
  const plotHeight = Math.max(1, height - top - bottom);
  return {
    width,
    height,
    autosize: false,
    title: {
      text: lines.map(escapeText).join('<br>'),
      font: { size: titleSize, color: inkColor },
      x: 0,
      xref: 'container',
      xanchor: 'left',
      y: 1,
      yref: 'container',
      yanchor: 'top',
      // Plotly centres several lines where one line would be: they move down by half their height.
      pad: { t: 14 + ((lines.length - 1) * titleLine) / 2, l: 16 },
    },
    font: { family: fontFamily, size: 14, color: inkColor },
    paper_bgcolor: '#FFFFFF',
    plot_bgcolor: '#FFFFFF',
    margin: { t: top, l: margin.l ?? 64, r: margin.r ?? 24, b: bottom },
    hoverlabel: { font: { family: fontFamily, size: 13 } },
    hovermode: 'closest',
    showlegend: rows > 0,
    ...(rows
      ? {
          legend: {
            orientation: 'h',
            traceorder: 'normal',
            x: 0,
            xanchor: 'left',
            y: 1 + 4 / plotHeight,
            yanchor: 'bottom',
            font: { size: 13 },
          },
        }
      : {}),
    ...fields,
  } as Layout;
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
