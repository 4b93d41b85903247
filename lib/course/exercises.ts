/** Exercises: the reader's answer, judged in one line. */
import { exerciseMimeType } from '../base/contract';
import { showVerdict, type Verdict } from './display';

/** What the runner collects of an exercise. */
export interface ExerciseData {
  id: string;
  status: 'unsolved' | 'wrong' | 'solved';
  /** What is missing, or why the answer is not right yet; empty when solved. */
  message: string;
}

/** `true` when the answer is right; else one sentence that says why not without giving it away, or `false`. */
export type Judgement = boolean | string;

/** Judges an answer; may be asynchronous, then `await exercise(…)`. */
export type Check<Answer> = (answer: Answer) => Judgement | Promise<Judgement>;

/** Says that (a part of) the answer is still missing; thrown and caught in this file only. */
class Missing extends Error {}

const verdicts: Record<ExerciseData['status'], Verdict> = {
  unsolved: { sign: '○', word: 'Exercise open', colour: '#3b82c4' },
  wrong: { sign: '✗', word: 'Not yet', colour: '#d55e00' },
  solved: { sign: '✓', word: 'Solved', colour: '#0a9268' },
};

/**
 * Checks the reader's answer and says in one line what is missing, why it is not right yet, or that it
 * is right. Never stops the notebook, whatever the answer is or does.
 *
 * @param id - the exercise's name; its cells are `<id>-answer`, `<id>-check` and `<id>-solution`
 * @param answer - the reader's answer; `undefined` while there is none
 * @param check - judges it: `is.number`, `is.like`, `is.functionLike` or any function that returns
 *   `true` or the reason why not
 * @returns nothing, or a promise of it if the check is asynchronous
 */
export function exercise<Answer>(
  id: string,
  answer: Answer | undefined,
  check: Check<Answer>,
): void | Promise<void> {
  const outcome = judgeExercise(id, answer, check);
  return outcome instanceof Promise ? outcome.then(showOutcome) : showOutcome(outcome);
}

function showOutcome(outcome: ExerciseData): void {
  const { id, status, message } = outcome;
  showVerdict(verdicts[status], `${id}.`, message, exerciseMimeType, outcome);
}

/**
 * Judges an answer without showing the outcome; takes what `exercise` takes.
 *
 * @returns the outcome that the runner collects, or a promise of it
 */
export function judgeExercise<Answer>(
  id: string,
  answer: Answer | undefined,
  check: Check<Answer>,
): ExerciseData | Promise<ExerciseData> {
  if (answer === undefined || answer === null) {
    return {
      id,
      status: 'unsolved',
      message: 'No answer yet: write it into the cell above, then run that cell and this one.',
    };
  }
  try {
    const verdict = check(answer);
    return verdict instanceof Promise
      ? verdict.then((late) => outcomeOf(id, late)).catch((error) => outcomeOfError(id, error))
      : outcomeOf(id, verdict);
  } catch (error) {
    return outcomeOfError(id, error);
  }
}

function outcomeOf(id: string, verdict: Judgement): ExerciseData {
  if (verdict === true) return { id, status: 'solved', message: '' };
  return { id, status: 'wrong', message: String(verdict || 'The answer does not pass the check.') };
}

function outcomeOfError(id: string, error: unknown): ExerciseData {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Missing) return { id, status: 'unsolved', message };
  return { id, status: 'wrong', message: `The check stopped with an error: ${message}` };
}

/**
 * For checks of one's own: passes on what the reader's code returned. While that is nothing, the
 * exercise counts as unsolved.
 *
 * @example
 * exercise('gd-bound', stepsEnough, (answer) => given(answer(10)) >= 24 || 'That is too few.');
 */
export function given<Value>(value: Value | undefined): Value {
  if (value === undefined || value === null) {
    throw new Missing('The function returns nothing yet: fill in its body in the cell above.');
  }
  return value;
}

/** How far a number may lie from the one expected: a share of it (the default, 1e-6) or a distance. */
export type AnswerTolerance = { relative: number } | { absolute: number };

function isNear(answer: number, expected: number, tolerance: AnswerTolerance): boolean {
  if (answer === expected) return true;
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
  tolerance: AnswerTolerance = { relative: 1e-6 },
  mistakes: ReadonlyArray<readonly [answer: number, why: string]> = [],
): Check<number> {
  return (answer) => {
    if (typeof answer !== 'number') return `The answer must be a number, got ${nameOf(answer)}.`;
    if (isNear(answer, expected, tolerance)) return true;
    const mistake = mistakes.find(([value]) => isNear(answer, value, tolerance));
    if (mistake) return mistake[1];
    if (Number.isNaN(answer)) return 'The answer is not a number (NaN).';
    return `${answer} is too ${answer > expected ? 'large' : 'small'}.`;
  };
}

