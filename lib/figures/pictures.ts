/** Many small pictures in one figure: digits, weights, gradients. */
import { chunk, extent } from 'simple-statistics';
import { requireSameLength } from '../base/checks';
import { say } from '../base/words';
import { hiddenAxes } from './axes';
import { colorBar, words } from './marks';
import { plot } from './plot';
import { escapeTemplate, hover, lettersOf } from './text';
import { divergingScale, evenScale, type Fields, type Figure, type FigureOptions, inkColor } from './theme';

/** A picture: its rows, shape `[28, 28]`, or, where it is square, its values row by row, shape `[784]`. */
export type Picture = ArrayLike<number> | ArrayLike<ArrayLike<number>>;

/** What {@link digitGridFigure} and {@link imagesFigure} share. */
interface GridOptions extends FigureOptions {
  /** words under each picture; `\n` starts a new line */
  captions?: (string | number)[];
  /** pixels of the figure between a picture and its caption, for pictures with something at the rim; 0 */
  captionGap?: number;
  /** pictures in a row; default as many as make a wide figure */
  columns?: number;
}

/** Options of {@link digitGridFigure}. */
export interface DigitGridFigureOptions extends GridOptions {
  /** bytes 0 … 255, each of shape `[28, 28]` or `[784]`; as rows also oblong, all of one shape */
  digits: Picture[];
}

/** Options of {@link imagesFigure}. */
export interface ImagesFigureOptions extends GridOptions {
  /** numbers, each of shape `[side, side]` or `[side²]` */
  images: Picture[];
  /** what the numbers are: `'weight'` */
  valueName: string;
  /** which of the images are digits, ink from 0 to 1: these are grey, and not on the scale */
  ink?: number[];
}

/**
 * Grey digits side by side, ink dark on a light cell.
 *
 * @throws RangeError if a picture without rows is not square, or captions and digits differ in number
 * @example
 * digitGridFigure({ title: 'The worst mistakes', digits, captions: digits.map((_, i) => `${labels[i]} read as ${guesses[i]}`) });
 */
export function digitGridFigure(options: DigitGridFigureOptions): Figure {
  const pictures = rowsOf(options.digits).map((rows) =>
    packed('u1', Uint8Array.from(rows.flat()), rows.length),
  );
  const coloraxis = { ...greyScale, cmin: 0, cmax: 255 };
  return pictureGrid(options, pictures, say('ink'), coloraxis);
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
  const { images, valueName, ink = [] } = options;
  const rows = rowsOf(images);
  const scaled = rows.filter((_, index) => !ink.includes(index));
  if (scaled.length === 0) throw new RangeError('Cannot draw pictures: all are ink; use digitGridFigure');
  const [low, high] = extent(scaled.flat(2));
  const signed = low < 0;
  const largest = Math.max(-low, high) || 1;
  const coloraxis = {
    // What has no sign needs the upper half of the colours alone.
    colorscale: signed ? divergingScale : evenScale(...divergingScale.slice(2).map(([, color]) => color)),
    cmin: signed ? -largest : 0,
    cmax: largest,
    colorbar: colorBar(valueName),
  };
  const pictures = rows.map((one) => packed('f4', Float32Array.from(one.flat()), one.length));
  const figure = pictureGrid(options, pictures, valueName, coloraxis);
  for (const index of ink) {
    Object.assign(figure.data[index], { coloraxis: undefined, ...greyScale, zmin: 0, zmax: 1 });
  }
  return figure;
}

/** How a digit is drawn: ink dark on a light cell. */
const greyScale = { colorscale: evenScale('#F1F1F1', '#000000'), showscale: false };

/** The rows of each picture, shape `[pictures, height, width]`. */
function rowsOf(pictures: Picture[]): number[][][] {
  if (pictures.length === 0) throw new RangeError('Cannot draw pictures: there is none');
  return pictures.map((picture) => {
    if (typeof picture[0] !== 'number') {
      return Array.from(picture as ArrayLike<ArrayLike<number>>, (row) => Array.from(row));
    }
    const side = Math.sqrt(picture.length);
    if (!Number.isInteger(side)) {
      throw new RangeError(`Cannot draw pictures: ${picture.length} values do not make a square`);
    }
    return chunk(Array.from(picture as ArrayLike<number>), side);
  });
}

