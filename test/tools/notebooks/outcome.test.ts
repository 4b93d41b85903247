import * as path from 'node:path';
import { expect, test } from 'vitest';
import { readNotebook } from '../../../tools/notebooks/notebook-file';
import {
  claimsOf,
  exerciseIds,
  foldedCode,
  homeOf,
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
  expect(withoutAdded(notebook)).toEqual(before);
  expect(before).toEqual(fixture('01-fine'));
});

test.each([
  ['gd-step-check', 'gd-step-check'],
  ['trial-solution-gd-step', 'gd-step-solution'],
  ['trial-mistake-gd-step', 'gd-step-solution'],
  ['trial-mistake-gd-step-check', 'gd-step-check'],
  ['trial-reader-gd-step', 'gd-step-answer'],
])('homeOf(%s) is %s', (id, home) => expect(homeOf(id)).toBe(home));

test('foldedCode() takes the first ts block under the summary asked for, and no other', () => {
  const markdown = `<details>\n<summary>Hint</summary>\n\n\`\`\`ts\nhint\n\`\`\`\n</details>
<details><summary><b>Worked solution</b></summary>\n\n\`\`\`py\nno\n\`\`\`\n\`\`\`ts\none\ntwo\n\`\`\`\n\`\`\`ts\nthree\n\`\`\`\n</details>`;
  expect(foldedCode(markdown, 'Worked solution')).toBe('one\ntwo');
  expect(foldedCode(markdown, 'A common mistake')).toBeUndefined();
});