/**
 * Checks a small structure: arrays and objects of numbers, texts and booleans, entry by entry. Names
 * the first entry that is missing or not right.
 *
 * @param expected - the right answer; arrays may be typed arrays
 * @param tolerance - for its numbers, `{ relative: 1e-6 }` unless told
 */
export function isLike<Answer>(
  expected: Answer,
  tolerance: AnswerTolerance = { relative: 1e-6 },
): Check<Answer> {
  return (answer) => differenceOf(answer, expected, tolerance, '') ?? true;
}

/**
 * Checks a function by its values.
 *
 * @param reference - a function known to be right
 * @param inputs - lists of arguments, drawn with a seed or chosen to hit the corners
 * @param tolerance - for its numbers, `{ relative: 1e-6 }` unless told
 */
export function isFunctionLike<Arguments extends unknown[], Value>(
  reference: (...inputs: Arguments) => Value,
  inputs: ReadonlyArray<Arguments>,
  tolerance: AnswerTolerance = { relative: 1e-6 },
): Check<(...inputs: Arguments) => Value> {
  return (answer) => {
    if (typeof answer !== 'function') return `The answer must be a function, got ${nameOf(answer)}.`;
    const values = inputs.map((input) => valueAt(answer, input));
    if (values.every((value) => value === undefined)) {
      throw new Missing('The function returns nothing yet: fill in its body in the cell above.');
    }
    for (let index = 0; index < inputs.length; index++) {
      const expected = reference(...copy(inputs[index]));
      const difference = differenceOf(values[index], expected, tolerance, '');
      if (difference) return `For the input ${short(inputs[index])}: ${difference}`;
    }
    return true;
  };
}

function valueAt<Arguments extends unknown[], Value>(
  answer: (...inputs: Arguments) => Value,
  input: Arguments,
): Value {
  try {
    return answer(...copy(input));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`your function, called with ${short(input)}, threw: ${reason}`);
  }
}

/** A function under test may write into its arguments: it gets copies. Functions cannot be cloned. */
function copy<Value>(value: Value): Value {
  try {
    return structuredClone(value);
  } catch {
    return value;
  }
}

/** @returns why `answer` is not like `expected`, in one sentence; `undefined` if it is */
function differenceOf(
  answer: unknown,
  expected: unknown,
  tolerance: AnswerTolerance,
  place: string,
): string | undefined {
  const what = place ? `entry ${place}` : 'the value';
  if (answer === undefined || answer === null) {
    if (expected === answer) return undefined;
    throw new Missing(`Still missing: ${place ? `entry ${place}` : 'a value'}.`);
  }
  if (typeof expected === 'number' && typeof answer === 'number') {
    if (isNear(answer, expected, tolerance)) return undefined;
    if (Number.isNaN(answer)) return sentence(`${what} is not a number (NaN)`);
    return sentence(`${what}, ${answer}, is too ${answer > expected ? 'large' : 'small'}`);
  }
  if (isList(expected)) {
    if (!isList(answer)) return sentence(`${what} must be an array, got ${nameOf(answer)}`);
    if (answer.length !== expected.length) {
      return sentence(`${what} must have ${expected.length} entries, got ${answer.length}`);
    }
    for (let index = 0; index < expected.length; index++) {
      const inside = differenceOf(answer[index], expected[index], tolerance, `${place}[${index}]`);
      if (inside) return inside;
    }
    return undefined;
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof answer !== 'object') return sentence(`${what} must be an object, got ${nameOf(answer)}`);
    for (const [key, value] of Object.entries(expected)) {
      const inner = place ? `${place}.${key}` : key;
      const inside = differenceOf((answer as never)[key], value, tolerance, inner);
      if (inside) return inside;
    }
    return undefined;
  }
  return answer === expected ? undefined : sentence(`${what}, ${short(answer)}, is not right`);
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

function sentence(words: string): string {
  return `${words[0].toUpperCase()}${words.slice(1)}.`;
}

function nameOf(value: unknown): string {
  if (typeof value === 'string') return `the text '${value}'`;
  if (isList(value)) return `an array of ${value.length}`;
  return typeof value === 'object' || typeof value === 'function' ? `a ${typeof value}` : `${value}`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value, (_, inner) =>
    ArrayBuffer.isView(inner) ? Array.from(inner as never) : inner,
  );
  return text === undefined ? nameOf(value) : text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
