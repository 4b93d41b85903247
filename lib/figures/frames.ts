/** Figures that change: with a slider, or played as an animation. */
import { extent } from 'simple-statistics';
import { requireBetween, requireCount } from '../base/checks';
import { say } from '../base/words';
import { mostStills, sliderHeight } from './stills';
import { escapeText } from './text';
import { type Fields, type Figure, type FigureFrame, gridColor, inkColor } from './theme';

/** One position of the slider: its label, and the whole figure there. */
export interface Step {
  label: string | number;
  figure: Figure;
}

/** Options of {@link withSlider}. */
export interface SliderOptions {
  /** what the slider changes, with its unit: `'learning rate'` */
  name: string;
  /** the position shown first; default the first */
  start?: number;
  /** labels of the two to six steps that the stored picture shows side by side; default evenly spread ones */
  filmstrip?: (string | number)[];
}

/** Options of {@link withAnimation}. */
export interface AnimationOptions extends SliderOptions {
  /** milliseconds per step while playing; default 300 */
  duration?: number;
}

/**
 * One figure with a slider under it. Every step has the same traces in the same order; axes
 * without a range of their own get one that holds all steps, so that nothing jumps. Where nothing
 * moves, a stored picture shows some of the steps side by side.
 *
 * @param steps - at least two, each with its whole figure
 * @returns the figure of step `start`, and of the others only what differs
 * @throws RangeError if there are fewer than two steps, two labels are equal, traces differ in number, or
 * `filmstrip` names no step, one twice, fewer than two or more than six
 * @example
 * withSlider(rates.map((rate) => ({ label: rate, figure: descent(rate) })), { name: 'learning rate', start: 2 });
 */
export function withSlider(steps: Step[], { name, start = 0, filmstrip }: SliderOptions): Figure {
  requireSteps(steps, start);
  if (filmstrip) requireFilmstrip(filmstrip, steps);
  const { data, layout } = steps[start].figure;
  const shared = sharedRanges(steps);
  const bottom = layout.margin?.b ?? 56;
  return {
    data,
    layout: {
      ...layout,
      ...shared,
      height: (layout.height ?? 400) + sliderHeight,
      margin: { ...layout.margin, b: bottom + sliderHeight },
      sliders: [slider(steps, name, start, bottom)],
      ...(filmstrip && { meta: { filmstrip: filmstrip.map(String) } }),
    } as Figure['layout'],
    frames: framesOf(steps, Object.keys(shared)),
  };
}

/**
 * Like {@link withSlider}, with a button that plays the steps from the first to the last.
 *
 * @param steps - at least two, each with its whole figure
 * @param options - `start` is the step shown first: the one that tells the story; default the last
 * @example
 * withAnimation(epochs.map((epoch) => ({ label: epoch, figure: boundary(epoch) })), { name: 'epoch' });
 */
export function withAnimation(steps: Step[], options: AnimationOptions): Figure {
  const { start = steps.length - 1, duration = 300 } = options;
  const figure = withSlider(steps, { ...options, start });
  const [slider] = figure.layout.sliders as unknown as { pad: { t: number } }[];
  const order = steps.map(({ label }) => String(label));
  const buttons = {
    type: 'buttons',
    direction: 'left',
    showactive: false,
    x: 0,
    xanchor: 'left',
    y: 0,
    yanchor: 'top',
    pad: { t: slider.pad.t + 12, r: 8 },
    bgcolor: '#FFFFFF',
    bordercolor: borderColor,
    font: { size: 13, color: inkColor },
    buttons: [
      { label: '▶', method: 'animate', args: [order, playing(duration, { fromcurrent: false })] },
      { label: '❚❚', method: 'animate', args: [[null], playing(0)] },
    ],
  };
  const sliders = [{ ...slider, pad: { ...slider.pad, l: buttonsWidth } }];
  const layout = { ...figure.layout, sliders, updatemenus: [buttons] };
  return { ...figure, layout: layout as unknown as Figure['layout'] };
}

const borderColor = '#9A9A9A';

/** What the two buttons take of the slider's place, in pixels, however wide the figure is. */
const buttonsWidth = 96;

/** How frames follow each other: without a transition, each for so many milliseconds. */
function playing(duration: number, fields: Fields = {}): Fields {
  return { mode: 'immediate', ...fields, frame: { duration, redraw: true }, transition: { duration: 0 } };
}

