/**
 * From pen strokes, or from any picture of a digit, to the 28 × 28 pixels that MNIST would have made.
 *
 * MNIST's rule, measured on its own digits (all but one in some thousands follow it to the pixel):
 * the larger side of the ink is 20 pixels, and the ink is moved by whole pixels until its centre of
 * mass lies in the pixel of column 14 and row 14.
 *
 * These functions run twice: here, and in the page of the digit pad (`course/digit-pad/`), which receives
 * their source text. So they import nothing and call only each other.
 *
 * @see LeCun, Cortes, Burges, "The MNIST database of handwritten digits" (1998)
 */

/** A point of the pad: 0 … 1 from left to right and from top to bottom. */
export interface PadPoint {
  x: number;
  y: number;
}

/** What the pen drew between touching the pad and leaving it. */
export type Stroke = PadPoint[];

/** How strokes become a picture. */
export interface DrawingOptions {
  /** width of the pen in pixels of the 28 × 28 picture; MNIST's mean is 2.6 */
  penWidth?: number;
  /** whether the drawing is scaled and centred as MNIST's digits were; default true */
  centred?: boolean;
}

/**
 * The picture of a drawing that the network sees.
 *
 * A centred drawing is scaled *before* it is inked, so the pen is equally wide whether the digit was
 * drawn large or small, and a small one loses no detail. Ink is laid down four times finer than the
 * picture and averaged, which softens the edges as MNIST's are.
 *
 * @param strokes - what was drawn; never modified
 * @returns ink from 0 (none) to 1 (full), row by row, shape `[784]`; undefined while the drawing is
 *   empty or smaller than 1/14 of the pad, which is two of the 28 pixels and no digit yet
 * @throws RangeError if the pen is not thinner than a digit
 */
export function drawnDigit(
  strokes: readonly Stroke[],
  { penWidth = 2.6, centred = true }: DrawingOptions = {},
): number[] | undefined {
  if (!(penWidth > 0 && penWidth < 20)) {
    throw new RangeError(`Cannot draw a digit: penWidth must be > 0 and < 20, got ${penWidth}`);
  }
  const points = strokes.flat();
  const left = Math.min(...points.map((point) => point.x));
  const top = Math.min(...points.map((point) => point.y));
  const width = Math.max(...points.map((point) => point.x)) - left;
  const height = Math.max(...points.map((point) => point.y)) - top;
  if (!(Math.max(width, height) >= 1 / 14)) return undefined;

  const finer = 4;
  const side = 28 * finer;
  if (!centred) {
    const asDrawn = (point: PadPoint) => ({ x: point.x * side, y: point.y * side });
    const ink = inkStrokes(strokes, asDrawn, penWidth * finer, side);
    return resample(ink, side, 1 / finer, 0, 0);
  }
  const scale = ((20 - penWidth) * finer) / Math.max(width, height);
  const margin = (4 + penWidth / 2) * finer;
  const fitted = (point: PadPoint) => ({
    x: (point.x - left) * scale + margin,
    y: (point.y - top) * scale + margin,
  });
  return centreDigit(inkStrokes(strokes, fitted, penWidth * finer, side), side);
}

/**
 * Inks strokes with a round pen: a pixel at distance `d` from a stroke gets
 * `min(1, max(0, penWidth / 2 + ½ − d))`.
 *
 * @param strokes - what was drawn
 * @param place - maps a point of the pad to pixels
 * @param penWidth - in pixels
 * @param side - the picture's, in pixels
 * @returns ink from 0 to 1, shape `[side · side]`
 */
function inkStrokes(
  strokes: readonly Stroke[],
  place: (point: PadPoint) => PadPoint,
  penWidth: number,
  side: number,
): number[] {
  const ink = new Array<number>(side * side).fill(0);
  const reach = penWidth / 2 + 0.5;
  const clamp = (pixel: number) => Math.min(side, Math.max(0, Math.floor(pixel)));
  for (const stroke of strokes) {
    const placed = stroke.map(place);
    placed.forEach((to, index) => {
      const from = placed[Math.max(0, index - 1)];
      const [dx, dy] = [to.x - from.x, to.y - from.y];
      const squaredLength = dx * dx + dy * dy;
      for (
        let row = clamp(Math.min(from.y, to.y) - reach);
        row < clamp(Math.max(from.y, to.y) + reach + 1);
        row++
      ) {
        for (
          let column = clamp(Math.min(from.x, to.x) - reach);
          column < clamp(Math.max(from.x, to.x) + reach + 1);
          column++
        ) {
          const [x, y] = [column + 0.5 - from.x, row + 0.5 - from.y];
          const along = squaredLength > 0 ? (x * dx + y * dy) / squaredLength : 0;
          const nearest = Math.min(1, Math.max(0, along));
          const distance = Math.hypot(x - nearest * dx, y - nearest * dy);
          const coverage = Math.min(1, Math.max(0, reach - distance));
          ink[row * side + column] = Math.max(ink[row * side + column], coverage);
        }
      }
    });
  }
  return ink;
}

