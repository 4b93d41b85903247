/** What a reader can move: sliders, lists, check boxes, buttons, as plain data. */
import { requireKnownOptions } from '../../base/checks';
import { writeValue } from '../knob-values';
import { knobNamed } from '../knobs';
import type { Control, ControlOptions } from './control';
import {
  decimalsOf,
  fixedAt,
  named,
  plain,
  rangeOf,
  requireList,
  requireRange,
  requireWithin,
} from './limits';

/** Options of {@link slider}. */
export interface SliderOptions extends ControlOptions<number> {
  /** the distance of two neighbouring values; default a power of ten, about 100 to 1,000 of them in the range */
  step?: number;
}

/**
 * A slider over a range; without a `value` it stands in the middle.
 *
 * @param least - its left end
 * @param most - its right end
 * @throws RangeError if the range is none, or value and step do not fit it
 * @example
 * interact({ learningRate: slider(0.01, 0.3, { value: 0.1 }) }, ({ learningRate }) => descent(learningRate));
 */
export function slider(least: number, most: number, options?: SliderOptions): Control<number>;
/** A slider over the range that a knob's comment states, at the knob's value. @param knob - its name */
export function slider(knob: string, options?: SliderOptions): Control<number>;
export function slider(
  first: number | string,
  second?: number | SliderOptions,
  third?: SliderOptions,
): Control<number> {
  const given = rangeOf('slider', first, second, third);
  if ('widget' in given) return given;
  const { least, most, options, whole, tooltip } = given;
  requireKnownOptions(options, ['value', 'step', 'label'], 'make a slider');
  requireRange('slider', least, most);
  const fine = 10 ** Math.floor(Math.log10((most - least) / 100) + 1e-9);
  const { step = whole ? Math.max(1, fine) : fine, label } = options;
  if (!(step > 0 && step <= most - least)) {
    const remedy = `give one above 0, and at most ${plain(most - least)}, the length of the range`;
    throw new RangeError(`Cannot make a slider: step ${step} does not fit ${least} … ${most}; ${remedy}`);
  }
  const middle = least + step * Math.round((most - least) / 2 / step);
  const { value = plain(Math.min(middle, most)) } = options;
  requireWithin('slider', value, least, most);
  const nearest = plain(least + step * Math.round((value - least) / step));
  const decimals = Math.min(10, Math.max(decimalsOf(step), decimalsOf(least)));
  return {
    value,
    label,
    tooltip,
    range: `slider ${least} … ${most}`,
    widget: 'FloatSlider',
    state: { min: least, max: most, step, value, readout_format: `.${decimals}f` },
    read({ value: moved }, current) {
      if (typeof moved !== 'number') return undefined;
      // A first value between two steps: the page takes the nearest, though nobody moved.
      return current === value && plain(moved) === nearest ? undefined : plain(moved);
    },
    accepts: (value) => typeof value === 'number' && value >= least && value <= most,
  };
}

/**
 * A slider whose equal distances are equal factors, for values over several powers of ten; its values have three digits.
 *
 * @param least - its left end, above 0
 * @param most - its right end
 * @throws RangeError if the range is none, or the value does not fit it
 * @example
 * interact({ temperature: logSlider(0.01, 100, { value: 1 }) }, ({ temperature }) => softened(temperature));
 */
export function logSlider(least: number, most: number, options?: ControlOptions<number>): Control<number>;
/** A log slider over the range that a knob's comment states, at the knob's value. @param knob - its name */
export function logSlider(knob: string, options?: ControlOptions<number>): Control<number>;
export function logSlider(
  first: number | string,
  second?: number | ControlOptions<number>,
  third?: ControlOptions<number>,
): Control<number> {
  const given = rangeOf('log slider', first, second, third);
  if ('widget' in given) return given;
  const { least, most, options, whole, tooltip } = given;
  requireKnownOptions(options, ['value', 'label'], 'make a log slider');
  requireRange('log slider', least, most);
  if (least <= 0) {
    throw new RangeError(
      `Cannot make a log slider: ${least} has no logarithm; begin above 0, or use slider()`,
    );
  }
  const rounded = (value: number) => {
    const short = whole ? Math.round(value) : Number(value.toPrecision(3));
    return Math.min(most, Math.max(least, short));
  };
  const { value = rounded(Math.sqrt(least * most)), label } = options;
  requireWithin('log slider', value, least, most);
  const [min, max] = [Math.log10(least), Math.log10(most)];
  // About 400 steps, one of them at the first value: else the page would take the nearest.
  const before = Math.log10(value) - min;
  const step = before / Math.max(1, Math.round((400 * before) / (max - min))) || (max - min) / 400;
  return {
    value,
    label,
    tooltip,
    range: `log slider ${least} … ${most}`,
    widget: 'FloatLogSlider',
    state: { base: 10, min, max, step, value, readout_format: whole ? '.0f' : '.3~g' },
    read: ({ value: moved }) => (typeof moved === 'number' ? rounded(moved) : undefined),
    accepts: (value) => typeof value === 'number' && value >= least && value <= most,
  };
}

