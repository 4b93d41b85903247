import { matrix } from 'mathjs';
import { describe, expect, test } from 'vitest';
import { exerciseMimeType } from '../../../lib/base/contract';
import { isFunctionLike, isLike, isNumber } from '../../../lib/course/answer-checks';
import type { Check, ExerciseOptions } from '../../../lib/course/exercises';
import { type SpoiltKind, spoiltOutcomes, tryExercise } from '../../../tools/notebooks/spoilt-answers';
import { recordDisplay } from '../../samples/notebook-display';

/** The kinds of which a spoilt answer came out solved. */
async function accepted<Answer>(answer: Answer, check: Check<Answer>, options?: ExerciseOptions) {
  const outcomes = await spoiltOutcomes(answer, check, options);
  return [...new Set(outcomes.filter(({ status }) => status === 'solved').map(({ kind }) => kind))];
}

/** The kinds that were tried at all. */
async function kindsTried<Answer>(answer: Answer, options?: ExerciseOptions): Promise<SpoiltKind[]> {
  const outcomes = await spoiltOutcomes(answer, useEverything as Check<Answer>, options);
  return [...new Set(outcomes.map(({ kind }) => kind))];
}

const useEverything: Check<unknown> = (answer) => {
  if (typeof answer === 'function') for (const x of [1, 2, 3]) answer([x, x], Float32Array.of(x));
  return true;
};

const halves = (x: number[]) => x.map((value) => value / 2);
const inputs: [number[]][] = [[[1, 2, 14]], [[7, 4]]];

describe('spoiltOutcomes(): a strict check accepts none', () => {
  const nested = {
    W: [[1, 2.5]],
    name: 'relu',
    open: true,
    b: Float64Array.of(1, 0.3),
    M: matrix([[1, 13]]),
  };
  test('of a number, a whole number, a structure, a function, an asynchronous one', async () => {
    expect(await accepted(0.0976, isNumber(0.0976))).toEqual([]);
    expect(await accepted(1257, isNumber(1257, { absolute: 0 }))).toEqual([]);
    expect(await accepted(nested, isLike(nested))).toEqual([]);
    expect(await accepted(halves, isFunctionLike(halves, inputs))).toEqual([]);
    const late = async (x: number[]) => halves(x);
    expect(await accepted(late, isFunctionLike(late, inputs))).toEqual([]);
  });

  test('within a tolerance that a ready-made check states', async () => {
    expect(await accepted(100, isNumber(100, { relative: 0.05 }))).toEqual([]);
    expect(await accepted(0.2, isNumber(0.2, { absolute: 0.3 }))).toEqual([]);
    expect(await accepted(13, isNumber(13, { relative: 0.3 }))).toEqual([]);
  });
});

describe('spoiltOutcomes(): a lax check is found out', () => {
  const lax = (accepts: (values: number[][]) => boolean): Check<typeof halves> => {
    return (answer) => accepts(inputs.map(([x]) => answer([...x])));
  };
  const right = inputs.map(([x]) => halves(x));
  const gap = (values: number[][], to = right) =>
    Math.max(...values.flat().map((value, index) => Math.abs(value - to.flat()[index])));

  test.each<[SpoiltKind, (values: number[][]) => boolean]>([
    ['off', (values) => gap(values) < 1.5],
    [
      'rounded',
      (values) => values.flat().every((value, i) => value.toPrecision(1) === right.flat()[i].toPrecision(1)),
    ],
    ['form', (values) => right.every((row, i) => row.every((value, j) => values[i]?.[j] === value))],
    ['nothing', (values) => !values || gap([...values].map((row) => row ?? [])) < 1e-9],
  ])('%s', async (kind, accepts) => {
    expect(await accepted(halves, lax(accepts))).toContain(kind);
  });

  test('constant', async () => {
    const square = (x: number) => x ** 2;
    expect(await accepted(square, (answer) => answer(3) === 9)).toEqual(['constant']);
    expect(await accepted(square, (answer) => answer(3) === 9 && answer(-3) === 9)).toEqual(['constant']);
    expect(await accepted(square, (answer) => answer(3) === 9 && answer(4) === 16)).toEqual([]);
  });

  test('NaN, where the exercise allows it: else no check can accept it', async () => {
    const check: Check<number> = (answer) => typeof answer === 'number' && !(Math.abs(answer - 1.5) > 1e-7);
    expect(await accepted(1.5, check)).toEqual([]);
    expect(await accepted(1.5, check, { mayBeNaN: true })).toEqual(['NaN']);
  });

  test('mutating: never accepted, and not tried where it is asked for', async () => {
    const total = (x: number[]) => x.reduce((sum, value) => sum + value, 0);
    const outcomes = await spoiltOutcomes(total, (answer) => answer([1, 2]) === 3);
    expect(outcomes.find(({ kind }) => kind === 'mutating')).toMatchObject({
      status: 'wrong',
      message: 'It changes its first argument: work on a copy.',
    });
    expect(await kindsTried(total)).toContain('mutating');
    expect(await kindsTried(total, { mayChangeArguments: true })).not.toContain('mutating');
  });
});

