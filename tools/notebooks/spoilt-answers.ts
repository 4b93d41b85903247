/** Spoilt answers: wrong ones made from the right one, which an exercise's check must refuse. */
import {
  type AnswerTolerance,
  type Check,
  type ExerciseData,
  type ExerciseOptions,
  formOf,
  isSame,
  judgeExercise,
  type MatrixLike,
  showOutcome,
} from '../../lib/surroundings';

/** The kinds of spoiling, as a check cell names those that it rightly accepts. */
export const spoiltKinds = ['NaN', 'off', 'rounded', 'constant', 'mutating', 'nothing', 'form'] as const;
export type SpoiltKind = (typeof spoiltKinds)[number];

/** What a check said to a spoilt answer. */
export interface SpoiltOutcome {
  kind: SpoiltKind;
  /** what was done to the answer, in words */
  how: string;
  status: ExerciseData['status'];
  message: string;
}

/** Makes a wrong value of a right one, or returns it as it is where it does not apply. */
type Spoil = (value: unknown) => unknown;

interface Way {
  kind: SpoiltKind;
  how: string;
  /** Spoils a value, or what a function returns. */
  value?: Spoil;
  /** Spoils a function: makes another one, which calls `touched` once it does something wrong. */
  function?: (right: AnyFunction, touched: () => void) => AnyFunction;
}

type AnyFunction = (...inputs: unknown[]) => unknown;

/**
 * Judges the right answer and each spoilt one, and shows the outcome of the right one with those of the
 * others in its data, as `spoilt`. Stands in the place of `exercise` in a test copy of a notebook.
 *
 * @param answer - the right answer: of a wrong one, none is made
 */
export async function tryExercise<Answer>(
  id: string,
  answer: Answer | undefined,
  check: Check<Answer>,
  options: ExerciseOptions = {},
): Promise<void> {
  const outcome = await judgeExercise(id, answer, check, options);
  const spoilt = outcome.status === 'solved' ? await spoiltOutcomes(answer as Answer, check, options) : [];
  showOutcome({ ...outcome, spoilt } as ExerciseData);
}

/**
 * Judges all that can be made wrong of a right answer.
 *
 * @returns an outcome for each spoilt answer that differed, in what it is or in what it did
 */
export async function spoiltOutcomes<Answer>(
  answer: Answer,
  check: Check<Answer>,
  options: ExerciseOptions = {},
): Promise<SpoiltOutcome[]> {
  const outcomes: SpoiltOutcome[] = [];
  for (const way of ways(check.tolerance, options)) {
    let differs = false;
    const spoilt = spoiltBy(way, answer, () => {
      differs = true;
    });
    const { status, message } = await judgeExercise('', spoilt as Answer, check, options);
    if (differs) outcomes.push({ kind: way.kind, how: way.how, status, message });
  }
  return outcomes;
}

/** All that can go wrong; a number moves by more than the tolerance that a ready-made check states. */
function ways(tolerance: AnswerTolerance | undefined, options: ExerciseOptions): Way[] {
  const { larger, smaller, oneDigit } = moves(tolerance);
  return [
    { kind: 'NaN', how: 'every number is NaN', value: (value) => change(value, isNumber, () => NaN) },
    { kind: 'NaN', how: 'the last number is NaN', value: (value) => changeLast(value, isNumber, () => NaN) },
    { kind: 'off', how: 'every number is too large', value: (value) => change(value, isNumber, larger) },
    { kind: 'off', how: 'every number is too small', value: (value) => change(value, isNumber, smaller) },
    { kind: 'off', how: 'one number is too large', value: (value) => changeLast(value, isNumber, larger) },
    { kind: 'off', how: 'one text is another', value: (value) => changeLast(value, isText, () => 'spoilt') },
    { kind: 'off', how: 'one boolean is the other', value: (value) => changeLast(value, isBoolean, not) },
    {
      kind: 'rounded',
      how: 'each number has one digit',
      value: (value) => change(value, isNumber, oneDigit),
    },
    { kind: 'constant', how: 'it always returns its first value', function: constant },
    ...(options.mayChangeArguments
      ? []
      : [{ kind: 'mutating', how: 'it changes its arguments', function: mutating } as const]),
    { kind: 'nothing', how: 'undefined', value: () => undefined },
    { kind: 'nothing', how: 'null', value: () => null },
    { kind: 'nothing', how: 'the last entry is missing', value: (value) => changeLast(value, any, missing) },
    { kind: 'nothing', how: 'it throws', function: throwing },
    { kind: 'form', how: 'each number is a text', value: (value) => change(value, isNumber, String) },
    { kind: 'form', how: 'one entry too few', value: (value) => lengthen(value, -1) },
    { kind: 'form', how: 'one entry too many', value: (value) => lengthen(value, 1) },
    { kind: 'form', how: 'each row one entry too short', value: shortRows },
  ];
}

