/** Knobs: the hyperparameters of a notebook, read from the lines that declare them. */
import { shared } from '../base/contract';
import { say } from '../base/words';
import { registerKnobs } from './claimed-knobs';
import { type KnobValue, typeOf, writeValue } from './knob-values';

/** One hyperparameter that the reader may turn: a line of the cell tagged `parameters`. */
export interface Knob {
  name: string;
  value: KnobValue;
  /** The type as the line writes it out, if it does. */
  type?: string;
  /** The range as the comment writes it: `0.001 … 1`, `sgd | adam`; empty if it states none. */
  range: string;
  /** What it does, from the comment. */
  description: string;
  /** Least and most of a number, or of every number of a list. */
  limits?: { least: number; most: number };
  /** Whether only whole numbers make sense: value and both ends are some, written without a point. */
  whole: boolean;
  /** The values it may take, of a knob that lists them. */
  choices?: KnobValue[];
}

const declaration =
  /^const\s+(?<name>[A-Za-z_$][\w$]*)\s*(?::\s*(?<type>[^=]+?))?\s*=\s*(?<literal>.+?);\s*(?:\/\/\s*(?<comment>.*))?$/;
const numberPattern = String.raw`[-−]?\d[\d_]*(?:\.\d+)?(?:e[-+]?\d+)?`;
const rangePattern = new RegExp(
  `^(?<least>${numberPattern})\\s*(?:…|\\.{2,3})\\s*(?<most>${numberPattern})$`,
  'i',
);

/**
 * Reads the knobs from the source of the cell tagged `parameters`. A knob is one line,
 *
 *     const learningRate = 0.1; // 0.001 … 1: how far each step goes
 *     const optimizer: string = 'adam'; // sgd | adam: the update rule
 *
 * that is a constant with a literal (number, text, true or false, list of numbers), and in the comment
 * its range, a colon, and what it does. Other lines are left alone.
 *
 * @param source - the cell's text
 * @returns the knobs in the order of their lines
 */
export function parseKnobs(source: string): Knob[] {
  return source.split('\n').flatMap((line) => {
    const parts = declaration.exec(line.trim())?.groups;
    const value = parts && readLiteral(parts.literal);
    if (!parts || value === undefined) return [];
    return [
      {
        name: parts.name,
        value,
        type: parts.type,
        ...readComment(parts.comment ?? '', value, parts.literal),
      },
    ];
  });
}

