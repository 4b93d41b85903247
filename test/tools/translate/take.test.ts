import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  joined,
  type NotebookFile,
  readNotebook,
  writeNotebook,
} from '../../../tools/notebooks/notebook-file';
import { hashOf, stampOf } from '../../../tools/translate/check';
import { draftOf } from '../../../tools/translate/draft';
import { readContents, readEdition, startEdition } from '../../../tools/translate/edition';
import { stampCell, takeDraft } from '../../../tools/translate/take';

const folder = mkdtempSync(path.join(tmpdir(), 'descent-translate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const english: NotebookFile = {
  file: path.join(folder, '00-a.ipynb'),
  name: '00-a',
  notebook: {
    cells: [
      {
        cell_type: 'markdown',
        id: 'a-title',
        metadata: {},
        source: '# 00 · A\n\nSee [notes](../docs/notation.md).',
      },
      {
        cell_type: 'code',
        id: 'a-words',
        metadata: { tags: ['volatile'] },
        source: "const title = 'The loss falls'; // how far\nconsole.log(title, 1);",
        outputs: [{ output_type: 'stream', name: 'stdout', text: 'The loss falls 1\n' }],
        execution_count: 1,
      },
      {
        cell_type: 'code',
        id: 'a-plain',
        metadata: {},
        source: 'console.log(2);',
        outputs: [{ output_type: 'stream', name: 'stdout', text: '2\n' }],
        execution_count: 2,
      },
    ],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  },
};
writeNotebook(english.file, english.notebook);
const like = {
  phrases: { '**Goal.**': '**目标。**' },
  documents: { claim: '论断' },
  glossary: { key: { word: '键', loose: true }, network: { word: '网络' } },
  verbatim: ['Adam'],
};
startEdition('de', ['loss', 'key'], like, folder);
const edition = readEdition('de', folder);
const work = (text: string) => `${draftOf(english).split('\n')[0]}\n${text}`;
const sourceOf = (file: NotebookFile, id: string) =>
  joined(file.notebook.cells.find((cell) => cell.id === id)?.source);

describe('translate -- start', () => {
  test('begins an edition that has nothing', () => {
    expect(readContents(edition, [], folder)).toMatchObject({
      pairs: [{ translated: undefined }],
      orphans: [],
    });
    expect(edition.settings).toMatchObject({
      tag: 'de',
      phrases: { '**Goal.**': '**Goal.**' },
      documents: { claim: 'claim' },
      glossary: { loss: { word: 'loss' }, key: { word: 'key', loose: true }, network: { word: 'network' } },
      verbatim: ['Adam'],
    });
    expect(() => startEdition('de', [], {}, folder)).toThrow('is there already');
    expect(() => startEdition('../x', [], {}, folder)).toThrow("no language's code");
    expect(() => readEdition('fr', folder)).toThrow('there are: de');
  });
});

describe('translate -- draft', () => {
  test('shows the texts of each cell with words, and the code that they stand in', () => {
    expect(draftOf(english)).toMatch(
      /^@@@ 00-a [0-9a-f]{12}\n\n@@ a-title\n# 00 · A\n\nSee .*\n\n@@ a-words\n% const title.*\n% console.*\n0\| The loss falls\n1\| how far\n\n$/,
    );
  });
});

describe('translate -- take', () => {
  const taken = takeDraft(
    edition,
    english,
    undefined,
    work(
      '@@ a-title\n# 00 · Ä\n\nSiehe [hier](../docs/notation.md).\n\n@@ a-words\n0| Der Verlust sinkt\n1| wie weit\n',
    ),
  );

  test('builds the notebook with stamps, links and code as they must be', () => {
    expect(sourceOf(taken, 'a-title')).toBe('# 00 · Ä\n\nSiehe [hier](../../docs/notation.md).');
    expect(sourceOf(taken, 'a-words')).toBe(
      "const title = 'Der Verlust sinkt'; // wie weit\nconsole.log(title, 1);",
    );
    expect(taken.notebook.cells.map((cell) => stampOf(cell).of)).toEqual(english.notebook.cells.map(hashOf));
    expect(taken.notebook.cells[1].metadata.tags).toEqual(['volatile']);
  });

  test('copies an output where no text of the code has changed, and leaves it to be executed elsewhere', () => {
    expect(taken.notebook.cells[1].outputs).toEqual([]);
    expect(taken.notebook.cells[2].outputs).toHaveLength(1);
  });

  test('keeps what a work file leaves out, and drafts only what is not current', () => {
    writeNotebook(taken.file, taken.notebook);
    const again = takeDraft(edition, english, readNotebook(taken.file), work('@@ a-title\n# 00 · B'));
    expect(sourceOf(again, 'a-words')).toBe(sourceOf(taken, 'a-words'));
    expect(sourceOf(again, 'a-title')).toBe('# 00 · B');
    expect(draftOf(english, taken).trim().split('\n')).toHaveLength(1);
    expect(draftOf(english, taken, true)).toContain('0| Der Verlust sinkt');
  });

  test('without a text, leaves the cell English and without a stamp', () => {
    const partial = takeDraft(edition, english, undefined, work('@@ a-words\n0| Der Verlust sinkt\n'));
    expect(sourceOf(partial, 'a-title')).toBe(sourceOf(english, 'a-title'));
    expect(stampOf(partial.notebook.cells[0])).toEqual({});
  });

  test.each([
    ['of another text', '@@@ 00-a 000000000000\n', 'has changed in English'],
    ['of another notebook', '@@@ 01-b 000000000000\n', 'it is of 01-b'],
    ['without its first line', '@@ a-title\n', 'its first line'],
    ['with a cell that is not there', work('@@ a-none\nx'), "'a-none', line 2"],
    ['with a cell twice', work('@@ a-title\nx\n@@ a-title\ny'), 'it is given twice'],
    ['with a number that is not there', work('@@ a-words\n7| x'), 'no open text 7; it has 0, 1'],
    ['with a number twice', work('@@ a-words\n0| x\n0| y'), 'text 0 is given twice'],
    ['with an excuse that is none', work('@@ a-title ~all\nx'), "excuses 'all'"],
  ])('refuses a work file %s', (_, text, why) => {
    expect(() => takeDraft(edition, english, undefined, text)).toThrow(why);
  });
});

test('translate -- stamp stamps one cell', () => {
  const changed = structuredClone(english);
  changed.notebook.cells[0].source = '# 00 · Changed';
  const own = readNotebook(path.join(folder, 'de', '00-a.ipynb'));
  const before = own.notebook.cells.map((cell) => stampOf(cell).of);
  stampCell(changed, own, 'a-title');
  const after = readNotebook(own.file).notebook.cells.map((cell) => stampOf(cell).of);
  expect(after).toEqual([hashOf(changed.notebook.cells[0]), ...before.slice(1)]);
  expect(() => stampCell(changed, own, 'a-none')).toThrow('has no such cell');
  expect(readFileSync(own.file, 'utf8').endsWith('}\n')).toBe(true);
});