const isNumber = (leaf: unknown) => typeof leaf === 'number';
const isText = (leaf: unknown) => typeof leaf === 'string';
const isBoolean = (leaf: unknown) => typeof leaf === 'boolean';
const any = () => true;
const not = (leaf: unknown) => !leaf;
const missing = () => undefined;

/** How numbers are moved: counts by one, others by a fifth; in any case beyond the tolerance. */
function moves(tolerance: AnswerTolerance | undefined) {
  const allowed = (right: number) => {
    if (!tolerance) return 0;
    return 'absolute' in tolerance ? tolerance.absolute : tolerance.relative * Math.abs(right);
  };
  const step = (right: number) => {
    const least = Number.isInteger(right) && Math.abs(right) < 1e6 ? 1 : Math.abs(right) / 5;
    return Math.max(least, 2 * allowed(right));
  };
  return {
    larger: (right: number) => right + step(right),
    smaller: (right: number) => right - step(right),
    oneDigit: (right: number) => {
      const rounded = Number(right.toPrecision(1));
      const far = Math.max(Math.abs(right) / 20, allowed(right));
      return Math.abs(rounded - right) > far ? rounded : right;
    },
  };
}

/** @returns the spoilt answer; functions inside records and functions that are returned are spoilt, too */
function spoiltBy(way: Way, right: unknown, touched: () => void): unknown {
  if (isPromise(right)) return right.then((late) => spoiltBy(way, late, touched));
  const form = formOf(right);
  if (form === 'function') {
    if (way.function) return way.function(right as AnyFunction, touched);
    return (...inputs: unknown[]) => spoiltBy(way, (right as AnyFunction)(...inputs), touched);
  }
  if (form === 'record' && Object.values(right as object).some((inner) => typeof inner === 'function')) {
    const entries = Object.entries(right as object);
    return Object.fromEntries(entries.map(([key, inner]) => [key, spoiltBy(way, inner, touched)]));
  }
  const spoilt = way.value ? way.value(right) : right;
  if (!isSame(spoilt, right)) touched();
  return spoilt;
}

/** Wrong by itself: where it passes, the check asks for one value only, or for the same again and again. */
function constant(right: AnyFunction, touched: () => void): AnyFunction {
  const values: unknown[] = [];
  return (...inputs) => {
    touched();
    if (values.length === 0) values.push(right(...inputs));
    return values[0];
  };
}

function mutating(right: AnyFunction, touched: () => void): AnyFunction {
  return (...inputs) => {
    const finish = (value: unknown) => {
      if (inputs.map(overwriteFirst).includes(true)) touched();
      return formOf(value) === 'function' ? mutating(value as AnyFunction, touched) : value;
    };
    const value = right(...inputs);
    return isPromise(value) ? value.then(finish) : finish(value);
  };
}

function throwing(_: AnyFunction, touched: () => void): AnyFunction {
  return () => {
    touched();
    throw new Error('this is no answer');
  };
}

