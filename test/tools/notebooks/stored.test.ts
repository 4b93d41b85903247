import { describe, expect, test } from 'vitest';
import { noteMimeType, plotlyMimeType } from '../../../lib/surroundings';
import type { Cell, Notebook, Output } from '../../../tools/notebooks/notebook-file';
import { merge, normalise, staleCells } from '../../../tools/notebooks/stored';

const stream = (text: string, name = 'stdout'): Output => ({ output_type: 'stream', name, text });
const shown = (data: Record<string, unknown>): Output => ({ output_type: 'display_data', data });
const value = (data: Record<string, unknown>, execution_count = 40): Output => ({
  output_type: 'execute_result',
  data,
  execution_count,
});
const code = (outputs: Output[], tags?: string[], source = 'x;', id = 'nb-cell'): Cell => ({
  cell_type: 'code',
  id,
  source,
  outputs,
  execution_count: 40,
  metadata: { ...(tags && { tags }), execution: { 'iopub.status.busy': '2026-01-01' } },
});
const notebook = (...cells: Cell[]): Notebook => ({
  cells,
  metadata: { kernelspec: { name: 'other' }, widgets: {} },
  nbformat: 4,
  nbformat_minor: 5,
});
const text = (one: Notebook) => one.cells[0].outputs?.map((output) => output.text);

describe('normalise()', () => {
  test('counts from 1, skipping empty cells, and drops times and what else Jupyter leaves', () => {
    const executed = notebook(code([], undefined, ''), code([]), code([]));
    const before = JSON.stringify(executed);
    const normal = normalise(executed);
    expect(normal.cells.map((cell) => cell.execution_count)).toEqual([null, 1, 2]);
    expect(normal.cells[1].metadata).toEqual({});
    expect(normal.metadata).toMatchObject({ kernelspec: { name: 'tslab' } });
    expect(Object.keys(normal.metadata)).toEqual(['kernelspec', 'language_info']);
    expect(JSON.stringify(executed)).toBe(before);
  });

  test("keeps that a cell's code is hidden", () => {
    const jupyter = { source_hidden: true };
    const hidden = { ...code([]), metadata: { jupyter, execution: { 'iopub.status.busy': '2026-01-01' } } };
    expect(normalise(notebook(hidden)).cells[0].metadata).toEqual({ jupyter });
    expect(merge(notebook(hidden), normalise(notebook(hidden))).cells[0].metadata).toEqual({ jupyter });
  });

  test('joins streams and leaves what a terminal leaves of written-over lines', () => {
    const outputs = [stream('1 of 3\r'), stream('2 of 3\r3 of 3\n'), stream('done\r\n')];
    expect(text(normalise(notebook(code(outputs))))).toEqual([['3 of 3\n', 'done\n']]);
    const two = [stream('a'), stream('b', 'stderr'), stream('c')];
    expect(text(normalise(notebook(code(two))))).toEqual([['a'], ['b'], ['c']]);
  });

  test('drops passing notes', () => {
    const note = shown({ 'text/plain': '↺', [noteMimeType]: { note: 'read' } });
    expect(normalise(notebook(code([note, stream('a')]))).cells[0].outputs).toHaveLength(1);
  });

  test("gives a cell's value the count of its cell", () => {
    const executed = notebook(
      code([]),
      code([stream('a'), value({ 'text/plain': '3' }), shown({ 'text/plain': 'b' })]),
    );
    const outputs = normalise(executed).cells[1].outputs ?? [];
    expect(outputs.map((output) => output.execution_count)).toEqual([undefined, 2, undefined]);
    expect(executed.cells[1].outputs?.[1].execution_count).toBe(40);
  });

  test('is done once: again changes nothing', () => {
    const once = normalise(notebook(code([stream('a\rb\nc'), shown({ 'text/plain': 'd' })])));
    expect(normalise(once)).toEqual(once);
  });
});

