import { describe, expect, test } from 'vitest';
import { exportNotebook, importNotebook } from '../../../tools/book/page/edit/notebook-file';

const code = (id: string, source: string) => ({
  cell_type: 'code',
  id,
  metadata: { tags: ['volatile'] },
  source: [source],
  outputs: [],
  execution_count: null,
});
const notebook = {
  cells: [
    { cell_type: 'markdown', id: 'words', metadata: {}, source: ['# Words'] },
    code('one', 'const one = 1;'),
    code('two', 'one'),
  ],
  metadata: { kernelspec: { name: 'descent' } },
  nbformat: 4,
  nbformat_minor: 5,
};
const progress = { ran: ['one'], cells: 2, exercises: { x: true }, claims: {} };
const exported = exportNotebook(
  notebook,
  '01-odd',
  { one: { source: 'const one = 2;\none', of: 'mark' } },
  progress,
);

describe('exportNotebook()', () => {
  test('puts in what the reader has written, and leaves the rest', () => {
    const { cells, metadata } = JSON.parse(exported);
    expect(cells[1].source).toEqual(['const one = 2;\n', 'one']);
    expect(cells[1].metadata).toEqual({ tags: ['volatile'], 'descent-book': { of: 'mark' } });
    expect([cells[0], cells[2]]).toEqual([notebook.cells[0], notebook.cells[2]]);
    expect(metadata.kernelspec).toEqual({ name: 'descent' });
  });
});

describe('importNotebook()', () => {
  test('brings back what was taken out', () => {
    expect(importNotebook(exported, ['one', 'two'])).toEqual({
      cells: { one: { source: 'const one = 2;\none', of: 'mark' }, two: { source: 'one' } },
      progress,
      strange: 0,
    });
  });

  test('counts the cells that the page does not have', () => {
    expect(importNotebook(exported, ['two'])).toMatchObject({
      cells: { two: { source: 'one' } },
      strange: 1,
    });
  });

  test.each([
    ['no JSON', 'no notebook'],
    ['null', 'no notebook'],
    ['{"cells":{}}', 'no notebook'],
    ['{"cells":[],"nbformat":3,"nbformat_minor":0}', 'too old'],
    ['{"cells":[],"nbformat":4,"nbformat_minor":4}', 'too old'],
    ['{"cells":[null,{"cell_type":"code"}],"nbformat":4,"nbformat_minor":5}', 'another notebook'],
    [JSON.stringify({ ...notebook, cells: notebook.cells.slice(0, 1) }), 'another notebook'],
  ])('refuses %s', (text, why) => {
    expect(importNotebook(text, ['one', 'two'])).toBe(why);
  });

  test('takes no progress that has another form', () => {
    const metadata = { 'descent-book': { progress: { ran: 'all' } } };
    expect(importNotebook(JSON.stringify({ ...notebook, metadata }), ['one'])).toMatchObject({
      progress: undefined,
    });
  });
});
