/** Many small pictures in one figure: digits, weights, gradients. */
import type { Plot } from 'nodeplotlib';
import { requireSameLength } from '../base/checks';
import { baseLayout, colorBar, hiddenAxis } from './layout';
import {
  divergingScale,
  escapeTemplate,
  escapeText,
  type Figure,
  type FigureOptions,
  inkColor,
  inkScale,
  packBytes,
  packFloats,
  risingScale,
  trace,
} from './theme';

/** A picture: its rows, shape `[28, 28]`, or its values row by row, shape `[784]`. */
export type Picture = ArrayLike<number> | ArrayLike<ArrayLike<number>>;

/** What {@link digitGridFigure} and {@link imagesFigure} share. */
interface GridOptions extends FigureOptions {
  /** words under each picture; `\n` starts a new line */
  captions?: (string | number)[];
  /** pictures in a row; default as many as make a wide figure */
  columns?: number;
  /** width of a picture in the figure, in pixels; default 56, fewer pictures 84 */
  cell?: number;
}

/** Options of {@link digitGridFigure}. */
export interface DigitGridFigureOptions extends GridOptions {
  /** bytes 0 … 255, each of shape `[28, 28]` or `[784]` */
  digits: Picture[];
}

/** Options of {@link imagesFigure}. */
export interface ImagesFigureOptions extends GridOptions {
  /** numbers, each of shape `[side, side]` or `[side²]` */
  images: Picture[];
  /** what the numbers are: `'weight'` */
  valueName: string;
  /** the largest magnitude of the scale, shared by all; default the largest there is */
  largest?: number;
}

/**
 * Grey digits side by side, ink dark on a light cell.
 *
 * @throws RangeError if a picture is not square, or captions and digits differ in number
 * @example
 * digitGridFigure({ title: 'The worst mistakes', digits, captions: digits.map((_, i) => `${labels[i]} read as ${guesses[i]}`) });
 */
export function digitGridFigure(options: DigitGridFigureOptions): Figure {
  const pictures = options.digits.map((digit) => squareRows(digit));
  return pictureGrid(options, pictures, {
    z: (rows) => packBytes(Uint8Array.from(rows.flatMap((row) => Array.from(row))), rows.length),
    axis: { colorscale: inkScale, cmin: 0, cmax: 255, showscale: false },
    valueName: 'ink',
  });
}

/**
 * Numbers as pictures that share one scale: weights, gradients, saliency. Blue is negative, white 0,
 * vermillion positive; if no number is negative, the scale begins at 0.
 *
 * @throws RangeError if a picture is not square, or captions and images differ in number
 * @example
 * imagesFigure({ title: 'What each class looks for', images: weights, valueName: 'weight', captions: [0, 1, 2] });
 */
export function imagesFigure(options: ImagesFigureOptions): Figure {
  const pictures = options.images.map((image) => squareRows(image));
  const magnitude = (rows: ArrayLike<number>[]) =>
    rows.reduce((most, row) => Array.from(row).reduce((m, v) => Math.max(m, Math.abs(v)), most), 0);
  const largest =
    options.largest ?? (pictures.reduce((most, rows) => Math.max(most, magnitude(rows)), 0) || 1);
  const signed = pictures.some((rows) => rows.some((row) => Array.from(row).some((v) => v < 0)));
  return pictureGrid(options, pictures, {
    z: packFloats,
    axis: {
      colorscale: signed ? divergingScale : risingScale,
      cmin: signed ? -largest : 0,
      cmax: largest,
      colorbar: colorBar(options.valueName),
    },
    valueName: options.valueName,
  });
}

function squareRows(picture: Picture): ArrayLike<number>[] {
  if (typeof picture[0] !== 'number') return Array.from(picture as ArrayLike<ArrayLike<number>>);
  const side = Math.sqrt(picture.length);
  if (!Number.isInteger(side)) {
    throw new RangeError(`Cannot draw pictures: ${picture.length} values do not make a square`);
  }
  const values = Array.from(picture as ArrayLike<number>);
  return Array.from({ length: side }, (_, row) => values.slice(row * side, (row + 1) * side));
}

/** How one kind of pictures is coloured. */
interface GridLook {
  z: (rows: ArrayLike<number>[]) => unknown;
  axis: Record<string, unknown>;
  valueName: string;
}