/** Changes the first number found, in place. @returns whether there was one */
function overwriteFirst(value: unknown): boolean {
  const form = formOf(value);
  if (form === 'matrix') return overwriteFirst((value as MatrixLike).valueOf());
  if (form !== 'list' && form !== 'record') return false;
  const holder = value as Record<string, unknown>;
  for (const [key, inner] of Object.entries(holder)) {
    if (overwriteFirst(inner)) return true;
    if (typeof inner !== 'number') continue;
    holder[key] = inner === 1 ? 2 : 1;
    return true;
  }
  return false;
}

/** @returns a copy with the leaves that are `wanted` changed, of the same make where that can hold them */
function change(value: unknown, wanted: (leaf: unknown) => boolean, to: (leaf: never) => unknown): unknown {
  const inside = (inner: unknown) => change(inner, wanted, to);
  switch (formOf(value)) {
    case 'matrix': {
      const entries = (value as MatrixLike).valueOf();
      const changed = inside(entries);
      const fits = leavesOf(changed).every(isNumber);
      let at = 0;
      return fits ? (value as MatrixLike).map(() => leavesOf(changed)[at++]) : changed;
    }
    case 'list': {
      const changed = Array.from(value as ArrayLike<unknown>, inside);
      if (Array.isArray(value)) return changed;
      const Kind = (value as object).constructor as Float64ArrayConstructor;
      if (!changed.every(isNumber)) return changed;
      // A whole number in a typed array cannot become NaN.
      const held = Kind.from(changed as number[]);
      return changed.some(Number.isNaN) && !held.some(Number.isNaN) ? value : held;
    }
    case 'record':
      return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, inside(inner)]));
    default:
      return wanted(value) ? to(value as never) : value;
  }
}

/** Changes the last such leaf of a list of up to a hundred: of more, one may well be wrong. */
function changeLast(
  value: unknown,
  wanted: (leaf: unknown) => boolean,
  to: (leaf: never) => unknown,
): unknown {
  const count = leavesOf(value).filter(wanted).length;
  if (count > 100 && to(0 as never) !== undefined && !Number.isNaN(to(0 as never))) return value;
  let at = 0;
  return change(value, wanted, (leaf) => (++at === count ? to(leaf) : leaf));
}

function leavesOf(value: unknown): unknown[] {
  const form = formOf(value);
  if (form === 'matrix') return leavesOf((value as MatrixLike).valueOf());
  if (form === 'list') return Array.from(value as ArrayLike<unknown>).flatMap(leavesOf);
  return form === 'record' ? Object.values(value as object).flatMap(leavesOf) : [value];
}

/** @returns lists and matrices with an entry or row more or fewer; those in a record each */
function lengthen(value: unknown, by: 1 | -1): unknown {
  const form = formOf(value);
  if (form === 'matrix') {
    const [rows, ...rest] = (value as MatrixLike).size();
    return (value as MatrixLike).clone().resize([rows + by, ...rest]);
  }
  if (form === 'list') {
    const entries = Array.from(value as ArrayLike<unknown>);
    const changed = by < 0 ? entries.slice(0, -1) : [...entries, entries[entries.length - 1]];
    if (Array.isArray(value)) return changed;
    return ((value as object).constructor as Float64ArrayConstructor).from(changed as number[]);
  }
  if (form !== 'record') return value;
  return Object.fromEntries(
    Object.entries(value as object).map(([key, inner]) => [key, lengthen(inner, by)]),
  );
}

function shortRows(value: unknown): unknown {
  const form = formOf(value);
  if (form === 'matrix') {
    const [rows, columns] = (value as MatrixLike).size();
    return columns === undefined ? value : (value as MatrixLike).clone().resize([rows, columns - 1]);
  }
  if (form === 'list') return Array.from(value as ArrayLike<unknown>, (row) => lengthen(row, -1));
  if (form !== 'record') return value;
  return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, shortRows(inner)]));
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function';
}
