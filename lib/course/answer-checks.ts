/** Checks of answers, ready-made: a number, a structure, a function; and the comparison behind them. */
import { say } from '../base/words';
import { copyOf, formOf, isList, type MatrixLike } from './answer-values';
import { type AnswerTolerance, type Check, Missing, Refused } from './exercises';
import { isPromise } from './watched-answer';

const usual: AnswerTolerance = { relative: 1e-6 };

/**
 * For checks of one's own: whether a value has the form of the one expected, to any depth, and its numbers
 * lie near it. NaN, a text in place of a number, another length and a missing entry are not near.
 *
 * @param value - what the reader's code gave
 * @param expected - a number, a list, a matrix or a record of them
 * @param tolerance - `{ relative: 1e-6 }` unless told
 *
 * @example
 * exercise('sgd-mean', meanOf, (answer) => near(given(answer([1, 2])), 1.5) || 'The mean of 1 and 2 is another.');
 */
export function near(value: unknown, expected: unknown, tolerance: AnswerTolerance = usual): boolean {
  try {
    return differenceOf(value, expected, tolerance, '') === undefined;
  } catch (error) {
    if (error instanceof Missing) return false;
    throw error;
  }
}

function isNear(answer: number, expected: number, tolerance: AnswerTolerance): boolean {
  if (answer === expected) return true;
  if (!Number.isFinite(expected)) return false;
  const allowed = 'absolute' in tolerance ? tolerance.absolute : tolerance.relative * Math.abs(expected);
  return Math.abs(answer - expected) <= allowed;
}

/**
 * Checks a number.
 *
 * @param expected - the right answer, best computed another way than the worked solution does
 * @param tolerance - `{ relative: 1e-6 }` unless told
 * @param mistakes - answers that readers often give, with why they are not right
 */
export function isNumber(
  expected: number,
  tolerance: AnswerTolerance = usual,
  mistakes: ReadonlyArray<readonly [answer: number, why: string]> = [],
): Check<number> {
  const check = (answer: number) => {
    if (typeof answer !== 'number')
      return say('The answer must be a number, got {got}.', { got: nameOf(answer) });
    if (isNear(answer, expected, tolerance)) return true;
    const mistake = mistakes.find(([value]) => isNear(answer, value, tolerance));
    if (mistake) return mistake[1];
    if (Number.isNaN(answer)) return say('The answer is not a number (NaN).');
    return answer > expected
      ? say('{value} is too large.', { value: answer })
      : say('{value} is too small.', { value: answer });
  };
  return Object.assign(check, { tolerance });
}

/**
 * Checks a small structure: lists, matrices and records of numbers, texts and booleans, entry by entry.
 * Names the first entry that is missing or not right.
 *
 * @param expected - the right answer; arrays may be typed arrays
 * @param tolerance - for its numbers, `{ relative: 1e-6 }` unless told
 */
export function isLike<Answer>(expected: Answer, tolerance: AnswerTolerance = usual): Check<Answer> {
  const check = (answer: Answer) => differenceOf(answer, expected, tolerance, '') ?? true;
  return Object.assign(check, { tolerance });
}

/**
 * Checks a function by its values; an asynchronous one by what its promises bring, then `await exercise(…)`.
 *
 * @param reference - a function known to be right
 * @param inputs - lists of arguments, drawn with a seed or chosen to hit the corners
 * @param tolerance - for its numbers, `{ relative: 1e-6 }` unless told
 */
export function isFunctionLike<Arguments extends unknown[], Value>(
  reference: (...inputs: Arguments) => Value,
  inputs: ReadonlyArray<Arguments>,
  tolerance: AnswerTolerance = usual,
): Check<(...inputs: Arguments) => Value> {
  const compare = (values: unknown[], expected: unknown[]) => {
    if (values.every((value) => value === undefined)) {
      throw new Missing(say('The function returns nothing yet: fill in its body in the cell above.'));
    }
    for (const [index, input] of inputs.entries()) {
      const difference = differenceOf(values[index], expected[index], tolerance, '');
      if (difference) return say('For the input {input}: {difference}', { input: short(input), difference });
    }
    return true;
  };
  const check = (answer: (...inputs: Arguments) => Value) => {
    if (typeof answer !== 'function')
      return say('The answer must be a function, got {got}.', { got: nameOf(answer) });
    const values = inputs.map((input) => valueAt(answer, input));
    const expected = inputs.map((input) => reference(...copyOf(input)));
    if (![...values, ...expected].some(isPromise)) return compare(values, expected);
    return Promise.all([Promise.all(values), Promise.all(expected)]).then(([late, right]) =>
      compare(late, right),
    );
  };
  return Object.assign(check, { tolerance });
}

