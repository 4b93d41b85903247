import { describe, expect, test } from 'vitest';
import { piecesOf, withCode, withSources } from '../../../tools/notebooks/code-pieces';
import type { Cell, Notebook } from '../../../tools/notebooks/notebook-file';

const cell = (cell_type: Cell['cell_type'], id: string, source: string | string[]): Cell => ({
  cell_type,
  id,
  metadata: {},
  source,
});

const solution = [
  'Text with `code`.\n\n```ts\nconst a = 1;\n```\n\n',
  '```python\na = 1\n```\n```ts\n\n```\n```typescript\nlet b;\n\nb = 2;\n```\n',
];

const notebook: Notebook = {
  cells: [
    cell('code', 'nb-code', ['const c = 3;\n', 'c']),
    cell('code', 'nb-empty', ' \n'),
    cell('markdown', 'nb-solution', solution),
    cell('raw', 'nb-raw', '```ts\nraw\n```'),
  ],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
};

test('piecesOf() finds code cells and ts blocks, and nothing without code', () => {
  expect(piecesOf(notebook)).toEqual([
    { cell: 'nb-code', name: 'nb-code', code: 'const c = 3;\nc' },
    { cell: 'nb-solution', name: 'nb-solution.1', code: 'const a = 1;' },
    { cell: 'nb-solution', name: 'nb-solution.2', code: 'let b;\n\nb = 2;' },
  ]);
});

test('withCode() rewrites the code and keeps the text around it', () => {
  const before = JSON.stringify(notebook);
  const rewrite = (one: Cell) => withCode(one, (code, name) => `${name} $& ${code.length}`);
  expect(rewrite(notebook.cells[0])).toBe('nb-code $& 14');
  expect(rewrite(notebook.cells[2])).toBe(
    'Text with `code`.\n\n```ts\nnb-solution.1 $& 12\n```\n\n' +
      '```python\na = 1\n```\n```ts\n\n```\n```typescript\nnb-solution.2 $& 14\n```\n',
  );
  for (const index of [1, 3]) {
    expect(rewrite(notebook.cells[index])).toBe(notebook.cells[index].source);
  }
  expect(JSON.stringify(notebook)).toBe(before);
});

describe('withSources()', () => {
  // Python writes 1e-05 and 1.0, which JSON.stringify would not; the output tells of a cell and a source.
  const text = `{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 1,
   "id": "nb-one",
   "metadata": {},
   "outputs": [
    {
     "data": {
      "application/json": {
       "id": "nb-two",
       "rate": 1e-05,
       "source": [
        "two"
       ]
      }
     },
     "metadata": {},
     "output_type": "display_data"
    }
   ],
   "source": [
    "one\\n",
    "more"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "nb-two",
   "metadata": {},
   "outputs": [],
   "source": [
    "two"
   ]
  }
 ],
 "metadata": { "level": 1.0 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`;
  const parsed: Notebook = JSON.parse(text);

  test('changes the named sources and no other byte', () => {
    const changed = withSources(text, parsed, new Map([['nb-two', 'zwei "2"\n\nµ']]));
    const at = text.lastIndexOf('"two"');
    expect(changed).toBe(`${text.slice(0, at)}"zwei \\"2\\"\\n",\n    "\\n",\n    "µ"${text.slice(at + 5)}`);
    const both = new Map([
      ['nb-one', 'two'],
      ['nb-two', 'one'],
    ]);
    const { cells } = JSON.parse(withSources(text, parsed, both)) as Notebook;
    expect(cells.map(({ source }) => source)).toEqual([['two'], ['one']]);
    expect(withSources(text, parsed, new Map())).toBe(text);
  });

  test('refuses a file that is laid out otherwise', () => {
    const flat = JSON.stringify(parsed);
    expect(() => withSources(flat, parsed, new Map([['nb-one', '1']]))).toThrow(
      "Cannot rewrite the cell 'nb-one': the file is not laid out as Jupyter does it",
    );
  });
});
