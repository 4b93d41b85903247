import { type Matrix, matrix } from 'mathjs';
import { describe, expect, test } from 'vitest';
import { isFunctionLike, isLike, isNumber, near } from '../../../lib/course/answer-checks';
import { type Check, type ExerciseData, judgeExercise } from '../../../lib/course/exercises';

/** Judges where nothing is asynchronous. */
function judge<Answer>(answer: Answer | undefined, check: Check<Answer>): ExerciseData {
  return judgeExercise('e', answer, check) as ExerciseData;
}

describe('near()', () => {
  test.each<[unknown, unknown, boolean]>([
    [1, 1 + 1e-7, true],
    [1, 1 + 2e-6, false],
    [NaN, 1, false],
    [NaN, NaN, false],
    [5, Infinity, false],
    [Infinity, Infinity, true],
    ['1', 1, false],
    [undefined, 1, false],
    [[1], 1, false],
    [[1, 2], [1, 2], true],
    [[1], [1, 2], false],
    [[1, undefined], [1, 2], false],
    [[1, NaN], [1, 2], false],
    [matrix([[1, 2]]), [[1, 2]], true],
    [matrix([[1, 2]]), matrix([[1], [2]]), false],
    [matrix([[1, NaN]]), matrix([[1, 2]]), false],
    [{ W: [1] }, { W: [1] }, true],
    [{}, { W: [1] }, false],
  ])('near(%j, %j) is %s', (value, expected, is) => expect(near(value, expected)).toBe(is));

  test('allows what it is told', () => {
    expect(near([1.04], [1], { relative: 0.05 })).toBe(true);
    expect(near([1.06], [1], { relative: 0.05 })).toBe(false);
    expect(near(0.009, 0, { absolute: 0.01 })).toBe(true);
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

  test('an answer that writes into its arguments is refused, and does not spoil the check', () => {
    const inputs: [number[], number][] = [[[2], 3]];
    const careless = (x: number[], y: number) => {
      x[0] *= y;
      return x[0];
    };
    expect(
      judge(
        careless,
        isFunctionLike((x, y) => x[0] * y, inputs),
      ),
    ).toMatchObject({ status: 'wrong', message: 'It changes its first argument: work on a copy.' });
    expect(inputs).toEqual([[[2], 3]]);
  });

  test('awaits an asynchronous function, and tells what it throws', async () => {
    const double = isFunctionLike(async (x: number) => 2 * x, [[1], [2]]);
    expect(await judgeExercise('e', async (x: number) => x + x, double)).toMatchObject({ status: 'solved' });
    expect(await judgeExercise('e', async (x: number) => x + 1, double)).toMatchObject({
      message: 'For the input [2]: The value, 3, is too small.',
    });
    const outcome = await judgeExercise('e', () => Promise.reject(new Error('late')), double);
    expect(outcome.message).toBe('Your function, called with [1], threw: late.');
  });

  test('gives matrices of mathjs as matrices', () => {
    const first = isFunctionLike((x: Matrix) => x.get([0, 0]), [[matrix([[3]])]]);
    expect(judge((x: Matrix) => x.get([0, 0]), first).status).toBe('solved');
    expect(judge(((x: Matrix) => x.size()) as never, first)).toMatchObject({
      message: 'For the input [[[3]]]: The value must be a number, got an array of 2.',
    });
  });
});