/** A function under test may write into its arguments: it gets copies. */
function valueAt<Arguments extends unknown[], Value>(
  answer: (...inputs: Arguments) => Value,
  input: Arguments,
): Value {
  const refuse = (error: unknown): never => {
    const reason = error instanceof Error ? error.message : String(error);
    const values = { input: short(input), error: reason.replace(/\.?$/, '.') };
    throw new Refused(say('Your function, called with {input}, threw: {error}', values));
  };
  try {
    const value = answer(...copyOf(input));
    return isPromise(value) ? (value.then((late) => late, refuse) as Value) : value;
  } catch (error) {
    return refuse(error);
  }
}

/** @returns why `answer` is not like `expected`, in one sentence; `undefined` if it is */
function differenceOf(
  answer: unknown,
  expected: unknown,
  tolerance: AnswerTolerance,
  place: string,
): string | undefined {
  const what = place ? say('entry {place}', { place }) : say('the value');
  if (answer === undefined || answer === null) {
    if (expected === answer) return undefined;
    throw new Missing(say('Still missing: {what}.', { what: place ? what : say('a value') }));
  }
  if (formOf(answer) === 'matrix' || formOf(expected) === 'matrix') {
    return differenceOf(entriesOf(answer), entriesOf(expected), tolerance, place);
  }
  if (typeof expected === 'number') {
    if (typeof answer !== 'number')
      return sentence('{what} must be a number, got {got}.', { what, got: nameOf(answer) });
    if (isNear(answer, expected, tolerance)) return undefined;
    if (Number.isNaN(answer)) return sentence('{what} is not a number (NaN).', { what });
    return answer > expected
      ? sentence('{what}, {value}, is too large.', { what, value: answer })
      : sentence('{what}, {value}, is too small.', { what, value: answer });
  }
  if (isList(expected)) {
    if (!isList(answer))
      return sentence('{what} must be an array, got {got}.', { what, got: nameOf(answer) });
    if (answer.length !== expected.length) {
      const lengths = { expected: expected.length, got: answer.length };
      return sentence('{what} must have {expected} entries, got {got}.', { what, ...lengths });
    }
    for (let index = 0; index < expected.length; index++) {
      const inside = differenceOf(answer[index], expected[index], tolerance, `${place}[${index}]`);
      if (inside) return inside;
    }
    return undefined;
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof answer !== 'object')
      return sentence('{what} must be an object, got {got}.', { what, got: nameOf(answer) });
    for (const [key, value] of Object.entries(expected)) {
      const inner = place ? `${place}.${key}` : key;
      const inside = differenceOf((answer as never)[key], value, tolerance, inner);
      if (inside) return inside;
    }
    return undefined;
  }
  return answer === expected
    ? undefined
    : sentence('{what}, {value}, is not right.', { what, value: short(answer) });
}

const entriesOf = (value: unknown) => (formOf(value) === 'matrix' ? (value as MatrixLike).valueOf() : value);

/** A sentence that begins with what it speaks of. */
function sentence(english: string, values: Record<string, string | number>): string {
  const words = say(english, values);
  return `${words[0].toUpperCase()}${words.slice(1)}`;
}

function nameOf(value: unknown): string {
  if (typeof value === 'string') return say("the text '{value}'", { value });
  if (isList(value)) return say('an array of {length}', { length: value.length });
  if (formOf(value) === 'matrix') return say('a matrix');
  if (typeof value === 'object') return say('an object');
  return typeof value === 'function' ? say('a function') : `${value}`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value, (_, inner) => {
    if (ArrayBuffer.isView(inner)) return Array.from(inner as never);
    return inner?.mathjs ? inner.data : inner;
  });
  return text === undefined ? nameOf(value) : text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