/** Numbers as plotly.js reads them in binary: base64 is a quarter to a third as long as their digits. */
interface Packed {
  bdata: string;
  dtype: 'u1' | 'f4';
  shape: string;
}

function packed(dtype: Packed['dtype'], values: Uint8Array | Float32Array, rows: number): Packed {
  let binary = '';
  for (const byte of new Uint8Array(values.buffer)) binary += String.fromCharCode(byte);
  return { bdata: btoa(binary), dtype, shape: `${rows},${values.length / rows}` };
}

/** Pictures in rows from left to right, all of one size and on one scale of colours. */
function pictureGrid(options: GridOptions, pictures: Packed[], valueName: string, coloraxis: Fields): Figure {
  const captions = options.captions?.map(String);
  if (captions) requireSameLength('captions', captions, 'pictures', pictures, 'draw pictures');
  const margin = { l: 20, r: coloraxis.showscale === false ? 20 : 96, b: 12 };
  const grid = planGrid(options, pictures, captions ?? [], margin.l + margin.r);
  const nameOf = (index: number) =>
    captions
      ? escapeTemplate(
          captions[index].split('\n').reduce((one, other) => say('{one}, {other}', { one, other })),
        )
      : say('picture {index}', { index });
  const marks: Fields[] = grid.corners.map(({ x, y }, index) => ({
    type: 'heatmap',
    z: pictures[index],
    x0: x,
    dx: 1,
    y0: y,
    dy: 1,
    coloraxis: 'coloraxis',
    hovertemplate: hover(`${nameOf(index)}<br>${escapeTemplate(valueName)} %{z:.3~g}`),
  }));
  if (captions) {
    const places = grid.corners.map(({ x, y }, index) => ({
      x: x + grid.across / 2 - 0.5,
      y: y + grid.down - 0.5 + grid.gap,
      text: captions[index],
    }));
    const look = { textposition: 'bottom center', cliponaxis: false };
    marks.push(words(places, { size: 12, color: inkColor }, look));
  }
  const fields = { ...hiddenAxes([-0.5, grid.right - 0.5], [grid.bottom - 0.5, -0.5]), coloraxis };
  const frame = { margin, plotHeight: grid.plotHeight };
  return plot(marks, { ...options, width: grid.width }, fields, frame);
}

/** Where the pictures stand, in pixels of a picture; `width` and `plotHeight` in pixels of the figure. */
function planGrid(options: GridOptions, pictures: Packed[], captions: string[], sides: number) {
  const lines = captions.map((caption) => caption.split('\n'));
  const longest = Math.max(0, ...lines.flat().map(lettersOf));
  const captionLines = Math.max(0, ...lines.map((one) => one.length));
  const [down, across] = pictures[0].shape.split(',').map(Number);
  const few = pictures.length <= 12;
  const columns = Math.min(pictures.length, options.columns ?? (few ? 6 : 10));
  // How many pixels of the figure one of a picture takes.
  const scale = Math.max((few ? 84 : 56) / down, (6.6 * longest) / across);
  const stepX = across + 8 / scale;
  const gap = (options.captionGap ?? 0) / scale;
  const stepY = down + gap + (8 + 16 * captionLines) / scale;
  const span = columns * stepX - 8 / scale;
  const bottom = Math.ceil(pictures.length / columns) * stepY;
  const width = options.width ?? Math.max(360, Math.round(span * scale) + sides);
  const corners = pictures.map((_, index) => ({
    x: (index % columns) * stepX,
    y: Math.floor(index / columns) * stepY,
  }));
  const right = Math.max(span, (width - sides) / scale);
  return { down, across, gap, corners, right, bottom, width, plotHeight: bottom * scale };
}
