/** What a figure with frames shows where nothing moves: which of its frames, each as a whole figure. */
import { onOneLine } from './text';
import type { Fields, Figure, FigureFrame } from './theme';

/** The most frames that stand side by side: more would be too small to read. */
export const mostStills = 6;

/** Kinds of marks that stand on two axes. */
const onAxes = ['bar', 'box', 'contour', 'heatmap', 'histogram', 'image', 'scatter', 'violin'];

/** How much higher a figure is for the slider under it, in pixels. */
export const sliderHeight = 84;

/** One frame that stands still. */
export interface Still {
  /** what the slider says there, as Plotly draws it: `update: 60` */
  label: string;
  figure: Figure;
}

/**
 * The frames that a picture shows: those that the figure names (`filmstrip` of `withSlider`), else up to six,
 * evenly spread, with the first, the last and the one that the figure shows first among them.
 *
 * @returns none if the figure has no frames, or has marks that stand on no axes, such as pies and surfaces
 */
export function stillsOf(figure: Figure): Still[] {
  const { frames = [], data, layout } = figure;
  if (data.some(({ type = 'scatter' }) => !onAxes.includes(type))) return [];
  const { meta, sliders } = layout as unknown as {
    meta?: { filmstrip?: string[] };
    sliders?: { active?: number; currentvalue?: { prefix?: string }; steps?: { label?: string }[] }[];
  };
  const { active = 0, currentvalue, steps } = sliders?.[0] ?? {};
  const named = meta?.filmstrip?.map((name) => frames.findIndex((frame) => frame.name === name));
  return (named ?? evenly(frames.length, active)).map((index) => ({
    label: `${currentvalue?.prefix ?? ''}${steps?.[index]?.label ?? frames[index].name}`,
    figure: stillOf(figure, frames[index]),
  }));
}

/** Up to six places among `count`, evenly spread from first to last; the nearest inner one gives way to `wanted`. */
function evenly(count: number, wanted: number): number[] {
  if (count <= mostStills) return [...Array(count).keys()];
  const places = Array.from({ length: mostStills }, (_, index) =>
    Math.round((index * (count - 1)) / (mostStills - 1)),
  );
  if (places.includes(wanted)) return places;
  const nearest = places
    .slice(1, -1)
    .reduce((best, place) => (Math.abs(place - wanted) < Math.abs(best - wanted) ? place : best));
  return places.map((place) => (place === nearest ? wanted : place));
}

/** The whole figure at one of its frames, without slider and buttons and the room for them. */
function stillOf(figure: Figure, { data: changed, traces, layout }: FigureFrame): Figure {
  const places = traces ?? [...changed.keys()];
  const data = figure.data.map((mark, index) => ({ ...mark, ...changed[places.indexOf(index)] }));
  return withoutControls({ data, layout: { ...figure.layout, ...layout } });
}

/** A figure at the frame that it shows first, without slider and buttons and the room for them. */
export function withoutControls({ data, layout }: Figure): Figure {
  const { sliders, updatemenus, meta, ...rest } = layout as unknown as Fields;
  const { height = 450, margin = {} } = layout;
  const { b = 80 } = margin;
  const room = sliders && b > sliderHeight ? sliderHeight : 0;
  const size = { height: height - room, margin: { ...margin, b: b - room } };
  return { data, layout: { ...rest, ...size } as unknown as Figure['layout'] };
}

/** A figure's title on one line, as Plotly draws it. */
export function titleOf({ layout }: Figure): string {
  const { title } = layout as unknown as { title?: string | { text?: string } };
  return onOneLine((typeof title === 'string' ? title : title?.text) ?? '');
}
