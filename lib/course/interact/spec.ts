/** What {@link interact} is given, and what its callback gets. */
import type { Control } from './control';
import { checkbox, choice } from './controls';
import { named } from './limits';

/** What may stand for a control in a specification. */
export type ControlLike = Control | readonly (string | number)[] | boolean;

/** @throws TypeError if nothing can be moved with it, with what to write in its place */
export function controlOf(name: string, given: ControlLike): Control {
  if (Array.isArray(given)) return choice(given) as Control;
  if (typeof given === 'boolean') return checkbox(given);
  if (typeof given === 'object' && given !== null && 'widget' in given && 'read' in given)
    return given as Control;
  const remedy =
    typeof given === 'number'
      ? `a number has no range: write \`${name}: slider(least, most, { value: ${given} })\``
      : `write slider(least, most), a list of values, true or false, or button('…')`;
  throw new TypeError(`Cannot interact: ${name} is ${named(given)}; ${remedy}`);
}

/** The controls of {@link interact} by name: made by `slider` and its like, a list to choose from, or `true` or `false`. */
export type ControlSpec = Readonly<Record<string, ControlLike>>;

/** What the callback of {@link interact} is given: a value for each control. */
export type ValuesOf<Spec extends ControlSpec> = {
  -readonly [Name in keyof Spec]: Spec[Name] extends Control<infer Value>
    ? Value
    : Spec[Name] extends readonly (infer Value)[]
      ? Value
      : boolean;
};
