import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { linkTo, loadPassages } from '../../../lib/language/passages';

const folder = mkdtempSync(path.join(os.tmpdir(), 'passages-'));
afterAll(() => rmSync(folder, { recursive: true }));

const markdown = (id: string, source: string | string[]) => ({ cell_type: 'markdown', id, source });
const notebook = {
  cells: [
    markdown('gd-title', '# 02 · Descent\n\n**Goal.** Walk.\n\nA first paragraph,\non two lines.'),
    { cell_type: 'code', id: 'gd-code', source: '// nothing to read' },
    markdown('gd-list', [
      '## The `rate`\n',
      '\n',
      '- one\n',
      '- two\n',
      '\n',
      '```ts\n',
      'const no = 1;\n',
      '```\n',
    ]),
    markdown('gd-after', 'It has a formula:\n\n$$x = 1$$\n\n| a | b |\n|-|-|\n| c | d |'),
    markdown('gd-one-solution', 'The secret.'),
    markdown('gd-references', '### References\n\n- A book.\n\n**Next:** more.'),
  ],
};

describe('loadPassages(), of one notebook', async () => {
  const single = mkdtempSync(path.join(folder, 'single-'));
  writeFileSync(path.join(single, '02-descent.ipynb'), JSON.stringify(notebook));
  const passages = await loadPassages(single);

  test('splits paragraphs, entries of lists and rows of tables, and keeps a formula with what it belongs to', () => {
    expect(passages.map(({ text }) => text)).toEqual([
      'A first paragraph, on two lines.',
      'one',
      'two',
      'It has a formula: $$x = 1$$',
      'a · b',
      'c · d',
    ]);
  });

  test('says where each stands, under the last heading before it', () => {
    expect(passages[0]).toMatchObject({
      notebook: '02-descent',
      title: '02 · Descent',
      heading: '02 · Descent',
    });
    expect(passages.map(({ cell }) => cell)).toEqual([
      'gd-title',
      ...['gd-list', 'gd-list'],
      ...['gd-after', 'gd-after', 'gd-after'],
    ]);
    expect(passages[3].heading).toBe('The rate');
    expect(linkTo(passages[3])).toBe('notebooks/02-descent.ipynb#cell-id=gd-after');
  });

  test('shows no solution', () => {
    expect(JSON.stringify(passages)).not.toContain('secret');
  });
});

describe('loadPassages()', () => {
  test('reads all notebooks of the course, in their order, and no solution', async () => {
    const passages = await loadPassages();
    const names = [...new Set(passages.map(({ notebook }) => notebook))];
    expect(names.length).toBeGreaterThanOrEqual(19);
    expect(names).toEqual([...names].sort());
    expect(passages.filter(({ cell }) => cell.endsWith('-solution'))).toEqual([]);
    expect(passages.filter(({ text }) => text.includes('<details>'))).toEqual([]);
  });

  const remedy = /`git checkout notebooks` brings the notebooks back; .+\.$/;

  test('says what is missing, and what helps, in one line', async () => {
    const none = path.join(folder, 'none');
    const error = await loadPassages(none).catch(({ message }: Error) => message);
    expect(error).toContain(`Cannot read the course: Cannot list '${none}'`);
    expect(error).toMatch(remedy);
    expect(await loadPassages(folder).catch(({ message }: Error) => message)).toContain(
      `there is no notebook in '${folder}'`,
    );
  });

  test.each([
    ['no JSON', 'half a {'],
    ['null', 'null'],
    ['no cells', '{}'],
    ['a list of numbers', '{"cells": [1]}'],
    ['without ids', '{"cells": [{"cell_type": "markdown", "source": "a"}]}'],
    ['without text', '{"cells": [{"cell_type": "markdown", "id": "a"}]}'],
  ])('names a notebook that is %s', async (_, text) => {
    const broken = mkdtempSync(path.join(folder, 'broken-'));
    writeFileSync(path.join(broken, '01-broken.ipynb'), text);
    const error = await loadPassages(broken).catch(({ message }: Error) => message);
    expect(error).toContain(`Cannot read the notebook '${broken}/01-broken.ipynb': `);
    expect(error).toMatch(remedy);
    expect(error).not.toContain('\n');
  });
});
