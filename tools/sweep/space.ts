/** What is searched: the values of each knob, as `--set` writes them, and the settings that a search tries. */
import { seededRandom } from '../../lib/maths';

/** A list of values; or a range to draw from, whole numbers where both ends are. */
export type Values =
  | { kind: 'list'; values: string[] }
  | { kind: 'range'; low: number; high: number; logarithmic: boolean; whole: boolean };

/** The knobs that are set, by their names, in the order of the command line. */
export type Space = Record<string, Values>;

/** One value for each knob. */
export type Setting = Record<string, string>;

/**
 * Reads `name=0.1,0.2` (a list), `name=8..64` (a range) or `name=log:0.001..0.1` (a range, in which each factor of ten is
 * as likely as another). A list of numbers as one value stands in brackets: `widths=[4,8],[8,16]`.
 *
 * @throws RangeError if there is nothing to try, or a range has no inside
 */
export function readSpace(settings: readonly string[]): Space {
  const space: Space = {};
  for (const setting of settings) {
    const [, name, text] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(setting) ?? [];
    if (name === undefined) throw refusal(setting, 'write it as name=value,value or name=low..high');
    if (Object.hasOwn(space, name)) throw refusal(setting, `${name} is set twice`);
    space[name] = readValues(setting, text.trim());
  }
  return space;
}

function readValues(setting: string, text: string): Values {
  const range = /^(log:)?([^,.]\S*?|\.\d\S*?)(?:\.\.\.?|…)(\S+)$/.exec(text);
  if (range) return readRange(setting, range[2], range[3], Boolean(range[1]));
  const values = text.split(/,(?![^[]*\])/).map((value) => value.trim());
  if (values.some((value) => value === '')) throw refusal(setting, 'a value is empty');
  const twice = values.find((value, index) => values.indexOf(value) < index);
  if (twice !== undefined) throw refusal(setting, `${twice} stands there twice`);
  return { kind: 'list', values };
}

function readRange(setting: string, first: string, last: string, logarithmic: boolean): Values {
  const [low, high] = [first, last].map(Number);
  if (!Number.isFinite(low) || !Number.isFinite(high)) throw refusal(setting, 'both ends must be numbers');
  if (!(low < high)) throw refusal(setting, `the range from ${low} to ${high} is empty`);
  if (logarithmic && low <= 0) throw refusal(setting, 'a range by factors begins above 0');
  const whole = [first, last].every((end) => /^-?\d+$/.test(end));
  return { kind: 'range', low, high, logarithmic, whole };
}

function refusal(setting: string, why: string): RangeError {
  return new RangeError(`Cannot sweep ${setting}: ${why}`);
}

/** @returns how many settings a grid has; none where there is a range */
export function gridSize(space: Space): number | undefined {
  let size = 1;
  for (const values of Object.values(space)) {
    if (values.kind === 'range') return undefined;
    size *= values.values.length;
  }
  return size;
}

/**
 * Each value of a knob with each of the others; the last knob changes first.
 *
 * @throws RangeError if a knob has a range
 */
export function gridOf(space: Space): Setting[] {
  let settings: Setting[] = [{}];
  for (const [name, values] of Object.entries(space)) {
    if (values.kind === 'range') {
      throw refusal(name, 'a grid needs a list of values; a range is for --search random, tpe or asha');
    }
    settings = settings.flatMap((setting) => values.values.map((value) => ({ ...setting, [name]: value })));
  }
  return settings;
}

/**
 * Settings drawn at random, no two of them alike. The first ones are the same however many are drawn.
 *
 * @param count - at most; where there are fewer, all
 * @param seed - decides what is drawn
 */
export function drawSettings(space: Space, count: number, seed: number): Setting[] {
  const random = seededRandom(seed, 'settings of a sweep');
  const found = new Map<string, Setting>();
  const size = gridSize(space) ?? Number.POSITIVE_INFINITY;
  // Of a small space the last ones are rarely met.
  for (let draw = 0; found.size < Math.min(count, size) && draw < 1000 * count; draw++) {
    const setting = Object.fromEntries(
      Object.entries(space).map(([name, values]) => [name, drawValue(values, random)]),
    );
    const key = JSON.stringify(setting);
    if (!found.has(key)) found.set(key, setting);
  }
  return [...found.values()];
}

function drawValue(values: Values, random: ReturnType<typeof seededRandom>): string {
  if (values.kind === 'list') return values.values[random.integer(values.values.length)];
  const { low, high, logarithmic, whole } = values;
  const place = random.uniform();
  // Whole numbers are equally likely, the ends too.
  const [first, last] = whole ? [low - 0.5, high + 0.5] : [low, high];
  const value = logarithmic ? low * (high / low) ** place : first + (last - first) * place;
  if (whole) return String(Math.min(high, Math.max(low, Math.round(value))));
  return String(Number(value.toPrecision(4)));
}

/** @returns the setting as a reader writes it */
export function writeSetting(setting: Setting): string {
  return Object.entries(setting)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