describe('staleCells()', () => {
  const compare = (old: Output[], now: Output[], tags?: string[], tolerance = 1e-3) =>
    staleCells(notebook(code(old, tags)), normalise(notebook(code(now, tags))), tolerance);

  test.each([
    ['the same', stream('loss 0.5'), stream('loss 0.5')],
    ['numbers within the tolerance', stream('loss 0.5000'), stream('loss 0.5004')],
    ['another number of spaces', stream('loss  9'), stream('loss 9')],
    ['grouped digits', stream('60,000 images'), stream('60,001 images')],
    ['powers of ten', stream('1.0000e-9'), stream('1.0001e-9')],
    ['numbers nearby, each with its digits grouped', stream('1,000'), stream('1,000.5')],
    ['numbers nearby, of which one has no thousands', stream('999.9'), stream('1,000.1')],
    ['numbers nearby, of which one has no thousands, not grouped', stream('999.9'), stream('1000.1')],
    ['digits of fractions', stream('0.33333'), stream('0.3333')],
    ['numbers nearby with minus signs of both kinds', stream('−0.5'), stream('-0.5001')],
    ['the sign of a rounded zero', stream('0.0 %'), stream('-0.0 %')],
    ['noise around zero', shown({ 'x/y': [1e-17] }), shown({ 'x/y': [-3e-17] })],
    ["a value's count", value({ 'text/plain': '3' }, 7), value({ 'text/plain': '3.0001' }, 9)],
    ['pictures', shown({ 'image/png': 'aaaa' }), shown({ 'image/png': 'bbbb' })],
    [
      'HTML beside the text it repeats',
      shown({ 'text/plain': 'a', 'text/html': '<p>1</p>' }),
      shown({ 'text/plain': 'a', 'text/html': '<p>2</p>' }),
    ],
  ])('are not: %s', (_, old, now) => expect(compare([old], [now])).toEqual([]));

  test.each([
    ['a number', stream('loss 0.5'), stream('loss 0.51'), "'loss 0.5' is committed, 'loss 0.51'"],
    ['grouping', stream('1,000 digits'), stream('1000 digits'), "'1,000 digits' is committed, '1000 digits'"],
    ['grouping taken on', stream('1000'), stream('1,000'), "'1000' is committed, '1,000' comes out"],
    ['the sign that groups', stream('1_000'), stream('1,000'), "'1_000' is committed, '1,000' comes out"],
    ['zeros', stream('0.5'), stream('0.50'), "'0.5' is committed, '0.50' comes out"],
    ['zeros of zero', stream('0.0'), stream('-0'), "'0.0' is committed, '-0' comes out"],
    ['a zero before', stream('05'), stream('5'), "'05' is committed, '5' comes out"],
    ['a power of ten', stream('1e3'), stream('1000'), "'1e3' is committed, '1000' comes out"],
    ['the kind of minus', stream('−0.5'), stream('-0.5'), "'−0.5' is committed, '-0.5' comes out"],
    ['a plus', stream('+5'), stream('5'), "'+5' is committed, '5' comes out"],
    ['grouping of another value', stream('60,000'), stream('60001'), "'60,000' is committed, '60001'"],
    ['grouping of another value, taken on', stream('60000'), stream('60,001'), "'60000' is committed"],
    ['lists of other numbers', stream('[1,2,3]'), stream('[12,3]'), "'[1,2,3]' is committed, '[12,3]'"],
    ['one of a list', stream('[1,2,3000]'), stream('[1,9,3000]'), "'[1,2,3000]' is committed"],
    [
      'the text of a figure',
      shown({ [plotlyMimeType]: { layout: { title: { text: '1000 digits' } } } }),
      shown({ [plotlyMimeType]: { layout: { title: { text: '1,000 digits' } } } }),
      "'1000 digits' is committed, '1,000 digits' comes out",
    ],
    ['a sign', stream('-0.5'), stream('0.5'), "'-0.5' is committed, '0.5' comes out"],
    ['an end of a line', stream('5 cats 6 dogs'), stream('5 cats\n6 dogs'), "'5 cats 6 dogs' is committed"],
    ['a word', stream('cats'), stream('dogs'), "'cats' is committed, 'dogs' comes out"],
    [
      'a value',
      value({ 'text/plain': '3' }),
      value({ 'text/plain': '4' }),
      "text/plain: '3' is committed, '4' comes",
    ],
    [
      'what was shown and is the value now',
      shown({ 'text/plain': '3' }),
      value({ 'text/plain': '3' }),
      "output: 'display_data' is committed, 'execute_result' comes out",
    ],
    [
      'what was printed and is the value now',
      stream('3\n'),
      value({ 'text/plain': '3' }),
      "output: 'stream' is committed, 'execute_result' comes out",
    ],
    ['the stream', stream('a'), stream('a', 'stderr'), "name: 'stdout' is committed, 'stderr'"],
    [
      'a value of a figure',
      shown({ [plotlyMimeType]: { data: [{ y: [1, 2] }] } }),
      shown({ [plotlyMimeType]: { data: [{ y: [1, 3] }] } }),
      `${plotlyMimeType}.data.0.y.1: 2 is committed, 3 comes out`,
    ],
    [
      'the length of a curve',
      shown({ 'x/y': { y: [1] } }),
      shown({ 'x/y': { y: [1, 3] } }),
      'y.1: nothing is committed, 3 comes out',
    ],
    [
      'a claim that is no longer met',
      shown({ 'x/claim': { met: true } }),
      shown({ 'x/claim': { met: false } }),
      'met: true is committed, false comes out',
    ],
    [
      'HTML without text',
      shown({ 'text/html': '<p>cat</p>' }),
      shown({ 'text/html': '<p>dog</p>' }),
      "<p>cat</p>' is committed",
    ],
    [
      'the end of a long text, where it differs',
      stream(`${'same '.repeat(60)}cat`),
      stream(`${'same '.repeat(60)}dog`),
      "same cat' is committed, '…",
    ],
  ])('are: %s', (_, old, now, why) => {
    const [line, ...more] = compare([old], [now]);
    expect(more).toEqual([]);
    expect(line).toContain('nb-cell: ');
    expect(line).toContain(why);
    expect(line).not.toContain('\n');
  });

  test('are: an output more or less, and a cell that was not executed', () => {
    expect(compare([], [stream('a')])).toEqual(['nb-cell: 0 outputs are committed, 1 come out']);
    const other = normalise(notebook(code([], undefined, 'x;', 'nb-other')));
    expect(staleCells(notebook(code([])), other, 1e-3)).toEqual(['nb-cell: the cell was not executed']);
  });

  test('are not compared in a cell tagged volatile, but must be there', () => {
    expect(compare([stream('5 s')], [stream('7 s'), stream('more')], ['volatile'])).toEqual([]);
    expect(compare([], [stream('7 s')], ['volatile'])).toHaveLength(1);
  });

  test('of a cell tagged approximate: words count, numbers do not', () => {
    const approximate = ['approximate'];
    expect(compare([stream('97.1 %')], [stream('96.2 %')], approximate)).toEqual([]);
    expect(compare([stream('97.1 %')], [stream('none')], approximate)).toHaveLength(1);
    expect(compare([stream('9,712 right')], [stream('9,650 right')], approximate)).toEqual([]);
    expect(compare([stream('9712 right')], [stream('9,650 right')], approximate)).toHaveLength(1);
    expect(compare([stream('0.5')], [stream('0.50')], approximate)).toHaveLength(1);
    const curve = (...y: number[]) => [shown({ 'x/y': { y } })];
    expect(compare(curve(1, 2), curve(1, 3, 4), approximate)).toEqual([]);
    const made = (met: boolean) => [shown({ 'x/y': { measured: met ? 1 : 0, met } })];
    expect(compare(made(true), made(false), approximate)).toHaveLength(1);
  });
});

