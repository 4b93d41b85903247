import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../lib/project-root';
import { claimsTable, courseMap, notationPage, questionOf } from '../tools/notebooks/docs';
import { faultOf, linksOf } from '../tools/notebooks/links';
import {
  findNotebooks,
  joined,
  readingMinutes,
  readNotebook,
  titleOf,
} from '../tools/notebooks/notebook-file';

const folder = path.join(projectRoot(), 'notebooks');
const files = findNotebooks(folder);
const [start] = files;
const doc = (name: string) => readFileSync(path.join(projectRoot(), 'docs', name), 'utf8');
const mend = 'npm run notebooks -- docs writes it anew';

describe('what is written from the notebooks is up to date', () => {
  test('docs/claims.md holds the claims of the committed outputs', () => {
    expect(doc('claims.md'), mend).toBe(claimsTable(files));
  });

  test('docs/notation.md holds the notation and the glossary of notebook 00', () => {
    expect(doc('notation.md'), mend).toBe(notationPage(start.notebook));
  });

  test('notebook 00 maps all notebooks with their questions and reading times', () => {
    const map = start.notebook.cells.find(({ id }) => id === 'start-map');
    expect(joined(map?.source), mend).toContain(courseMap(files));
  });
});

describe.each(files.map((file) => [file.name, file] as const))('notebook %s', (name, file) => {
  test('states its title, its question and its reading time', () => {
    expect(titleOf(file)).toMatch(new RegExp(`^${name.slice(0, 2)} · \\S`));
    expect(questionOf(file)).toMatch(/\?$/);
    expect(readingMinutes(file)).toBeGreaterThan(0);
  });

  test('has no link that leads nowhere', () => {
    expect(linksOf(file).flatMap((link) => faultOf(link, folder) ?? [])).toEqual([]);
  });
});

describe('linksOf() and faultOf()', () => {
  const fine = readNotebook(path.join(__dirname, 'fixtures/notebooks/01-fine.ipynb'));
  const withText = (source: string) => ({
    ...fine,
    name: '02-gradient-descent',
    notebook: {
      ...fine.notebook,
      cells: [{ cell_type: 'markdown' as const, id: 'x', metadata: {}, source }],
    },
  });
  const faults = (source: string) =>
    linksOf(withText(source)).map((link) => faultOf(link, folder) ?? 'fine');

  test.each([
    ['[a](00-start-here.ipynb)', ['fine']],
    ['[a](00-start-here.ipynb#Notation) and [b](lib/sgd.ts)', ['fine', 'fine']],
    ['[`code`](https://arxiv.org/abs/1611.07476)', ['fine']],
    ['["a (b)"](https://en.wikipedia.org/wiki/Seed_(disambiguation))', ['fine']],
    ['<https://deeplearningbook.org>', ['fine']],
    ['`[a](no.md)` and\n```ts\nf[0](no);\n```', []],
    ['[a](16-nothing.ipynb)', ['02-gradient-descent, x: 16-nothing.ipynb is not there']],
    [
      '[a](00-start-here.ipynb#Nothing)',
      ['02-gradient-descent, x: 00-start-here.ipynb#Nothing names a heading that is not there'],
    ],
    ['[a](#Nothing)', ['02-gradient-descent, x: #Nothing names a heading that is not there']],
    ['[a](https://)', ['02-gradient-descent, x: https:// is not an address of the web']],
    ['[a](https://nowhere/x)', ['02-gradient-descent, x: https://nowhere/x names no host']],
    ['[a](ftp://a.b/c)', ['02-gradient-descent, x: ftp://a.b/c is not an address of the web']],
    ['[a]()', ['02-gradient-descent, x: (empty) is not there']],
  ])('%s', (source, found) => expect(faults(source)).toEqual(found));
});