describe('spoiltOutcomes() spoils what an answer is made of', () => {
  test.each<[string, unknown, SpoiltKind[]]>([
    ['a number', 1.5, ['NaN', 'off', 'rounded', 'nothing', 'form']],
    ['a whole number', 2, ['NaN', 'off', 'nothing', 'form']],
    ['a text', 'relu', ['off', 'nothing']],
    ['a typed array of whole numbers', Uint8Array.of(3, 4), ['off', 'nothing', 'form']],
    ['a matrix', matrix([[1, 2]]), ['NaN', 'off', 'nothing', 'form']],
    ['a function of lists', (x: number[]) => x[0], ['NaN', 'off', 'constant', 'mutating', 'nothing', 'form']],
  ])('%s', async (_, answer, kinds) => {
    expect(await kindsTried(answer)).toEqual(kinds);
  });

  test('a matrix stays one, of the other shape or with the other numbers', async () => {
    const seen: string[] = [];
    await spoiltOutcomes(matrix([[1, 2]]), (answer) => {
      seen.push(String(answer));
      return 'No.';
    });
    for (const one of [
      '[[NaN, NaN]]',
      '[[1, NaN]]',
      '[[2, 3]]',
      '[[0, 1]]',
      '[[1, 3]]',
      '[[1]]',
      '[[1, 2], [0, 0]]',
    ]) {
      expect(seen).toContain(one);
    }
  });

  test('a function that is returned, and one that a record holds', async () => {
    const maker = (slope: number) => (x: number) => slope * x;
    const careless: Check<typeof maker> = (answer) => Math.abs(answer(3)(4) - 12) < 1.5;
    expect(await accepted(maker, careless)).toEqual(['off', 'constant']);
    const record = { f: (x: number) => 2 * x };
    expect(await accepted(record, ({ f }) => Math.abs(f(2) - 4) < 1.5)).toEqual(['off', 'constant']);
  });

  test('one wrong entry of many may pass: it is not made', async () => {
    const labels = Array.from({ length: 300 }, (_, index) => index % 10);
    const share = (answer: number[]) => answer.filter((label, i) => label === labels[i]).length / 300;
    expect(await accepted(labels, (answer) => answer.length === 300 && share(answer) > 0.9)).toEqual([
      'nothing',
    ]);
  });
});

test('tryExercise() shows the outcome of the answer, with the spoilt ones in its data', async () => {
  const shown = recordDisplay();
  await tryExercise('e', 1.5, isNumber(1.5));
  await tryExercise('e', 2, isNumber(1.5));
  shown.stop();
  const [right, wrong] = shown.outputs.map((output) => output[exerciseMimeType]);
  expect(right).toMatchObject({ id: 'e', status: 'solved' });
  expect(right).toHaveProperty('spoilt.0', {
    kind: 'NaN',
    how: 'every number is NaN',
    status: 'wrong',
    message: 'The answer is not a number (NaN).',
  });
  expect(wrong).toMatchObject({ status: 'wrong', spoilt: [] });
});
