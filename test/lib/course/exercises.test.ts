import { describe, expect, test } from 'vitest';
import { exerciseMimeType } from '../../../lib/base/contract';
import {
  type Check,
  type ExerciseData,
  exercise,
  given,
  isFunctionLike,
  isLike,
  isNumber,
  judgeExercise,
} from '../../../lib/course/exercises';
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

describe('isNumber()', () => {
  const check = isNumber(2 / 20.5, { relative: 0.01 }, [[0.05, 'That is 1/L.']]);
  test.each([
    [2 / 20.5, 'solved', ''],
    [0.0981, 'solved', ''],
    [0.05, 'wrong', 'That is 1/L.'],
    [0.1, 'wrong', '0.1 is too large.'],
    [-3, 'wrong', '-3 is too small.'],
    [NaN, 'wrong', 'The answer is not a number (NaN).'],
    ['0.0976' as never, 'wrong', "The answer must be a number, got the text '0.0976'."],
    [[1, 2] as never, 'wrong', 'The answer must be a number, got an array of 2.'],
  ])('%j is %s', (answer, status, message) => {
    expect(judge(answer, check)).toMatchObject({ status, message });
  });

  test('allows 1e-6 of the number, or a distance', () => {
    expect(judge(1000.0009, isNumber(1000)).status).toBe('solved');
    expect(judge(1000.0011, isNumber(1000)).status).toBe('wrong');
    expect(judge(0.009, isNumber(0, { absolute: 0.01 })).status).toBe('solved');
    expect(judge(Infinity, isNumber(Infinity)).status).toBe('solved');
  });

  test('never says the right answer', () => {
    expect(judge(1, isNumber(0.7318)).message).not.toContain('0.7318');
  });
});

describe('isLike()', () => {
  test('allows a share of the number that is right, not of the answer', () => {
    const check = isLike([2], { relative: 0.5 });
    for (const [answer, status] of [
      [1, 'solved'],
      [3, 'solved'],
      [3.5, 'wrong'],
      [4, 'wrong'],
      [0.9, 'wrong'],
    ] as const) {
      expect(judge([answer], check).status).toBe(status);
    }
  });

  const expected = {
    hidden: [0.12, -0.3],
    name: 'relu',
    open: false,
    deep: { matrix: [[1], [2]] },
  };
  test.each<[string, unknown, string, RegExp]>([
    ['the same', structuredClone(expected), 'solved', /^$/],
    ['with more than was asked', { ...expected, more: 1 }, 'solved', /^$/],
    ['typed arrays', { ...expected, hidden: Float64Array.of(0.12, -0.3) }, 'solved', /^$/],
    ['an entry missing', { ...expected, hidden: [0.12, undefined] }, 'unsolved', /entry hidden\[1\]/],
    ['a key missing', { hidden: [0.12, -0.3] }, 'unsolved', /entry name/],
    ['a number too large', { ...expected, hidden: [0.12, 0.3] }, 'wrong', /hidden\[1\], 0.3, is too large/],
    ['not a number', { ...expected, hidden: [NaN, 0] }, 'wrong', /hidden\[0\] is not a number/],
    ['another length', { ...expected, hidden: [0.12] }, 'wrong', /2 entries, got 1/],
    ['no array', { ...expected, hidden: 0.12 }, 'wrong', /must be an array/],
    ['no object', 3, 'wrong', /must be an object, got 3/],
    ['another text', { ...expected, name: 'tanh' }, 'wrong', /Entry name, "tanh", is not right/],
    ['true for false', { ...expected, open: true }, 'wrong', /Entry open, true, is not right/],
    ['deep inside', { ...expected, deep: { matrix: [[1], [3]] } }, 'wrong', /deep.matrix\[1\]\[0\]/],
  ])('%s', (_, answer, status, message) => {
    const outcome = judge(answer, isLike<unknown>(expected));
    expect(outcome.status).toBe(status);
    expect(outcome.message).toMatch(message);
  });
});

describe('isFunctionLike()', () => {
  const check = isFunctionLike(
    (x: number[], y: number) => x[0] * y,
    [
      [[2], 3],
      [[-1], 0.5],
    ],
  );

  test('compares values, and names the input where they differ', () => {
    expect(judge((x, y) => y * x[0], check).status).toBe('solved');
    expect(judge((x, y) => x[0] + y, check)).toMatchObject({
      status: 'wrong',
      message: 'For the input [[2],3]: The value, 5, is too small.',
    });
    expect(judge(6 as never, check).message).toBe('The answer must be a function, got 6.');
  });

  test('is unsolved only while nothing at all is returned', () => {
    expect(judge((() => undefined) as never, check).status).toBe('unsolved');
    expect(judge(((x: number[]) => (x[0] > 0 ? 6 : undefined)) as never, check).status).toBe('unsolved');
  });

  test('reports what the function throws, with the input', () => {
    const outcome = judge((x) => {
      throw new Error(`cannot with ${x.length}`);
    }, check);
    expect(outcome.status).toBe('wrong');
    expect(outcome.message).toContain('called with [[2],3], threw: cannot with 1');
  });

  test('an answer that writes into its arguments does not spoil the check', () => {
    const inputs: [number[], number][] = [[[2], 3]];
    const careless = (x: number[], y: number) => {
      x[0] *= y;
      return x[0];
    };
    expect(
      judge(
        careless,
        isFunctionLike((x, y) => x[0] * y, inputs),
      ).status,
    ).toBe('solved');
    expect(inputs).toEqual([[[2], 3]]);
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
