/** Points of several classes in a plane, each drawn as a sign of its class, and a word for each class. */
import { extent } from 'simple-statistics';
import { requireCount } from '../base/checks';
import { axes } from './axes';
import { type Point, pointsOf } from './marks';
import { plot } from './plot';
import { escapeText, hover, lettersOf } from './text';
import { type AxesOptions, type Fields, type Figure, palette } from './theme';

/** The points of one class. */
export interface MapClass {
  /** its word */
  name: string;
  /** what each of its points is drawn as: one or two letters */
  sign: string;
  /** shape `[n, 2]` */
  points: ArrayLike<number>[];
  /** where its word lies, shape `[2]` */
  place: ArrayLike<number>;
}

/** Options of {@link mapFigure}. */
export interface MapFigureOptions extends AxesOptions {
  /** at most ten, so that each has a colour of its own */
  classes: MapClass[];
}

const { blue, vermillion, green, purple, orange, sky, black, grey } = palette;
const colors = [blue, vermillion, green, purple, orange, sky, black, grey, '#8B4A1B', '#6A3FA0'];

const wordHeight = 20;
const letterWidth = 8.5;

/**
 * A map of classes: both axes have the same scale, each point is its class's sign, each word stands at a
 * diamond, moved up or down as far as it would cover another word.
 *
 * @throws RangeError if there are no classes or more than ten
 * @example
 * mapFigure({ title: 'Two clouds', xAxis: 'x', yAxis: 'y', classes: [{ name: 'one', sign: '1', points: [[0, 0]], place: [0, 1] }] });
 */
export function mapFigure(options: MapFigureOptions): Figure {
  const { classes, width = 680, height = 600 } = options;
  requireCount('the number of classes', classes.length, 'draw a map');
  if (classes.length > colors.length) {
    throw new RangeError(
      `Cannot draw a map: there are colours for ${colors.length} classes, got ${classes.length}`,
    );
  }
  const all = classes.flatMap(({ points, place }) => [...points, place]);
  const [x, y] = [0, 1].map((side) => extent(all.map((point) => point[side])));
  // What a pixel of the plot stands for, on both axes; the margins take about 110 and 120 pixels.
  const perPixel = 1.1 * Math.max((x[1] - x[0]) / (width - 110), (y[1] - y[0]) / (height - 120), 1e-9);
  const around = ([low, high]: [number, number], pixels: number) => {
    const [middle, half] = [(low + high) / 2, (perPixel * pixels) / 2];
    return { range: [middle - half, middle + half] };
  };
  const places = classes.map(({ place }) => ({ x: place[0], y: place[1] }));
  const shifts = spread(
    places.map((place) => ({ x: place.x / perPixel, y: place.y / perPixel })),
    classes.map(({ name }) => letterWidth * (lettersOf(name) + 1)),
  );
  const fields = {
    ...axes(options, around(x, width - 110), { ...around(y, height - 120), scaleanchor: 'x' }),
    annotations: classes.map(({ name }, index) => ({
      ...places[index],
      ...{ text: `<b>${escapeText(name)}</b>`, showarrow: false, yshift: shifts[index], borderpad: 1 },
      ...{ bgcolor: 'rgba(255,255,255,0.85)', font: { color: colors[index] } },
    })),
  };
  const marks = classes.flatMap((one, index) => [signs(one, colors[index])]);
  const diamonds = {
    type: 'scatter',
    mode: 'markers',
    ...pointsOf(classes.map(({ place }) => place)),
    marker: { symbol: 'diamond', size: 9, color: classes.map((_, index) => colors[index]) },
    hoverinfo: 'skip',
  };
  return plot([...marks, diamonds], { ...options, width, height }, fields, { legend: false });
}

function signs({ name, sign, points }: MapClass, color: string): Fields {
  return {
    type: 'scatter',
    mode: 'text',
    ...pointsOf(points),
    text: points.map(() => escapeText(sign)),
    textfont: { size: 12, color },
    hovertemplate: hover('%{x:.2f}, %{y:.2f}', name),
  };
}

/** How far up each word moves, in pixels, so that none covers another. */
function spread(places: Point[], widths: number[]): number[] {
  // At first above its diamond.
  const at = places.map(({ y }) => y + wordHeight * 0.75);
  for (let round = 0; round < 100; round++) {
    for (let a = 0; a < places.length; a++) {
      for (let b = 0; b < a; b++) {
        const aside = Math.abs(places[a].x - places[b].x) >= (widths[a] + widths[b]) / 2;
        const apart = at[a] - at[b];
        const lacks = wordHeight - Math.abs(apart);
        if (aside || lacks <= 0) continue;
        const up = apart >= 0 ? lacks / 2 : -lacks / 2;
        at[a] += up;
        at[b] -= up;
      }
    }
  }
  return at.map((y, index) => y - places[index].y);
}
