/** What marks of several figures are made of: coordinates, words, rectangles, colour bars. */
import { compact, escapeText, isWide, lettersOf } from './text';
import type { Fields } from './theme';

/** A place of the plot. */
export interface Point {
  x: number;
  y: number;
}

/** Places as a mark's coordinates. */
export function coordinates(points: Point[]): Fields {
  return { x: points.map(({ x }) => x), y: points.map(({ y }) => y) };
}

/** Points of the plane, shape `[n, 2]`, as a mark's coordinates with few digits. */
export function pointsOf(points: ArrayLike<number>[], digits?: number): Fields {
  const [x, y] = [0, 1].map((side) => points.map((point) => point[side]));
  return { x: compact(x, digits), y: compact(y, digits) };
}

/** A mark of words alone, with nothing to hover over; the legend names it only if the fields say so. */
export function words(places: (Point & { text: string })[], textfont: Fields, fields: Fields = {}): Fields {
  const { name, textposition, cliponaxis, showlegend = false } = fields;
  return {
    type: 'scatter',
    mode: 'text',
    name,
    ...coordinates(places),
    text: places.map(({ text }) => escapeText(text)),
    textposition,
    textfont,
    hoverinfo: 'skip',
    cliponaxis,
    showlegend,
  };
}

/** A rectangle around a point, behind the marks. */
export function rectangle({ x, y }: Point, width: number, height: number, look: Fields): Fields {
  const corners = { x0: x - width / 2, x1: x + width / 2, y0: y - height / 2, y1: y + height / 2 };
  return { type: 'rect', ...corners, ...look, layer: 'below' };
}

/** A colour bar with its name on top. */
export function colorBar(name: string, fields: Fields = {}): Fields {
  return {
    // A short name beside the bar would touch the numbers there, and a high one above it the number at its end.
    title: {
      text: escapeText(name) + (isWide(name) ? '<br><span style="font-size:5px"> </span>' : ''),
      side: lettersOf(name) <= 10 ? 'top' : 'right',
      font: { size: 13 },
    },
    thickness: 14,
    outlinewidth: 0,
    tickfont: { size: 12 },
    exponentformat: 'power',
    ...fields,
  };
}
