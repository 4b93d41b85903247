/** What a control can be set to: ends that make a range, lists that offer a choice, each complaint with its remedy. */
import { type KnobValue, writeValue } from '../knob-values';
import { knobNamed } from '../knobs';
import type { Control, ControlOptions, ControlValue } from './control';

/** The two ends and the options of a slider, given as they are or by a knob's name. */
export function rangeOf<Options extends ControlOptions<number>>(
  kind: string,
  first: number | string,
  second: number | Options | undefined,
  third: Options | undefined,
): Range<Options> | Control<number> {
  if (typeof first !== 'string') {
    return { least: first, most: second as number, options: third ?? ({} as Options), whole: false };
  }
  const knob = knobNamed(first, `make a ${kind}`);
  const { value, limits, whole, description: tooltip } = knob;
  if (typeof value === 'number' && !knob.read) return fixedAt(value);
  if (typeof value !== 'number' || !limits) {
    const remedy = `write \`const ${first} = 0.1; // 0.01 … 1: …\`, or give the range here`;
    throw new TypeError(`Cannot make a ${kind}: the knob '${first}' is no number with a range; ${remedy}`);
  }
  // Of a value beyond its range the reader has been warned; the slider begins there all the same.
  const [least, most] = [Math.min(limits.least, value), Math.max(limits.most, value)];
  return { least, most, whole, tooltip, options: { value, ...(second as Options) } };
}

export interface Range<Options> {
  least: number;
  most: number;
  /** whether only whole numbers make sense */
  whole: boolean;
  options: Options;
  tooltip?: string;
}

/** What a knob is where nobody tells its range (a stock tslab): a value that nothing moves. */
export function fixedAt<Value extends ControlValue>(value: Value): Control<Value> {
  return { value, range: '', widget: '', state: {}, read: () => undefined, accepts: () => true };
}

export function requireRange(kind: string, least: unknown, most: unknown): void {
  for (const end of [least, most]) {
    if (typeof end !== 'number' || !Number.isFinite(end)) {
      throw new TypeError(`Cannot make a ${kind}: its ends must be finite numbers, got ${named(end)}`);
    }
  }
  if (!((least as number) < (most as number))) {
    throw new RangeError(`Cannot make a ${kind}: ${least} … ${most} is no range; give the smaller end first`);
  }
}

export function requireWithin(kind: string, value: unknown, least: number, most: number): void {
  if (typeof value !== 'number') {
    throw new TypeError(`Cannot make a ${kind}: value must be a number, got ${named(value)}`);
  }
  if (!(value >= least && value <= most)) {
    throw new RangeError(
      `Cannot make a ${kind}: value ${value} lies outside ${least} … ${most}; widen the range, or begin within it`,
    );
  }
}

export function requireList(list: readonly unknown[]): void {
  if (list.length === 0) throw new RangeError('Cannot make a list: it is empty; give at least one value');
  const odd = list.find((entry) => typeof entry !== 'string' && !Number.isFinite(entry));
  if (odd !== undefined || list.includes(undefined)) {
    throw new TypeError(`Cannot make a list: it holds texts and finite numbers, got ${named(odd)}`);
  }
  const labels = list.map(String);
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) {
    throw new RangeError(
      `Cannot make a list: '${twice}' is in it twice; each value must differ from the others`,
    );
  }
}

/** Without the noise of binary fractions: 0.18, not 0.18000000000000002. */
export const plain = (value: number): number => Number(value.toPrecision(12));

export function decimalsOf(step: number): number {
  const [, fraction = '', exponent = '0'] = /^-?\d+(?:\.(\d+))?(?:e([-+]\d+))?$/.exec(String(step)) ?? [];
  return Math.max(0, fraction.length - Number(exponent));
}

export function named(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return writeValue(value as KnobValue);
  return typeof value === 'object' && value !== null
    ? `an object with ${Object.keys(value).join(', ')}`
    : String(value);
}