describe('merge()', () => {
  const figure = (y: number, picture?: string): Output =>
    shown({ [plotlyMimeType]: { data: [{ y: [y] }] }, ...(picture && { 'image/png': picture }) });
  const merged = (old: Cell, fresh: Cell, refresh = false) =>
    merge(notebook(old), normalise(notebook(fresh)), refresh).cells[0].outputs;

  test('keeps the committed outputs where the fresh ones say the same to the ninth digit', () => {
    expect(merged(code([stream('0.1')]), code([stream('0.10000000001')]))?.[0].text).toEqual(['0.1']);
    expect(merged(code([stream('0.1')]), code([stream('0.1000001')]))?.[0].text).toEqual(['0.1000001']);
  });

  test('writes anew what has the same value in another way of writing', () => {
    for (const [old, now] of [
      ['1000', '1,000'],
      ['0.5', '0.50'],
      ['1e3', '1000'],
      ['97.0 %', '97 %'],
    ]) {
      expect(merged(code([stream(old)]), code([stream(now)]))?.[0].text).toEqual([now]);
      expect(
        merged(code([stream(old)], ['approximate']), code([stream(now)], ['approximate']))?.[0].text,
      ).toEqual([now]);
    }
  });

  test('keeps volatile outputs unless refreshed or the source changed', () => {
    const old = code([stream('5 s')], ['volatile']);
    const fresh = code([stream('7 s')], ['volatile']);
    expect(merged(old, fresh)?.[0].text).toEqual(['5 s']);
    expect(merged(old, fresh, true)?.[0].text).toEqual(['7 s']);
    expect(merged(old, { ...fresh, source: 'y;' })?.[0].text).toEqual(['7 s']);
  });

  test('keeps the picture of a figure that is the same, and of no other', () => {
    const outputs = merged(code([figure(1, 'one'), figure(2, 'two')]), code([figure(2), figure(3)]));
    expect(outputs?.map((output) => output.data?.['image/png'])).toEqual(['two', undefined]);
  });

  test('keeps the picture alone: words beside it that have changed are the fresh ones', () => {
    const saying = (output: Output, words: string): Output => ({
      ...output,
      data: { ...output.data, 'text/plain': words },
    });
    const old = { ...saying(figure(1, 'one'), 'old'), metadata: { descent_figure: 'hash' } };
    expect(merged(code([old]), code([saying(figure(1), 'new')]))).toEqual([
      { ...saying(figure(1, 'one'), 'new'), metadata: { descent_figure: 'hash' } },
    ]);
  });
});
