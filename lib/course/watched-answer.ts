/** The reader's function, watched while a check calls it: what it does to its arguments, what it returns. */
import { copyOf, formOf, holds, isSame } from './answer-values';

/** What was seen of an answer while the check used it. */
export interface Seen {
  /** the argument that a call changed, from 0 */
  changed?: number;
  /** whether the answer or a returned value held NaN */
  nan: boolean;
  /** whether the answer or a returned value held a number written as a text */
  text: boolean;
  /** what a call returned last */
  last?: unknown;
  /** what the reader's code threw last */
  threw?: unknown;
}

/** Ends a check at once, when its arguments are no longer what it gave. */
class Changed extends Error {}

/**
 * The same answer, watched: a function, what it returns if that is a function again, and the functions of
 * a record. Everything else is passed on as it is.
 *
 * @param answer - the reader's
 * @param seen - filled in by each call
 * @param mayChangeArguments - whether its calls may change what they are given
 * @returns the answer that the check is to use
 */
export function watchedAnswer<Answer>(answer: Answer, seen: Seen, mayChangeArguments: boolean): Answer {
  const form = formOf(answer);
  if (form === 'record') {
    const entries = Object.entries(answer as object);
    if (!entries.some(([, inner]) => formOf(inner) === 'function')) return answer;
    const watched = entries.map(([key, inner]) => [
      key,
      formOf(inner) === 'function' ? watchedAnswer(inner, seen, mayChangeArguments) : inner,
    ]);
    return Object.fromEntries(watched);
  }
  if (form !== 'function') return answer;
  return new Proxy(answer as (...inputs: unknown[]) => unknown, {
    apply(target, self, inputs: unknown[]) {
      const before = mayChangeArguments ? undefined : inputs.map((input) => copyOf(input));
      const look = (value: unknown) => {
        const changed = before?.findIndex((input, index) => !isSame(input, inputs[index])) ?? -1;
        if (changed >= 0) {
          seen.changed = changed;
          throw new Changed();
        }
        seen.nan ||= holds(value, Number.isNaN);
        seen.text ||= holds(value, isNumberInText);
        seen.last = value;
        return watchedAnswer(value, seen, mayChangeArguments);
      };
      const fail = (error: unknown) => {
        seen.threw = error;
        throw error;
      };
      let value: unknown;
      try {
        value = Reflect.apply(target, self, inputs);
      } catch (error) {
        fail(error);
      }
      return isPromise(value) ? value.then(look, fail) : look(value);
    },
  }) as Answer;
}

/** @returns whether `value` is a text such as '0.5', with which JavaScript calculates as with a number */
export function isNumberInText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value));
}

/** @returns whether `value` is a promise, of whichever realm */
export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function';
}
