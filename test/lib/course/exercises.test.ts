import { type Matrix, matrix } from 'mathjs';
import { describe, expect, test } from 'vitest';
import { exerciseMimeType } from '../../../lib/base/contract';
import { isNumber } from '../../../lib/course/answer-checks';
import { copyOf, isSame } from '../../../lib/course/answer-values';
import { type Check, type ExerciseData, exercise, given, judgeExercise } from '../../../lib/course/exercises';
import { recordDisplay } from '../../samples/notebook-display';

/** Judges where nothing is asynchronous. */
function judge<Answer>(answer: Answer | undefined, check: Check<Answer>): ExerciseData {
  return judgeExercise('e', answer, check) as ExerciseData;
}

describe('judgeExercise()', () => {
  test.each([undefined, null])('an answer of %s is unsolved, and the check does not run', (answer) => {
    const outcome = judge(answer as undefined, () => {
      throw new Error('must not run');
    });
    expect(outcome.status).toBe('unsolved');
    expect(outcome.message).toContain('cell above');
  });

  test.each([
    [true, 'solved', ''],
    ['Too small.', 'wrong', 'Too small.'],
    ['', 'wrong', 'The answer does not pass the check.'],
    [false, 'wrong', 'The answer does not pass the check.'],
    [undefined, 'wrong', 'The answer does not pass the check.'],
  ])('a check that returns %j: %s', (verdict, status, message) => {
    expect(judge(1, () => verdict as never)).toEqual({ id: 'e', status, message });
  });

  test('an error in the check or in the answer is no end, but an outcome', () => {
    const outcome = judge(1, () => {
      throw new RangeError('no such entry');
    });
    expect(outcome).toMatchObject({ status: 'wrong' });
    expect(outcome.message).toContain('no such entry');
    expect(judge(1, () => Promise.reject('late') as never)).toBeInstanceOf(Promise);
  });

  test('what cannot be read or called is told as another form, with the error beside it', () => {
    const outcome = judge([1], (answer) => (answer as unknown as { size(): number }).size() > 0);
    expect(outcome.status).toBe('wrong');
    expect(outcome.message).toBe(
      'The answer has another form than the exercise asks for: compare it with the cell above.',
    );
    expect(outcome.error).toContain('is not a function');
    const returned = judge(
      () => [1],
      (answer) => (answer() as unknown as { size(): number }).size() > 0,
    );
    expect(returned.message).toContain('What the function returns has another form');
  });

  test('an answer that is not right and lacks an entry is unsolved', () => {
    const message = 'An entry of the answer is still missing.';
    const check = (answer: unknown[]) => answer[0] === 1 || 'No.';
    expect(judge([undefined, 2], check)).toMatchObject({ status: 'unsolved', message });
    expect(judge([1, undefined], check).status).toBe('solved');
    expect(
      judge(
        () => [2, undefined],
        (answer) => check(answer()),
      ).status,
    ).toBe('unsolved');
  });

  test('where the check stops at an entry that is missing, the exercise is unsolved', () => {
    const check = (answer: { rate?: number; rows: number[][] }) => {
      if (answer.rate === undefined) throw new RangeError('rate must be > 0, got undefined');
      return answer.rows[0][0] > 0;
    };
    const message = 'An entry of the answer is still missing.';
    expect(judge({ rate: undefined, rows: [] }, check)).toMatchObject({ status: 'unsolved', message });
    expect(judge({ rate: 1, rows: [undefined as never] }, check)).toMatchObject({
      status: 'unsolved',
      message,
    });
    expect(judge({ rate: 1, rows: [] }, check).status).toBe('wrong');
    const returned = judge(
      () => ({ rate: undefined, rows: [] }),
      (answer) => check(answer()),
    );
    expect(returned).toMatchObject({ status: 'unsolved', message });
  });

  test('an error of the reader is told as such, also a type error', () => {
    const own = () => {
      throw new TypeError('my own');
    };
    expect(judge(own, (answer) => answer() === 1).message).toBe('Your function threw: my own.');
  });

  test('NaN is never right, in the answer or in what it returns, unless the exercise says so', async () => {
    const careless = () => true;
    for (const answer of [NaN, [1, NaN], { deep: [[Float64Array.of(NaN)]] }, matrix([[1, NaN]])]) {
      expect(judge(answer, careless)).toMatchObject({
        status: 'wrong',
        message: expect.stringContaining('NaN'),
      });
      const returns = (check: Check<() => unknown>) => judge(() => answer, check);
      expect(returns((given) => given() !== 1)).toMatchObject({
        status: 'wrong',
        message: expect.stringContaining('NaN'),
      });
      expect(judgeExercise('e', answer, careless, { mayBeNaN: true })).toMatchObject({ status: 'solved' });
    }
    const late = await judgeExercise(
      'e',
      async () => NaN,
      async (answer) => !((await answer()) > 1),
    );
    expect(late).toMatchObject({ status: 'wrong', message: expect.stringContaining('NaN') });
    expect(judge(NaN, () => 'The reason of the check.').message).toBe('The reason of the check.');
  });

  test('a number written as a text is never right, unless the exercise says so', () => {
    const careless = (answer: unknown) => Number(answer) === 0.5;
    expect(judge('0.5', careless)).toMatchObject({
      status: 'wrong',
      message: expect.stringContaining('text'),
    });
    expect(
      judge(
        () => '0.5',
        (answer) => careless(answer()),
      ).status,
    ).toBe('wrong');
    expect(judgeExercise('e', '0.5', careless, { mayBeText: true })).toMatchObject({ status: 'solved' });
    expect(judge(['relu', ''], () => true).status).toBe('solved');
  });

  test('a function that changes its arguments is refused, whatever the check makes of it', async () => {
    const change = (given: unknown) => {
      const x = given as Matrix & { isMatrix?: true; weights?: number[][] } & number[];
      if (x.isMatrix) x.set([0, 0], 7);
      else if (x.weights) x.weights[0][0] = 7;
      else x[0] = 7;
      return 1;
    };
    const message = 'It changes its second argument: work on a copy.';
    for (const argument of [[1], Array(2), [[1]], Float32Array.of(1), { weights: [[1]] }, matrix([[1]])]) {
      const answer = (_: number, x: unknown) => change(x);
      const swallow: Check<typeof answer> = (given) => {
        try {
          return given(0, argument) === 1;
        } catch {
          return true;
        }
      };
      const kept = copyOf(argument);
      expect(judge(answer, swallow)).toMatchObject({ status: 'wrong', message });
      expect(
        judge(
          (_: number, x: unknown) => isSame(x, kept),
          (given) => given(0, kept),
        ).status,
      ).toBe('solved');
    }
    const later = async (x: number[]) => {
      await null;
      return change(x);
    };
    expect(await judgeExercise('e', later, async (answer) => (await answer([1])) === 1)).toMatchObject({
      message: expect.stringContaining('changes its first argument'),
    });
    const nested = () => (x: number[]) => change(x);
    expect(judge(nested, (answer) => answer()([1]) === 1)).toMatchObject({
      message: expect.stringContaining('changes its first argument'),
    });
    const record = { forward: change, width: 2 };
    expect(judge(record, ({ forward }) => forward([1]) === 1)).toMatchObject({
      message: expect.stringContaining('changes its first argument'),
    });
    expect(
      judgeExercise('e', change, (answer) => answer([1]) === 1, { mayChangeArguments: true }),
    ).toMatchObject({ status: 'solved' });
  });

  test('waits for an asynchronous check, whatever comes of it', async () => {
    expect(await judgeExercise('e', 1, async () => true)).toMatchObject({ status: 'solved' });
    expect(await judgeExercise('e', 1, async () => 'No.')).toMatchObject({ message: 'No.' });
    const failed = await judgeExercise('e', 1, async () => {
      throw new Error('too late');
    });
    expect(failed).toMatchObject({ status: 'wrong' });
    expect(failed.message).toContain('too late');
    const missing = await judgeExercise(
      'e',
      () => undefined,
      async (answer) => given(answer()) || '',
    );
    expect(missing.status).toBe('unsolved');
  });

  test('given() counts a function that returns nothing as unsolved, and passes 0 and false on', () => {
    const check = (answer: () => unknown) => given(answer()) === 0 || 'Not 0.';
    expect(judge(() => undefined, check).status).toBe('unsolved');
    expect(judge(() => null, check).status).toBe('unsolved');
    expect(judge(() => 0, check).status).toBe('solved');
    expect(judge(() => false, check).status).toBe('wrong');
  });
});

test('exercise() shows the outcome as text, HTML and data, now or when the check is done', async () => {
  const shown = recordDisplay();
  exercise('gd-best', undefined, isNumber(1));
  exercise('gd-best', 2, isNumber(1));
  await exercise('gd-best', 1, async () => true);
  shown.stop();
  expect(shown.outputs.map((output) => output['text/plain'])).toEqual([
    '○ Exercise open: gd-best. No answer yet: write it into the cell above, then run that cell and this one.',
    '✗ Not yet: gd-best. 2 is too large.',
    '✓ Solved: gd-best.',
  ]);
  expect(shown.outputs[1][exerciseMimeType]).toEqual({
    id: 'gd-best',
    status: 'wrong',
    message: '2 is too large.',
  });
});