/** Where the pictures stand; lengths are in pixels of a picture, unless they are the figure's. */
interface Grid {
  /** of the figure */
  width: number;
  /** how many pixels of the figure one pixel of a picture takes, in both directions */
  pixel: number;
  side: number;
  spanX: number;
  spanY: number;
  /** left and right of the pictures, in pixels of the figure */
  margin: { l: number; r: number };
  /** the upper left corner of a picture */
  place(index: number): [x: number, y: number];
}

function pictureGrid(options: GridOptions, pictures: ArrayLike<number>[][], look: GridLook): Figure {
  if (pictures.length === 0) throw new RangeError('Cannot draw pictures: there is none');
  const { captions } = options;
  if (captions) requireSameLength('captions', captions, 'pictures', pictures, 'draw pictures');
  const words = captions?.map(String);
  const grid = planGrid(options, pictures, words ?? [], look.axis.showscale !== false);
  const { width, pixel, spanX, spanY } = grid;
  const margin = { ...grid.margin, b: 12 };
  const layout = baseLayout({ ...options, width, height: 1000 }, { margin });
  const top = layout.margin?.t ?? 0;
  const right = Math.max(spanX, (width - margin.l - margin.r) / pixel);
  const nameOf = (index: number) =>
    words ? escapeTemplate(words[index].replace(/\n/g, ', ')) : `picture ${index}`;
  return {
    data: [
      ...pictures.map((rows, index) => pictureTrace(rows, grid.place(index), nameOf(index), look)),
      ...(words ? [captionTrace(words, grid)] : []),
    ],
    layout: {
      ...layout,
      height: options.height ?? Math.round(top + spanY * pixel) + margin.b,
      xaxis: { ...hiddenAxis, range: [-0.5, right - 0.5] },
      yaxis: { ...hiddenAxis, range: [spanY - 0.5, -0.5] },
      coloraxis: look.axis,
    } as Figure['layout'],
  };
}

function planGrid(
  options: GridOptions,
  pictures: ArrayLike<number>[][],
  words: string[],
  hasScale: boolean,
): Grid {
  const count = pictures.length;
  const side = pictures[0].length;
  const columns = Math.min(count, options.columns ?? (count <= 12 ? Math.min(count, 6) : 10));
  const lines = words.map((word) => word.split('\n'));
  const longest = Math.max(0, ...lines.flat().map((line) => line.length));
  const captionLines = Math.max(0, ...lines.map((one) => one.length));
  const cell = options.cell ?? Math.max(count <= 12 ? 84 : 56, 6.6 * longest);
  const pixel = cell / side;
  const stepX = side + 8 / pixel;
  const stepY = side + (8 + 16 * captionLines) / pixel;
  const spanX = columns * stepX - 8 / pixel;
  const margin = { l: 20, r: hasScale ? 96 : 20 };
  return {
    width: options.width ?? Math.max(360, Math.round(spanX * pixel) + margin.l + margin.r),
    pixel,
    side,
    spanX,
    spanY: Math.ceil(count / columns) * stepY,
    margin,
    place: (index) => [(index % columns) * stepX, Math.floor(index / columns) * stepY],
  };
}

function pictureTrace(
  rows: ArrayLike<number>[],
  [x0, y0]: [number, number],
  name: string,
  { z, valueName }: GridLook,
): Plot {
  return trace({
    type: 'heatmap',
    z: z(rows),
    x0,
    dx: 1,
    y0,
    dy: 1,
    coloraxis: 'coloraxis',
    hovertemplate: `${name}<br>${escapeTemplate(valueName)} %{z:.3~g}<extra></extra>`,
  });
}

function captionTrace(words: string[], { place, side }: Grid): Plot {
  return trace({
    type: 'scatter',
    mode: 'text',
    x: words.map((_, index) => place(index)[0] + side / 2 - 0.5),
    y: words.map((_, index) => place(index)[1] + side - 0.5),
    text: words.map(escapeText),
    textposition: 'bottom center',
    textfont: { size: 12, color: inkColor },
    hoverinfo: 'skip',
    cliponaxis: false,
    showlegend: false,
  });
}