/** @returns the value that a literal stands for; `undefined` if it is no literal that a knob may hold */
export function readLiteral(literal: string): KnobValue | undefined {
  const text = literal.trim();
  const quoted = /^(['"`])((?:(?!\1)[^\\$])*)\1$/.exec(text);
  if (quoted) return quoted[2];
  if (text === 'true' || text === 'false') return text === 'true';
  const list = /^\[(.*)\]$/.exec(text);
  if (!list) return readNumber(text);
  const entries = list[1].split(',').filter((entry) => entry.trim() !== '');
  const numbers = entries.map((entry) => readNumber(entry.trim()));
  return numbers.includes(undefined) ? undefined : (numbers as number[]);
}

function readNumber(text: string): number | undefined {
  if (!new RegExp(`^${numberPattern}$`, 'i').test(text)) return undefined;
  return Number(text.replace(/_/g, '').replace('−', '-'));
}

function readComment(
  comment: string,
  value: KnobValue,
  literal: string,
): Omit<Knob, 'name' | 'value' | 'type'> {
  const colon = comment.indexOf(':');
  const range = (colon < 0 ? comment : comment.slice(0, colon)).trim();
  const ends = rangePattern.exec(range)?.groups;
  const rest = { range, description: colon < 0 ? '' : comment.slice(colon + 1).trim() };
  if (ends && typeof value !== 'string' && typeof value !== 'boolean') {
    const limits = { least: Number(readNumber(ends.least)), most: Number(readNumber(ends.most)) };
    const numbers = [limits.least, limits.most, ...numbersOf(value)];
    const hasPoint = /[.]/.test(literal + ends.least + ends.most);
    return { ...rest, limits, whole: !hasPoint && numbers.every(Number.isInteger) };
  }
  if (range.includes('|')) {
    const choices = range.split('|').map((choice) => readLiteral(choice) ?? choice.trim());
    return { ...rest, choices, whole: false };
  }
  // No range: the whole comment describes.
  return { range: '', description: comment.trim(), whole: false };
}

/**
 * Says why a value does not fit a knob at all: another type, or none of the choices.
 *
 * @returns the rule the value breaks; `undefined` if it fits
 */
export function misfit(knob: Knob, value: KnobValue): string | undefined {
  const type = typeOf(knob.value);
  if (typeOf(value) !== type) return say(`must be a ${type}`);
  if (Array.isArray(value) && value.length !== (knob.value as number[]).length) {
    return say('must be a list of {length} numbers', { length: (knob.value as number[]).length });
  }
  if (knob.choices && !knob.choices.includes(value))
    return say('must be one of {range}', { range: knob.range });
  const numbers = numbersOf(value);
  if (!numbers.every(Number.isFinite)) return say('must be finite');
  if (knob.whole && !numbers.every(Number.isInteger)) return say('must be a whole number');
  return undefined;
}

/** @returns one sentence if a value that fits lies outside the stated range, else `undefined` */
export function rangeWarning(knob: Knob, value: KnobValue): string | undefined {
  const broken = misfit(knob, value);
  if (broken)
    return say('{name} {broken}, got {value}.', { name: knob.name, broken, value: writeValue(value) });
  const { limits } = knob;
  if (!limits) return undefined;
  if (numbersOf(value).every((entry) => entry >= limits.least && entry <= limits.most)) {
    return undefined;
  }
  return say('{name} = {value} lies outside its range {range}; go on, but expect surprises.', {
    name: knob.name,
    value: writeValue(value),
    range: knob.range,
  });
}

function numbersOf(value: KnobValue): number[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'number' ? [value] : [];
}

/** The knobs of the notebook, as `knobs()` saw them last. */
const turned = new Map<string, TurnedKnob>();

/** A knob as `knobs()` saw it. */
export interface TurnedKnob extends Knob {
  /** whether the kernel told the cell's source, and with it the comments */
  read: boolean;
}

/**
 * Warns, in one line each, of knobs outside the range that their own cell's comments state, and keeps the ranges for
 * {@link knobNamed}. The last line of the cell tagged `parameters`: `knobs({ learningRate, epochs });`. Where the
 * kernel does not tell the cell's source (a stock tslab) it is silent, and knows no ranges.
 *
 * With a second argument, `knobs({ epochs }, { epochs: 10 })`, every `claim` says that it does not apply while a knob has
 * another value than there; a later call without one, of knobs turned since, leaves what the claims speak of as it is.
 *
 * @param values - the knobs, name → value
 * @param claimedAt - the same knobs, with the values that the notebook's claims speak of
 * @throws RangeError if a knob is in one of both arguments only, or of another type in the other
 * @see kernel/README.md, `descent.cell`
 */
export function knobs(
  values: Readonly<Record<string, KnobValue>>,
  claimedAt?: Readonly<Record<string, KnobValue>>,
): void {
  registerKnobs(values, claimedAt);
  const source = shared('cell');
  const stated = parseKnobs(source ?? '');
  for (const [name, value] of Object.entries(values)) {
    const knob = stated.find((one) => one.name === name);
    turned.set(name, {
      range: '',
      description: '',
      whole: false,
      ...knob,
      name,
      value,
      read: source !== undefined,
    });
    const warning = knob && rangeWarning(knob, value);
    if (warning) console.warn(`⚠ ${warning}`);
  }
}

/**
 * A knob of the notebook, with the range that its comment states.
 *
 * @param name - as in `knobs({ name })`
 * @param action - what needs it, for the complaint
 * @throws RangeError if `knobs()` was not told of it
 */
export function knobNamed(name: string, action: string): TurnedKnob {
  const knob = turned.get(name);
  if (knob) return knob;
  const known = turned.size > 0 ? `there is ${[...turned.keys()].join(', ')}` : 'there is none yet';
  throw new RangeError(
    `Cannot ${action}: there is no knob '${name}', ${known}; run the cell that ends in knobs({ ${name} }) first`,
  );
}
