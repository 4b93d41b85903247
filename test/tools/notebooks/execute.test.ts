import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { execute, inParallel, projectPython } from '../../../tools/notebooks/execute';
import { type Notebook, readNotebook } from '../../../tools/notebooks/notebook-file';

const noKernel = projectPython() ? '' : ' (skipped: there is no .venv with a kernel; run npm run setup)';
const folder = mkdtempSync(path.join(tmpdir(), 'descent-execute-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A notebook of one cell. */
function notebookOf(source: string): Notebook {
  const cell = { cell_type: 'code' as const, id: 'one', metadata: {}, source, outputs: [] };
  return { cells: [{ ...cell, execution_count: null }], metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

describe.skipIf(noKernel)(`execute()${noKernel}`, { timeout: 600_000 }, () => {
  test('gives each of two runs with one target its own outputs, and leaves one whole file', async () => {
    const target = path.join(folder, '01-same.ipynb');
    const words = ['first', 'second'];
    const runs = await Promise.all(
      words.map((word) => execute(notebookOf(`console.log('${word}')`), target)),
    );
    const printed = (notebook: Notebook) =>
      notebook.cells[0].outputs?.flatMap(({ text }) => text ?? []).join('');
    expect(runs.map(({ failure }) => failure)).toEqual([undefined, undefined]);
    expect(runs.map(({ notebook }) => printed(notebook))).toEqual(['first\n', 'second\n']);
    expect(['first\n', 'second\n']).toContain(printed(readNotebook(target).notebook));
    expect(readdirSync(folder)).toEqual(['01-same.ipynb']);
  });

  test('stores no state of widgets, and the value of a cell with its count', async () => {
    const source = `
      const comms = (globalThis as any)[Symbol.for('descent.comms')];
      const state = { _model_module: '@jupyter-widgets/controls', _model_name: 'FloatSliderModel', value: 1 };
      const { target } = comms.open('jupyter.widget', { data: { state, buffer_paths: [] }, metadata: { version: '2.1.0' } });
      target`;
    const { notebook, failure } = await execute(notebookOf(source), path.join(folder, '02-widget.ipynb'));
    expect(failure).toBeUndefined();
    const value = { output_type: 'execute_result', execution_count: 1 };
    expect(notebook.cells[0].outputs).toEqual([expect.objectContaining(value)]);
    expect(notebook.cells[0].outputs?.[0].data).toMatchObject({ 'text/plain': expect.anything() });
    expect(notebook.metadata).not.toHaveProperty('widgets');
  });
});

/** Tasks that end when they are told to. */
function tasks(count: number) {
  const running = new Set<number>();
  const ends: (() => void)[] = [];
  let most = 0;
  const list = Array.from({ length: count }, (_, index) => async () => {
    running.add(index);
    most = Math.max(most, running.size);
    await new Promise<void>((resolve) => {
      ends[index] = resolve;
    });
    running.delete(index);
    return index;
  });
  return { list, running, end: (index: number) => ends[index](), most: () => most };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('inParallel()', () => {
  test.each([
    [1, 8e9, 1],
    [3, 8e9, 3],
    [8, 3.1e9, 2],
    [8, 1e8, 1],
    [8, 99e9, 5],
  ])('with %s jobs and %s bytes free, runs %s of 5 at a time', async (jobs, free, most) => {
    const one = tasks(5);
    const results = inParallel(one.list, jobs, 1.5e9, () => free);
    for (let ended = 0; ended < 5; ended++) {
      await settle();
      one.end(Math.min(...one.running));
    }
    expect(await results).toEqual([0, 1, 2, 3, 4]);
    expect(one.most()).toBe(most);
  });

  test('starts no further one while memory is short, and goes on when it is not', async () => {
    const one = tasks(3);
    let free = 9e9;
    const results = inParallel(one.list, 2, 1.5e9, () => free);
    await settle();
    expect([...one.running]).toEqual([0, 1]);
    free = 1e9;
    one.end(0);
    await settle();
    expect([...one.running]).toEqual([1]);
    one.end(1);
    await settle();
    expect([...one.running]).toEqual([2]);
    one.end(2);
    expect(await results).toEqual([0, 1, 2]);
  });

  test('passes an error on', async () => {
    const broken = () => Promise.reject(new Error('no Python'));
    await expect(inParallel([broken, async () => 1], 2)).rejects.toThrow('no Python');
  });
});
