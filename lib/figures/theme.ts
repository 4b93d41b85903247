/** The types, colours and number formats that all figures share. */
import type { Layout, Plot } from 'nodeplotlib';

/** A picture as plain data: what Plotly draws, here in JupyterLab, there in nodeplotlib's window. */
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
export const seriesColors: readonly string[] = [
  palette.blue,
  palette.vermillion,
  palette.green,
  palette.purple,
  palette.orange,
  palette.sky,
  palette.grey,
];

/** Small to large, white to dark blue. */
export const sequentialScale: [number, string][] = [
  [0, '#FFFFFF'],
  [0.25, '#C6DDF0'],
  [0.5, '#7FB5DB'],
  [0.75, '#2F83BD'],
  [1, '#00395E'],
];

/** Negative blue, zero white, positive vermillion. */
export const divergingScale: [number, string][] = [
  [0, '#00456B'],
  [0.25, '#4C9CCB'],
  [0.5, '#FFFFFF'],
  [0.75, '#E99350'],
  [1, '#8F3F00'],
];

/** The upper half of {@link divergingScale}. */
export const risingScale: [number, string][] = [
  [0, '#FFFFFF'],
  [0.5, '#E99350'],
  [1, '#8F3F00'],
];

/** Ink on paper. */
export const inkScale: [number, string][] = [
  [0, '#F1F1F1'],
  [1, '#000000'],
];

export const inkColor = '#222222';
export const gridColor = '#E4E4E4';
export const fontFamily = 'Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif';

/**
 * Text as Plotly draws it unchanged: Plotly reads a little HTML (`<b>`, `<a href>`) in every title
 * and label, so text that comes from data must not reach it raw.
 *
 * @param text - any text; `\n` becomes a line break
 * @returns the text with `&`, `<` and `>` written as entities
 * @example
 * escapeText('p < 0.5'); // 'p &lt; 0.5'
 */
export function escapeText(text: string): string {
  return String(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\n/g, '<br>');
}

/** Escapes text for a hover template, in which `%{…}` would be a field. */
export function escapeTemplate(text: string): string {
  return escapeText(text).replace(/%\{/g, '%&#123;');
}

/**
 * A number with few digits, as a figure stores it.
 *
 * @param value - any number
 * @param digits - how many significant digits are kept
 * @returns the rounded number; `null`, a gap in a line, for NaN and the infinities
 */
export function round(value: number, digits = 5): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : null;
}

/** Rounds a list of numbers of any kind, shape `[n]`, into a plain array: see {@link round}. */
export function compact(values: ArrayLike<number>, digits = 5): (number | null)[] {
  return Array.from(values, (value) => round(value, digits));
}

/** Rounds rows of numbers, shape `[rows, columns]`, into plain arrays: see {@link round}. */
export function compactRows(rows: ArrayLike<ArrayLike<number>>, digits = 5): (number | null)[][] {
  return Array.from(rows, (row) => compact(row, digits));
}

/** A number as a reader likes it: `0.031`, `1234`, `2.1e−7`; whole numbers below a million stay whole. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  const tiny = size > 0 && (size < 1e-3 || size >= 1e6);
  const shown = Number.isInteger(value) ? value : Number(value.toPrecision(digits));
  const text = tiny ? value.toExponential(digits - 1).replace(/\.?0+e/, 'e') : String(shown);
  return text.replace('e+', 'e').replace(/-/g, '−');
}

/**
 * Bytes packed for Plotly as base64, a quarter of the length of the same numbers in JSON.
 *
 * @param bytes - shape `[rows * columns]`
 * @param rows - how many rows the picture has
 */
export function packBytes(bytes: Uint8Array, rows: number): { bdata: string; dtype: 'u1'; shape: string } {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { bdata: btoa(binary), dtype: 'u1', shape: `${rows},${bytes.length / rows}` };
}

/**
 * Rows of numbers as plotly.js reads them in binary, with the precision of float32: a third of the
 * size of the digits.
 *
 * @param rows - shape `[rows, columns]`, all of the same length
 */
export function packFloats(rows: ArrayLike<ArrayLike<number>>): {
  bdata: string;
  dtype: 'f4';
  shape: string;
} {
  const values = Float32Array.from(Array.from(rows).flatMap((row) => Array.from(row)));
  const { bdata, shape } = packBytes(new Uint8Array(values.buffer), rows.length);
  const [count, bytes] = shape.split(',').map(Number);
  return { bdata, dtype: 'f4', shape: `${count},${bytes / 4}` };
}

/** A trace: nodeplotlib's types are older than the plotly.js that draws, and know fewer fields. */
export function trace(fields: Record<string, unknown>): Plot {
  return fields as Plot;
}
