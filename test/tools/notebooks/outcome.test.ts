import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { exerciseMimeType } from '../../../lib/base/contract';
import { joined, type Notebook, readNotebook } from '../../../tools/notebooks/notebook-file';
import {
  claimsOf,
  exerciseIds,
  foldedCode,
  homeOf,
  judgeTrials,
  spoiltProblems,
  withoutAdded,
  withTrials,
} from '../../../tools/notebooks/outcome';

const fixture = (name: string) =>
  readNotebook(path.join(__dirname, `../../fixtures/notebooks/${name}.ipynb`)).notebook;

test('claimsOf() reads the claims of the outputs, with their cells', () => {
  expect(claimsOf(fixture('01-fine'))).toHaveLength(3);
  expect(claimsOf(fixture('01-fine'))[0]).toEqual({
    cell: 'fine-claims',
    sentence: 'Each step halves the value.',
    measured: 0.5,
    bound: '0.5 ± 1e-12',
    met: true,
  });
});

test('withTrials() puts solution and mistake behind the check, and the answer cell again', () => {
  const before = fixture('01-fine');
  const { notebook, problems } = withTrials(before);
  expect(problems).toEqual([]);
  expect(exerciseIds(before)).toEqual(['fine-sum']);
  const ids = notebook.cells.map(({ id }) => id);
  const at = ids.indexOf('fine-sum-check');
  expect(ids.slice(at + 1, at + 6)).toEqual([
    'trial-solution-fine-sum',
    'trial-solution-fine-sum-check',
    'trial-mistake-fine-sum',
    'trial-mistake-fine-sum-check',
    'trial-reader-fine-sum',
  ]);
  expect(notebook.cells[at + 1].source).toBe('const sum: number = 2 + 3;');
  expect(notebook.cells[at + 3].source).toBe('const sum: number = 2 * 3;');
  const check = joined(before.cells.find(({ id }) => id === 'fine-sum-check')?.source);
  expect(notebook.cells[at + 2].source).toBe(
    `import { tryExercise } from './tools/notebooks/spoilt-answers';\n${check.replace('exercise(', 'await tryExercise(')}`,
  );
  expect(notebook.cells[at + 4].source).toBe(check);
  expect(withoutAdded(notebook)).toEqual(before);
  expect(before).toEqual(fixture('01-fine'));
});

test.each([
  ['gd-step-check', 'gd-step-check'],
  ['trial-solution-gd-step', 'gd-step-solution'],
  ['trial-mistake-gd-step', 'gd-step-solution'],
  ['trial-mistake-gd-step-check', 'gd-step-check'],
  ['trial-mistake-2-gd-step', 'gd-step-solution'],
  ['trial-mistake-2-gd-step-check', 'gd-step-check'],
  ['trial-reader-gd-step', 'gd-step-answer'],
])('homeOf(%s) is %s', (id, home) => expect(homeOf(id)).toBe(home));

test('foldedCode() takes the first ts block under the summary asked for, and no other', () => {
  const markdown = `<details>\n<summary>Hint</summary>\n\n\`\`\`ts\nhint\n\`\`\`\n</details>
<details><summary><b>Worked solution</b></summary>\n\n\`\`\`py\nno\n\`\`\`\n\`\`\`ts\none\ntwo\n\`\`\`\n\`\`\`ts\nthree\n\`\`\`\n</details>`;
  expect(foldedCode(markdown, ['Worked solution'])).toEqual([{ title: 'Worked solution', code: 'one\ntwo' }]);
  expect(foldedCode(markdown, ['A common mistake'])).toEqual([]);
  expect(foldedCode(markdown + markdown, ['worked']).map(({ code }) => code)).toEqual([
    'one\ntwo',
    'one\ntwo',
  ]);
});