/**
 * A list to choose from. In a specification an array alone is the same, at its first entry.
 *
 * @param options - texts or numbers, no two alike
 * @throws RangeError if the list is empty or has not the value
 * @example
 * interact({ activation: choice(['relu', 'tanh'], { value: 'tanh' }) }, ({ activation }) => curve(activation));
 */
export function choice<const Value extends string | number, Chosen extends Value = Value>(
  list: readonly Value[],
  options?: ControlOptions<Chosen>,
): Control<Value>;
/** The choices that a knob's comment lists, at the knob's value. @param knob - its name */
export function choice<Value extends string | number = string>(
  knob: string,
  options?: ControlOptions<Value>,
): Control<Value>;
export function choice(
  from: readonly (string | number)[] | string,
  options: ControlOptions<string | number> = {},
): Control<string | number> {
  requireKnownOptions(options, ['value', 'label'], 'make a list');
  const knob = typeof from === 'string' ? knobNamed(from, 'make a list') : undefined;
  if (knob && !knob.read) return fixedAt(knob.value as string | number);
  const list = (knob ? knob.choices : from) as readonly (string | number)[] | undefined;
  if (!Array.isArray(list)) {
    throw new TypeError(
      `Cannot make a list: the knob '${from}' lists no choices; write them as \`a | b: …\``,
    );
  }
  requireList(list);
  const { value = (knob?.value as string | number | undefined) ?? list[0], label } = options;
  if (!list.includes(value)) {
    throw new RangeError(
      `Cannot make a list: ${writeValue(value)} is not in it; take one of ${list.map(writeValue).join(', ')}`,
    );
  }
  return {
    value,
    label,
    tooltip: knob?.description,
    range: list.join(' | '),
    widget: 'Dropdown',
    state: { _options_labels: list.map(String), index: list.indexOf(value) },
    read: ({ index }) => (typeof index === 'number' ? list[index] : undefined),
    accepts: (value) => list.includes(value as string | number),
  };
}

/** A box to tick. In a specification `true` or `false` alone is the same. @param value - whether it is ticked at first */
export function checkbox(value = false, options: { label?: string } = {}): Control<boolean> {
  requireKnownOptions(options, ['label'], 'make a check box');
  if (typeof value !== 'boolean') {
    throw new TypeError(`Cannot make a check box: it is true or false, got ${named(value)}`);
  }
  return {
    value,
    label: options.label,
    range: 'true | false',
    widget: 'Checkbox',
    state: { value, indent: true },
    read: ({ value: ticked }) => (typeof ticked === 'boolean' ? ticked : undefined),
    accepts: (value) => typeof value === 'boolean',
  };
}

/**
 * A button; its value counts how often it was pressed, a good seed for what it draws anew.
 *
 * @param label - what stands on it
 * @example
 * interact({ seed: button('Draw again') }, ({ seed }) => histogram(draws(seed)));
 */
export function button(label: string): Control<number> {
  if (typeof label !== 'string' || label.trim() === '') {
    throw new TypeError(`Cannot make a button: it needs a text, got ${named(label)}`);
  }
  return {
    value: 0,
    label,
    range: 'button',
    widget: 'Button',
    state: {},
    read: ({ event }, count) => (event === 'click' ? count + 1 : undefined),
    accepts: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0,
  };
}
