/** Figures that change: with a slider, or played as an animation. */
import type { Plot } from 'nodeplotlib';
import { requireBetween, requireCount } from '../base/checks';
import { escapeText, type Figure, type FigureFrame, inkColor } from './theme';

/** One position of the slider: its label, and the whole figure there. */
export interface Step {
  label: string | number;
  figure: Figure;
}

/** Options of {@link withSlider}. */
export interface SliderOptions {
  /** what the slider changes, with its unit: `'learning rate'` */
  name: string;
  /** the position shown first, which is also the stored picture; default the first */
  start?: number;
}

/** Options of {@link withAnimation}. */
export interface AnimationOptions extends SliderOptions {
  /** milliseconds per step while playing; default 300 */
  duration?: number;
}

type Fields = Record<string, unknown>;

const now = {
  mode: 'immediate',
  frame: { duration: 0, redraw: true },
  transition: { duration: 0 },
};

/**
 * One figure with a slider under it. Every step has the same traces in the same order; axes
 * without a range of their own get one that holds all steps, so that nothing jumps.
 *
 * @param steps - at least two, each with its whole figure
 * @returns the figure of step `start`, and of the others only what differs
 * @throws RangeError if there are fewer than two steps, two labels are equal, or traces differ in number
 * @example
 * withSlider(rates.map((rate) => ({ label: rate, figure: descent(rate) })), { name: 'learning rate', start: 2 });
 */
export function withSlider(steps: Step[], { name, start = 0 }: SliderOptions): Figure {
  return framed(steps, name, start);
}

/**
 * Like {@link withSlider}, with a button that plays the steps from the first to the last.
 *
 * @param steps - at least two, each with its whole figure
 * @param options - `start` is the step shown first and stored as the picture: the one that tells
 * the story; default the last
 * @example
 * withAnimation(epochs.map((epoch) => ({ label: epoch, figure: boundary(epoch) })), { name: 'epoch' });
 */
export function withAnimation(steps: Step[], options: AnimationOptions): Figure {
  const { name, start = steps.length - 1, duration = 300 } = options;
  const figure = framed(steps, name, start);
  const slider = (figure.layout.sliders as unknown as Fields[])[0];
  const play = {
    mode: 'immediate',
    fromcurrent: false,
    frame: { duration, redraw: true },
    transition: { duration: 0 },
  };
  const order = steps.map(({ label }) => String(label));
  return {
    ...figure,
    layout: {
      ...figure.layout,
      sliders: [{ ...slider, pad: { ...(slider.pad as object), l: buttonsWidth } }],
      updatemenus: [
        {
          type: 'buttons',
          direction: 'left',
          showactive: false,
          x: 0,
          xanchor: 'left',
          y: 0,
          yanchor: 'top',
          pad: { t: (slider.pad as { t: number }).t + 12, r: 8 },
          bgcolor: '#FFFFFF',
          bordercolor: '#9A9A9A',
          font: { size: 13, color: inkColor },
          buttons: [
            { label: '▶', method: 'animate', args: [order, play] },
            { label: '❚❚', method: 'animate', args: [[null], now] },
          ],
        },
      ],
    } as Figure['layout'],
  };
}

const sliderHeight = 84;

/** What the two buttons take of the slider's place, in pixels, however wide the figure is. */
const buttonsWidth = 96;

function framed(steps: Step[], name: string, start: number): Figure {
  requireSteps(steps, start);
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
    } as Figure['layout'],
    frames: framesOf(steps, Object.keys(shared)),
  };
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

/** A frame for each step. A field in which any step differs travels with every frame: frames are applied in any order. */
function framesOf(steps: Step[], fixed: string[]): FigureFrame[] {
  const changing = steps[0].figure.data.map((_, index) =>
    changingKeys(steps.map(({ figure }) => figure.data[index])),
  );
  const traces = changing.flatMap((keys, index) => (keys.length ? [index] : []));
  const changingLayout = changingKeys(steps.map(({ figure }) => figure.layout)).filter(
    (key) => !fixed.includes(key),
  );
  return steps.map(({ label, figure }): FigureFrame => {
    const fields = pick(figure.layout as Fields, changingLayout);
    return {
      name: String(label),
      data: traces.map((index) => pick(figure.data[index] as Fields, changing[index]) as Plot),
      traces,
      ...(changingLayout.length ? { layout: fields as Figure['layout'] } : {}),
    };
  });
}

function slider(steps: Step[], name: string, start: number, bottom: number): Fields {
  return {
    active: start,
    x: 0,
    len: 1,
    y: 0,
    yanchor: 'top',
    pad: { t: bottom + 6, b: 0 },
    currentvalue: { prefix: `${escapeText(name)}: `, font: { size: 14, color: inkColor } },
    font: { size: 12 },
    bgcolor: '#E4E4E4',
    bordercolor: '#9A9A9A',
    steps: steps.map(({ label }) => ({
      label: escapeText(String(label)),
      value: String(label),
      method: 'animate',
      args: [[String(label)], now],
    })),
  };
}

function changingKeys(objects: unknown[]): string[] {
  const all = objects as Fields[];
  const keys = new Set(all.flatMap((one) => Object.keys(one)));
  return [...keys].filter((key) => {
    const first = JSON.stringify(all[0][key]);
    return all.some((one) => JSON.stringify(one[key]) !== first);
  });
}

function pick(fields: Fields, keys: string[]): Fields {
  return Object.fromEntries(keys.filter((key) => key in fields).map((key) => [key, fields[key]]));
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
    const [low, high] = [Math.min(...places), Math.max(...places)];
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