/**
 * Scales and centres a picture as MNIST's digits were: the larger side of its ink becomes 20 pixels,
 * and its centre of mass falls into the pixel of column 14 and row 14 of 28 × 28.
 *
 * A digit of MNIST comes back unchanged. Ink never leaves the picture: where the two wishes clash,
 * the digit stays inside.
 *
 * Scanned paper is never quite white: what is fainter than `paper` does not count as ink where the
 * digit's edges are sought, and stays as faint as it is. The larger side of none of MNIST's 70,000
 * digits depends on pixels fainter than the default.
 *
 * @param ink - from 0 (none) to 1 (full), row by row, shape `[side · side]`; never modified
 * @param side - of the picture, in pixels
 * @param paper - less ink than this is paper, > 0 and <= 1; default 3 %
 * @returns shape `[784]`; undefined if there is no ink
 * @throws RangeError if ink is not 0 … 1, if it does not fill the square, or if `paper` is out of range
 */
export function centreDigit(ink: ArrayLike<number>, side: number, paper = 0.03): number[] | undefined {
  requireSquare(ink, side, 'centre a digit');
  if (!(paper > 0 && paper <= 1)) {
    throw new RangeError(`Cannot centre a digit: paper must be > 0 and <= 1, got ${paper}`);
  }
  const { left, right, top, bottom } = boxOfInk(ink, side, paper);
  if (right < left) return undefined;
  let [mass, momentX, momentY] = [0, 0, 0];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const value = ink[row * side + column];
      mass += value;
      momentX += value * (column + 0.5);
      momentY += value * (row + 0.5);
    }
  }
  const scale = 20 / Math.max(right - left, bottom - top);
  const start = (moment: number, first: number, last: number) => {
    const wanted = 14 - Math.floor((moment / mass - first) * scale);
    return Math.max(0, Math.min(wanted, 28 - Math.ceil((last - first) * scale))) - first * scale;
  };
  return resample(ink, side, scale, start(momentX, left, right), start(momentY, top, bottom));
}

/** The smallest box around all pixels with at least as much ink as `paper`; right < left: none. */
function boxOfInk(ink: ArrayLike<number>, side: number, paper: number) {
  const box = { left: side, right: -1, top: side, bottom: -1 };
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const value = ink[row * side + column];
      // Not quite 0 and 1: resampled ink may be off by the rounding of its sums.
      if (!(value >= -1e-9 && value <= 1 + 1e-9)) {
        throw new RangeError(
          `Cannot centre a digit: ink must be 0 … 1 (grey values divided by 255), got ${value} in row ${row}, column ${column}`,
        );
      }
      if (value < paper) continue;
      box.left = Math.min(box.left, column);
      box.right = Math.max(box.right, column + 1);
      box.top = Math.min(box.top, row);
      box.bottom = Math.max(box.bottom, row + 1);
    }
  }
  return box;
}

/**
 * Scales and moves a picture onto 28 × 28 pixels: `target = scale · source + (left, top)`. Each
 * target pixel is the mean of enough bilinear samples that none of the source is skipped.
 *
 * @param ink - the source, row by row, shape `[side · side]`; never modified
 * @param side - of the source, in pixels
 * @param scale - target pixels for each source pixel
 * @param left - where the source's left edge falls, in target pixels
 * @param top - where the source's top edge falls, in target pixels
 * @returns shape `[784]`
 * @throws RangeError if the source is not a square of that side, or if the scale is not positive
 */
export function resample(
  ink: ArrayLike<number>,
  side: number,
  scale: number,
  left: number,
  top: number,
): number[] {
  requireSquare(ink, side, 'resample a picture');
  if (!(scale > 0)) {
    throw new RangeError(`Cannot resample a picture: scale must be > 0, got ${scale}`);
  }
  const samples = Math.ceil(1 / scale - 1e-9);
  const at = (row: number, column: number) =>
    row >= 0 && row < side && column >= 0 && column < side ? ink[row * side + column] : 0;
  const bilinear = (y: number, x: number) => {
    const [row, column] = [Math.floor(y), Math.floor(x)];
    const [down, across] = [y - row, x - column];
    const upper = at(row, column) * (1 - across) + (across && at(row, column + 1) * across);
    if (down === 0) return upper;
    const lower = at(row + 1, column) * (1 - across) + (across && at(row + 1, column + 1) * across);
    return upper * (1 - down) + lower * down;
  };
  const target: number[] = [];
  for (let pixel = 0; pixel < 784; pixel++) {
    let sum = 0;
    for (let sample = 0; sample < samples * samples; sample++) {
      const column = (pixel % 28) + ((sample % samples) + 0.5) / samples;
      const row = Math.floor(pixel / 28) + (Math.floor(sample / samples) + 0.5) / samples;
      sum += bilinear((row - top) / scale - 0.5, (column - left) / scale - 0.5);
    }
    target.push(sum / (samples * samples));
  }
  return target;
}

/** @throws RangeError unless the ink is a square of `side` by `side` pixels */
function requireSquare(ink: ArrayLike<number>, side: number, action: string): void {
  if (Number.isInteger(side) && side > 0 && ink.length === side * side) return;
  throw new RangeError(
    `Cannot ${action}: a picture of side ${side} must have ${side} · ${side} pixels, got ${ink.length}`,
  );
}

/** The functions above, for a page that receives their source text. */
export const drawingFunctions = [drawnDigit, inkStrokes, centreDigit, boxOfInk, resample, requireSquare];
