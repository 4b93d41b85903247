import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { claimMimeType, plotlyMimeType } from '../../../lib/surroundings';
import type { Failure } from '../../../tools/notebooks/execute';
import { faultsOf, observe, trialsOf } from '../../../tools/notebooks/knob-trials';
import type { Cell, Notebook, NotebookFile, Output } from '../../../tools/notebooks/notebook-file';

const code = (id: string, outputs: Output[], source = 'x;', tags?: string[]): Cell => ({
  cell_type: 'code',
  id,
  source,
  outputs,
  execution_count: 1,
  metadata: tags ? { tags } : {},
});
const notebook = (...cells: Cell[]): Notebook => ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
const printed = (text: string): Output => ({ output_type: 'stream', name: 'stdout', text: [text] });
const shown = (data: Record<string, unknown>): Output => ({ output_type: 'display_data', data });
const figure = (y: unknown, more: object = {}) => shown({ [plotlyMimeType]: { data: [{ y }], ...more } });
const claimed = (measured: unknown, more: object = {}) =>
  shown({
    'text/plain': `Measured ${measured}`,
    [claimMimeType]: { sentence: 'It holds.', measured, bound: 'at least 1', met: false, ...more },
  });

describe('trialsOf()', () => {
  const trials = (...lines: string[]) => {
    const file: NotebookFile = {
      file: path.join('/', '01-a.ipynb'),
      name: '01-a',
      notebook: notebook(code('a-knobs', [], lines.join('\n'), ['parameters'])),
    };
    return trialsOf(file).map(({ setting, skipped }) => (skipped ? `${setting}: ${skipped}` : setting));
  };

  test.each([
    ['const rate = 0.1; // 0.001 … 1: x', ['rate=0.001', 'rate=1']],
    ['const epochs = 1; // 1 … 50: x', ['epochs=50']],
    ['const step = 1e-5; // 1e-16 … 1.0: x', ['step=1e-16', 'step=1']],
    ["const rule: string = 'adam'; // sgd | adam | rmsprop: x", ['rule=sgd', 'rule=rmsprop']],
    ['const fast: boolean = true; // true | false: x', ['fast=false']],
    ['const width: number = 32; // 16 | 32 | 64: x', ['width=16', 'width=64']],
    ['const start = [3, -1]; // −5.0 … 5.0: x', ['start=[-5, -5]', 'start=[5, 5]']],
    ['const start = [5, 5]; // −5.0 … 5.0: x', ['start=[-5, -5]']],
    ['const one = [3]; // 1 … 5: all different', ['one=[1]', 'one=[5]']],
    ['const n = 3; // 3 … 3: x', []],
  ])('%s', (line, settings) => expect(trials(line)).toEqual(settings));

  test('skips with a reason: entries that must differ, and knobs without a range', () => {
    expect(trials('const sizes = [1, 2]; // 1 … 5: units, all different')).toEqual([
      expect.stringMatching(/^sizes: its entries must be different/),
    ]);
    expect(trials('const seed = 1; // the draws')).toEqual([expect.stringMatching(/^seed: .* no range/)]);
  });

  test('turns one knob at a time', () => {
    expect(trials('const a = 1; // 1 … 2: x', 'const b = 3; // 1 … 3: x')).toEqual(['a=2', 'b=1']);
  });
});

describe('observe() and faultsOf()', () => {
  const fine = notebook(code('a', [printed('1'), figure([1, 2]), claimed(1)]));
  const faults = (now: Notebook, committed = fine, failure?: Failure) =>
    faultsOf(observe(now, failure), observe(committed));

  test('find nothing where there is nothing', () => expect(faults(fine)).toEqual([]));

  test('an error, by its own line', () => {
    const traceback = 'somewhere\nRangeError: Cannot look up: index must be < 3, got 7\n  at Cell [2]';
    const failure = { cell: 2, id: 'a', source: '', name: 'RangeError', traceback };
    expect(faults(fine, fine, failure)).toEqual(['a: RangeError: Cannot look up: index must be < 3, got 7']);
  });

  test.each<[string, Output]>([
    ['printed', printed('loss NaN')],
    ['in a table', shown({ 'text/plain': 'a NaN' })],
    ['in HTML, in lines', shown({ 'text/html': ['<td>', 'NaN</td>'] })],
    ['in the title of a figure', figure([1], { layout: { title: { text: 'loss NaN' } } })],
  ])('NaN %s, unless the committed cell has it, too', (_, output) => {
    const now = notebook(code('a', [output]));
    expect(faults(now)).toEqual(['a: NaN in its text']);
    expect(faults(now, now)).toEqual([]);
    const elsewhere = notebook(code('a', [printed('1')]), code('b', [printed('NaN')]));
    expect(faults(now, elsewhere)).toHaveLength(1);
  });

  test('a word that begins with NaN is none', () => {
    expect(faults(notebook(code('a', [printed('NaNny, isNaN(x), NaN2')])))).toEqual([]);
  });

  test.each<[string, Output]>([
    ['null in a list', figure([1, null])],
    ['null in a list of lists', figure([[1], [null]])],
    ['NaN by its name', figure(['NaN', 1])],
    ['null in a frame', figure([1, 2], { frames: [{ data: [{ y: [null] }] }] })],
    [
      'NaN in typed numbers',
      figure({
        dtype: 'f4',
        bdata: Buffer.from(new Float32Array([1, Number.NaN]).buffer).toString('base64'),
      }),
    ],
  ])('a figure with %s, unless the committed one has it, too', (_, output) => {
    const now = notebook(code('a', [output]));
    expect(faults(now)).toEqual(['a: gaps (NaN or null) in a trace of its figure 1']);
    expect(faults(now, now)).toEqual([]);
  });

  test('tell the figures of a cell apart', () => {
    const committed = notebook(code('a', [figure([null]), figure([1])]));
    const now = notebook(code('a', [figure([null]), figure([null])]));
    expect(faults(now, committed)).toEqual(['a: gaps (NaN or null) in a trace of its figure 2']);
  });

  test.each<[string, Output]>([
    ['a property that is null', shown({ [plotlyMimeType]: { data: [{ y: [1], name: null }] } })],
    ['numbers in bytes', figure({ dtype: 'u1', bdata: 'AAAA' })],
    ['whole typed numbers', figure({ dtype: 'f8', bdata: Buffer.alloc(16).toString('base64') })],
  ])('%s is no gap', (_, output) => expect(faults(notebook(code('a', [output])))).toEqual([]));

  test('a claim that measures NaN, whether it applies or not; not one that is not met or does not apply', () => {
    const made = (output: Output) => faults(notebook(code('a', [output])));
    expect(made(claimed('NaN'))).toEqual(['a: a claim measures NaN: It holds.']);
    expect(made(claimed('NaN', { applies: false, changed: [] }))).toHaveLength(1);
    expect(made(claimed(0.5))).toEqual([]);
    expect(made(claimed('Infinity'))).toEqual([]);
    expect(made(claimed(0.5, { applies: false, changed: [] }))).toEqual([]);
  });
});
