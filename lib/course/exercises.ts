/** Exercises: the reader's answer, judged in one line. */
import { exerciseMimeType } from '../base/contract';
import { say } from '../base/words';
import { holds } from './answer-values';
import { showVerdict, type Verdict } from './display';
import { isNumberInText, isPromise, type Seen, watchedAnswer } from './watched-answer';

/** What the runner collects of an exercise. */
export interface ExerciseData {
  id: string;
  status: 'unsolved' | 'wrong' | 'solved';
  /** What is missing, or why the answer is not right yet; empty when solved. */
  message: string;
  /** The error that stopped the check, where the message does not tell it; for those who wrote the check. */
  error?: string;
}

/** `true` when the answer is right; else one sentence that says why not without giving it away, or `false`. */
export type Judgement = boolean | string;

/** How far a number may lie from the one expected: a share of it (the default, 1e-6) or a distance. */
export type AnswerTolerance = { relative: number } | { absolute: number };

/** Judges an answer; may be asynchronous, then `await exercise(…)`. */
export interface Check<Answer> {
  (answer: Answer): Judgement | Promise<Judgement>;
  /** What a ready-made check lets pass; the tests of the notebooks spoil no number by less. */
  tolerance?: AnswerTolerance;
}

/** What an exercise allows that others refuse. */
export interface ExerciseOptions {
  /** The function may change its arguments: the exercise asks for it. */
  mayChangeArguments?: boolean;
  /** NaN may be a part of what is right. */
  mayBeNaN?: boolean;
  /** Texts such as '7' may be a part of what is right. */
  mayBeText?: boolean;
}

/** Says that (a part of) the answer is still missing; caught by `judgeExercise`. */
export class Missing extends Error {}

/** Says in a sentence why the answer is not right; caught by `judgeExercise`. */
export class Refused extends Error {}

const verdicts: Record<ExerciseData['status'], Verdict> = {
  unsolved: { sign: '○', word: 'Exercise open', colour: '#3b82c4' },
  wrong: { sign: '✗', word: 'Not yet', colour: '#d55e00' },
  solved: { sign: '✓', word: 'Solved', colour: '#0a9268' },
};

/**
 * Checks the reader's answer and says in one line what is missing, why it is not right yet, or that it
 * is right. Never stops the notebook, whatever the answer is or does. Whatever the check says, an answer
 * that holds NaN or a number written as a text, a function that returns one, and a function that changes its
 * arguments are not right.
 *
 * @param id - the exercise's name; its cells are `<id>-answer`, `<id>-check` and `<id>-solution`
 * @param answer - the reader's answer; `undefined` while there is none
 * @param check - judges it: `is.number`, `is.like`, `is.functionLike` or any function that returns
 *   `true` or the reason why not
 * @param options - what this exercise allows that others refuse
 * @returns nothing, or a promise of it if the check is asynchronous
 */
export function exercise<Answer>(
  id: string,
  answer: Answer | undefined,
  check: Check<Answer>,
  options: ExerciseOptions = {},
): void | Promise<void> {
  const outcome = judgeExercise(id, answer, check, options);
  return outcome instanceof Promise ? outcome.then(showOutcome) : showOutcome(outcome);
}

/**
 * Shows an outcome as `exercise` does.
 *
 * @param outcome - the data that the runner collects, all of it
 */
export function showOutcome(outcome: ExerciseData): void {
  const { id, status, message } = outcome;
  const { sign, word, colour } = verdicts[status];
  const name = say('{name}.', { name: id });
  showVerdict({ sign, word: say(word), colour }, name, message, exerciseMimeType, outcome);
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
  options: ExerciseOptions = {},
): ExerciseData | Promise<ExerciseData> {
  if (answer === undefined || answer === null) {
    return {
      id,
      status: 'unsolved',
      message: say('No answer yet: write it into the cell above, then run that cell and this one.'),
    };
  }
  const seen: Seen = {
    nan: holds(answer, Number.isNaN),
    text: holds(answer, isNumberInText),
    last: answer,
  };
  const conclude = (verdict: Judgement) => ({ id, ...outcomeOf(verdict, seen, options) });
  const fail = (error: unknown) => ({ id, ...outcomeOfError(error, seen, typeof answer === 'function') });
  try {
    const verdict = check(watchedAnswer(answer, seen, options.mayChangeArguments ?? false));
    return isPromise(verdict) ? Promise.resolve(verdict).then(conclude).catch(fail) : conclude(verdict);
  } catch (error) {
    return fail(error);
  }
}

type Outcome = Omit<ExerciseData, 'id'>;

const isMissing = (entry: unknown) => entry === undefined;
const incomplete = (): Outcome => ({
  status: 'unsolved',
  message: say('An entry of the answer is still missing.'),
});
const wrong = (message: string): Outcome => ({ status: 'wrong', message });

function outcomeOf(verdict: Judgement, seen: Seen, { mayBeNaN, mayBeText }: ExerciseOptions): Outcome {
  if (seen.changed !== undefined) return wrong(changes(seen.changed));
  if (verdict !== true && seen.last !== undefined && holds(seen.last, isMissing)) return incomplete();
  if (verdict !== true) return wrong(String(verdict || say('The answer does not pass the check.')));
  if (seen.nan && !mayBeNaN) return wrong(say('A number of the answer is not a number (NaN).'));
  if (seen.text && !mayBeText)
    return wrong(say('A number of the answer is a text: write it without quotation marks.'));
  return { status: 'solved', message: '' };
}

function outcomeOfError(error: unknown, seen: Seen, isFunction: boolean): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  if (seen.changed !== undefined) return wrong(changes(seen.changed));
  if (error instanceof Missing) return { status: 'unsolved', message };
  if (error instanceof Refused) return wrong(message);
  if (error === seen.threw && error !== undefined)
    return wrong(say('Your function threw: {error}', { error: closed(message) }));
  if (holds(seen.last, isMissing)) return { ...incomplete(), error: message };
  // What cannot be read or called is of another type: its error would name the check's own variables.
  if ((error as Error | undefined)?.name === 'TypeError') {
    const other = isFunction
      ? say(
          'What the function returns has another form than the exercise asks for: compare it with the cell above.',
        )
      : say('The answer has another form than the exercise asks for: compare it with the cell above.');
    return {
      ...wrong(other),
      error: message,
    };
  }
  return wrong(say('The check stopped with an error: {error}', { error: closed(message) }));
}

function changes(argument: number): string {
  const place = ['first', 'second', 'third', 'fourth', 'fifth'][argument] ?? `${argument + 1}th`;
  return say('It changes its {place} argument: work on a copy.', { place: say(place) });
}

const closed = (message: string) => (/[.!?…。！？]$/.test(message) ? message : `${message}.`);

/**
 * For checks of one's own: passes on what the reader's code returned. While that is nothing, the
 * exercise counts as unsolved.
 *
 * @example
 * exercise('gd-bound', stepsEnough, (answer) => given(answer(10)) >= 24 || 'That is too few.');
 */
export function given<Value>(value: Value | undefined): Value {
  if (value === undefined || value === null) {
    throw new Missing(say('The function returns nothing yet: fill in its body in the cell above.'));
  }
  return value;
}
