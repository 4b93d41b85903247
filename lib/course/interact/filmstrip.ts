/** A strip of figures over the values of one control, for pages where nothing moves. */
import { withSlider } from '../../figures/frames';
import type { Figure } from '../../figures/theme';
import { writeValue } from '../knob-values';
import { after, isFigure, type Shown } from './content';
import type { Control, ControlValue } from './control';

/** The values of one control that get a figure each: `{ learningRate: [0.05, 0.1, 0.2] }`. */
export type Filmstrip = Readonly<Record<string, readonly ControlValue[]>>;

/** @throws RangeError if it is not the values of one control */
export function requireFilmstrip(filmstrip: Filmstrip, controls: Readonly<Record<string, Control>>): void {
  const names = Object.keys(filmstrip);
  if (names.length !== 1) {
    throw new RangeError(
      `Cannot make a filmstrip: it is over one control, got ${names.length}; write { name: [values] }`,
    );
  }
  const [name] = names;
  const control = controls[name];
  if (!control) {
    const known = Object.keys(controls).join(', ');
    throw new RangeError(`Cannot make a filmstrip: there is no control '${name}'; there is ${known}`);
  }
  const odd = filmstrip[name].find((value) => !control.accepts(value));
  if (odd !== undefined) {
    const value = writeValue(odd);
    throw new RangeError(`Cannot make a filmstrip: ${name} cannot be ${value}; it is ${control.range}`);
  }
  if (valuesOf(filmstrip, controls).length < 2) {
    throw new RangeError(`Cannot make a filmstrip: ${name} has one value in it; give at least two`);
  }
}

/** The strip's values and the control's own, without repetition; numbers in their order. */
function valuesOf(filmstrip: Filmstrip, controls: Readonly<Record<string, Control>>): ControlValue[] {
  const [[name, list]] = Object.entries(filmstrip);
  const values = [...new Set([...list, controls[name].value])];
  return values.every((value) => typeof value === 'number')
    ? values.sort((a, b) => Number(a) - Number(b))
    : values;
}

/**
 * The figures at the strip's values as one, with a slider that begins at the control's own value.
 *
 * @param first - what the callback returned at the controls' own values
 * @param at - what it returns with one of them changed
 * @throws TypeError if it returns anything but figures
 */
export function filmFigure(
  filmstrip: Filmstrip,
  controls: Readonly<Record<string, Control>>,
  first: Shown,
  at: (changed: Record<string, ControlValue>) => Shown | Promise<Shown>,
): Figure | Promise<Figure> {
  const [name] = Object.keys(filmstrip);
  const { value: own, label = name } = controls[name];
  const values = valuesOf(filmstrip, controls);
  const steps: { label: string; figure: Figure }[] = [];
  const add = (value: ControlValue, figure: Shown): undefined => {
    if (!isFigure(figure)) {
      throw new TypeError(
        `Cannot make a filmstrip: at ${name} = ${writeValue(value)} the callback returns no figure`,
      );
    }
    steps.push({ label: String(value), figure });
    return undefined;
  };
  const rest = values.reduce<undefined | Promise<undefined>>(
    (done, value) =>
      after(done, () => after(value === own ? first : at({ [name]: value }), (figure) => add(value, figure))),
    undefined,
  );
  return after(rest, () => withSlider(steps, { name: label, start: values.indexOf(own) }));
}