describe('withTrials() and judgeTrials() try every mistake', () => {
  const folded = (title: string, code: string) =>
    `<details>\n<summary>${title}</summary>\n\n\`\`\`ts\n${code}\n\`\`\`\n\n</details>\n`;
  const cell = (id: string, source: string, cell_type = 'code') => ({ id, source, cell_type, metadata: {} });
  const solution = ['Worked solution', 'A common mistake', 'Another mistake', 'A common mistake of experts']
    .map((title, index) => folded(title, `x = ${index}`))
    .join('\n');
  const before = {
    cells: [
      cell('e-answer', 'x'),
      cell('e-check', "exercise('e', x)"),
      cell('e-solution', solution, 'markdown'),
    ],
  } as unknown as Notebook;

  /** The copy, as if executed: an outcome for each check. */
  const executed = (outcomes: Record<string, object>) => {
    const { notebook } = withTrials(before);
    return {
      ...notebook,
      cells: notebook.cells.map((one) => {
        const found = outcomes[one.id];
        return {
          ...one,
          outputs: found ? [{ output_type: 'display_data', data: { [exerciseMimeType]: found } }] : [],
        };
      }),
    } as Notebook;
  };
  const spoilt = [
    { kind: 'NaN', how: 'every number is NaN', status: 'wrong', message: 'It is not a number.' },
  ];
  const fine = {
    'e-check': { status: 'unsolved', message: '' },
    'trial-solution-e-check': { status: 'solved', message: '', spoilt },
    'trial-mistake-e-check': { status: 'wrong', message: 'No.' },
    'trial-mistake-2-e-check': { status: 'wrong', message: 'No.' },
    'trial-mistake-3-e-check': { status: 'wrong', message: 'No.' },
  };

  test('and say nothing where all come out as they must', () => {
    expect(withTrials(before).problems).toEqual([]);
    expect(judgeTrials(executed(fine))).toEqual({ checked: 1, problems: [] });
  });

  test('and name the mistake that passes', () => {
    const passes = { ...fine, 'trial-mistake-2-e-check': { status: 'solved', message: '' } };
    expect(judgeTrials(executed(passes)).problems).toEqual([
      "Exercise 'e': another mistake (mistake-2) must come out 'wrong', got 'solved'.",
    ]);
  });

  test('and name the spoilt answer that passes, and an exercise where none was tried', () => {
    const lax = { status: 'solved', message: '', spoilt: [{ ...spoilt[0], status: 'solved', message: '' }] };
    expect(judgeTrials(executed({ ...fine, 'trial-solution-e-check': lax })).problems).toEqual([
      "Exercise 'e': a spoilt answer (NaN: every number is NaN) comes out 'solved': refuse it, or say in 'e-check' why: // Accepts NaN: …",
    ]);
    const none = { status: 'solved', message: '' };
    expect(judgeTrials(executed({ ...fine, 'trial-solution-e-check': none })).problems).toEqual([
      "Exercise 'e': no spoilt answer could be made of the worked solution.",
    ]);
  });
});

describe('spoiltProblems()', () => {
  const off = { kind: 'off', how: 'every number is too large', status: 'solved', message: '' } as const;
  const refused = { ...off, status: 'wrong', message: 'It is too large.' } as const;

  test('lets pass what the check cell says it accepts, with a reason', () => {
    expect(spoiltProblems('e', '// Accepts off: every such rate is right.\nexercise();', [off])).toEqual([]);
    expect(
      spoiltProblems('e', '  // Accepts NaN, off: any is right.', [off, { ...off, kind: 'NaN' }]),
    ).toEqual([]);
    expect(spoiltProblems('e', '// Accepts off', [off])).toHaveLength(1);
    expect(spoiltProblems('e', '// Accepts rounded: any is right.', [off])).toHaveLength(2);
  });

  test('reports a comment that nothing needs, and a kind that there is not', () => {
    expect(spoiltProblems('e', '// Accepts off: every such rate is right.', [refused])).toEqual([
      "Exercise 'e': 'e-check' says that it accepts off, and refuses it: take the comment away.",
    ]);
    expect(spoiltProblems('e', '// Accepts of: every such rate is right.', [refused])[0]).toContain(
      'none of NaN, off',
    );
  });

  test.each([
    ['It is too large.', 0],
    ['-3 is too small.', 0],
    ["'x' is not one of a, b.", 0],
    ['The value is NaN.', 0],
    ['For 3 logits it gives undefined slopes.', 1],
    ['The check stopped with an error: answers[0].size is not a function.', 1],
    ["Cannot read properties of undefined (reading 'x').", 1],
    ['It gives [object Object].', 1],
    ['too large', 1],
    ['z = 0 gives another value.', 1],
    ['α₀ = 0.1 gives another value.', 0],
    ['它太大了。', 0],
    ['α₀ = 0.1，m = 10 时，应当更小。', 0],
    ['z = 0、y = 1 时，结果不对。', 0],
    ['−3 太小了！', 0],
    ['‘x’ 不是其中之一。', 0],
    ['learningRate 太大了。', 0],
    ['它太大了', 1],
    ['它太大了.', 1],
    ['你的函数抛出了错误：this is no answer.', 0],
    ['too large。', 1],
    ['Too large 的值。', 1],
    ['z = 0。', 1],
    ['检查停了：undefined 没有 size。', 1],
  ])('a message: %s', (message, count) => {
    expect(spoiltProblems('e', '', [{ ...refused, message }])).toHaveLength(count);
  });
});
