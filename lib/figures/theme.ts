/** The types and colours that all figures share. */
import type { Layout, Plot } from 'nodeplotlib';

/** A picture as plain data: what Plotly draws, in JupyterLab and on the page of its own that `show` writes. */
export interface Figure {
  data: Plot[];
  layout: Layout;
  frames?: FigureFrame[];
}

/** One step of a slider or of an animation: only what differs from the frame shown first. */
export interface FigureFrame {
  name: string;
  /** the changed fields of the changed traces */
  data: Plot[];
  /** which traces of the figure these are */
  traces: number[];
  layout?: Layout;
}

/** An axis: its name alone, or its name with a unit, a scale and a range. */
export type Axis = string | AxisOptions;

/** The long form of an {@link Axis}. */
export interface AxisOptions {
  title: string;
  /** written in brackets behind the title: `'ms'`, `'%'` */
  unit?: string;
  /** `'log'` for powers of ten; default `'linear'` */
  scale?: 'linear' | 'log';
  /** smallest and largest value shown, in the axis's own values (not their logarithms) */
  range?: [number, number];
  /** where the ticks are, and what they say instead of their value */
  ticks?: { values: number[]; labels?: string[] };
}

/** What every builder takes beside its data. */
export interface FigureOptions {
  title: string;
  /** in pixels; every builder has a sensible default */
  width?: number;
  /** in pixels; every builder has a sensible default */
  height?: number;
}

/** What every builder of a figure with two named axes takes. */
export interface AxesOptions extends FigureOptions {
  xAxis: Axis;
  yAxis: Axis;
}

/** What every builder of a figure of a part of the plane takes. */
export interface PlaneOptions extends AxesOptions {
  xAxis: AxisOptions & { range: [number, number] };
  yAxis: AxisOptions & { range: [number, number] };
}

/** What every set of values has that is told from others by name and colour. */
export interface Named {
  name: string;
  /** default: the next colour of the palette */
  color?: ColorName;
}

/** Fields of Plotly, whose types in nodeplotlib are older than the plotly.js that draws. */
export type Fields = Record<string, unknown>;

/**
 * The eight colours of Okabe and Ito, which people with any kind of colour blindness tell apart.
 *
 * @see Okabe and Ito, "Color universal design" (2008), https://jfly.uni-koeln.de/color/
 */
export const palette = {
  blue: '#0072B2',
  vermillion: '#D55E00',
  green: '#009E73',
  purple: '#CC79A7',
  orange: '#E69F00',
  sky: '#56B4E9',
  black: '#000000',
  yellow: '#F0E442',
  grey: '#6B6B6B',
} as const;

/** The name of a colour of the {@link palette}. */
export type ColorName = keyof typeof palette;

/** The order in which series get their colours; yellow is left out, too faint on white. */
const order = ['blue', 'vermillion', 'green', 'purple', 'orange', 'sky', 'grey'] as const;

/** The colour of the series at `index`: its own, or the palette's next. */
export function seriesColor(index: number, own?: ColorName): string {
  return palette[own ?? order[index % order.length]];
}

/** A colour of the palette that lets what lies behind it through. */
export function translucent(color: string, opacity: number): string {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return `rgba(${red},${green},${blue},${opacity})`;
}

/** Colours for the values from the smallest to the largest, evenly spaced. */
export function evenScale(...colors: string[]): [number, string][] {
  return colors.map((color, index) => [index / (colors.length - 1), color]);
}

/** Small to large, white to dark blue. */
export const sequentialScale = evenScale('#FFFFFF', '#C6DDF0', '#7FB5DB', '#2F83BD', '#00395E');

/** Negative blue, zero white, positive vermillion. */
export const divergingScale = evenScale('#00456B', '#4C9CCB', '#FFFFFF', '#E99350', '#8F3F00');

export const inkColor = '#222222';
export const gridColor = '#E4E4E4';
export const fontFamily = 'Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif';