function requireSteps(steps: Step[], start: number): void {
  requireCount('steps', steps.length, 'make a slider', 2);
  requireBetween('start', start, 0, steps.length - 1, 'make a slider');
  const labels = steps.map(({ label }) => String(label));
  if (new Set(labels).size < labels.length) {
    throw new RangeError(`Cannot make a slider: two steps have the same label among ${labels}`);
  }
  const { length } = steps[start].figure.data;
  const odd = steps.find(({ figure }) => figure.data.length !== length);
  if (odd) {
    throw new RangeError(
      `Cannot make a slider: step ${odd.label} has ${odd.figure.data.length} traces, must be ${length}`,
    );
  }
}

function requireFilmstrip(filmstrip: (string | number)[], steps: Step[]): void {
  const labels = steps.map(({ label }) => String(label));
  const unknown = filmstrip.find((label) => !labels.includes(String(label)));
  if (unknown !== undefined) {
    throw new RangeError(`Cannot make a filmstrip: no step is labelled '${unknown}' among ${labels}`);
  }
  const { size } = new Set(filmstrip.map(String));
  if (size < filmstrip.length || size < 2 || size > mostStills) {
    throw new RangeError(
      `Cannot make a filmstrip: it takes 2 to ${mostStills} different steps, got ${filmstrip}`,
    );
  }
}

/**
 * A frame for each step. A field in which any step differs travels with every frame: frames are
 * applied in any order.
 */
function framesOf(steps: Step[], fixed: string[]): FigureFrame[] {
  const figures = steps.map(({ figure }) => figure);
  const marks = figures[0].data.map((_, index) => changes(figures.map(({ data }) => data[index])));
  const traces = marks.flatMap((mark, index) => (mark.keys.length > 0 ? [index] : []));
  const layouts = changes(
    figures.map(({ layout }) => layout),
    fixed,
  );
  return steps.map(
    ({ label }, step): FigureFrame => ({
      name: String(label),
      data: traces.map((index) => marks[index].fields[step]),
      traces,
      ...(layouts.keys.length > 0 && { layout: layouts.fields[step] }),
    }),
  );
}

function slider(steps: Step[], name: string, start: number, bottom: number): Fields {
  return {
    active: start,
    x: 0,
    len: 1,
    y: 0,
    yanchor: 'top',
    pad: { t: bottom + 6, b: 0 },
    currentvalue: { prefix: `${escapeText(name)}${say(': ')}`, font: { size: 14, color: inkColor } },
    font: { size: 12 },
    bgcolor: gridColor,
    bordercolor: borderColor,
    steps: steps.map(({ label }) => ({
      label: escapeText(String(label)),
      value: String(label),
      method: 'animate',
      args: [[String(label)], playing(0)],
    })),
  };
}

/** The keys in which the objects of the steps differ, and of each object the fields under them. */
function changes(objects: object[], fixed: string[] = []) {
  const all = objects as Fields[];
  const keys = [...new Set(all.flatMap((one) => Object.keys(one)))].filter((key) => {
    const [first, ...others] = all.map((one) => JSON.stringify(one[key]));
    return !fixed.includes(key) && others.some((other) => other !== first);
  });
  const fields = all.map((one) => Object.fromEntries(keys.map((key) => [key, one[key]])));
  return { keys, fields };
}

/** For each axis that has no range: one that holds every step's lines and points. */
function sharedRanges(steps: Step[]): Fields {
  const layout = steps[0].figure.layout as unknown as Record<string, Fields>;
  const traces = steps.flatMap(({ figure }) => figure.data as unknown as Fields[]);
  const ranges: Fields = {};
  for (const key of Object.keys(layout).filter((one) => /^[xy]axis\d*$/.test(one))) {
    const axis = layout[key];
    if (axis.range || axis.type === 'category' || axis.visible === false) continue;
    const places = traces.flatMap((one) => placesOn(key, one, axis.type === 'log'));
    if (places.length === 0) continue;
    const [low, high] = extent(places);
    const room = 0.04 * (high - low || 1);
    ranges[key] = { ...axis, range: [low - room, high + room] };
  }
  return ranges;
}

/** Where a trace lies along an axis; bars begin at 0. */
function placesOn(key: string, one: Fields, logarithmic: boolean): number[] {
  const letter = key[0];
  if ((one[`${letter}axis`] ?? letter) !== key.replace('axis', '')) return [];
  if (one.type !== 'scatter' && one.type !== 'bar') return [];
  const ys = (one.y ?? []) as unknown[];
  const values = (one[letter] ?? [...ys.keys()]) as unknown[];
  const numbers = values.filter(
    (value): value is number => typeof value === 'number' && !(logarithmic && value <= 0),
  );
  const places = logarithmic ? numbers.map(Math.log10) : numbers;
  return one.type === 'bar' && letter === 'y' && values.length ? [0, ...places] : places;
}
