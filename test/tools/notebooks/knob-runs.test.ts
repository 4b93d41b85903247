import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Execution, Failure } from '../../../tools/notebooks/execute';
import { type KnobOptions, tryKnobs } from '../../../tools/notebooks/knob-runs';
import {
  joined,
  type NotebookFile,
  readNotebook,
  writeNotebook,
} from '../../../tools/notebooks/notebook-file';

const fixture = path.join(__dirname, '../../fixtures/notebooks/01-fine.ipynb');
const settings = [
  ['learningRate=0.001', 'learningRate=1', 'epochs=1', 'epochs=50'],
  ['optimizer=adam', 'start=[-5, -5]', 'start=[5, 5]'],
].flat();

let folder: string;
let file: NotebookFile;
let lines: string[];
/** the injected cells of the copies that were executed */
let tried: string[];
/** what an execution comes to, by the text of its injected cell; else the notebook as committed */
let comes: (injected: string) => Partial<Execution>;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'descent-knobs-'));
  mkdirSync(path.join(folder, 'lib'));
  writeFileSync(path.join(folder, 'lib', 'a.ts'), 'one');
  copyFileSync(fixture, path.join(folder, '01-fine.ipynb'));
  file = readNotebook(path.join(folder, '01-fine.ipynb'));
  lines = [];
  tried = [];
  comes = () => ({});
  vi.spyOn(console, 'log').mockImplementation((line) => lines.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const attempt: KnobOptions['attempt'] = async (notebook, target) => {
  const injected = joined(notebook.cells.find(({ id }) => id === 'injected-parameters')?.source);
  tried.push(injected);
  const result = comes(injected);
  writeNotebook(target, notebook);
  return { notebook, seconds: 1.5, peakBytes: 1, ...result };
};
const tryAll = (options: Partial<KnobOptions> = {}) =>
  tryKnobs([file], {
    out: path.join(folder, 'out'),
    library: path.join(folder, 'lib'),
    jobs: 1,
    limit: 10,
    cache: true,
    only: [],
    attempt,
    ...options,
  });
const failure = (name: string, cell = 3): Failure => ({
  cell,
  id: 'fine-walk',
  source: '',
  name,
  traceback: `${name}: too much`,
});

describe('tryKnobs()', () => {
  test('tries each knob alone, says how many are left, and keeps the copies of none that passed', async () => {
    expect(await tryAll()).toBe(true);
    expect(tried).toHaveLength(settings.length);
    expect(tried[0]).toMatch(/^const learningRate = 0\.001; .*\nknobs\(\{ learningRate \}\);$/);
    expect(lines[0]).toBe('7 trials, 0 of them made before; 7 left');
    expect(lines.slice(1, -1)).toEqual(
      settings.map((setting, place) => `✓ 01-fine ${setting}: 1.5 s; ${6 - place} left`),
    );
    expect(lines.at(-1)).toBe('7 trials passed, 0 failed.');
    const kept = readdirSync(path.join(folder, 'out'));
    expect(kept).toHaveLength(7);
    expect(kept.every((name) => name.endsWith('.json'))).toBe(true);
  });

  test.each([
    [['epochs'], ['epochs=1', 'epochs=50']],
    [
      ['epochs=50', 'optimizer'],
      ['epochs=50', 'optimizer=adam'],
    ],
  ])('keeps to %j', async (only, made) => {
    await tryAll({ only });
    expect(lines.slice(1, -1).map((line) => line.split(/[ :]/)[2])).toEqual(made);
  });

  test.each(['epoch', 'epochs=7'])('refuses %j, which is no trial', async (name) => {
    await expect(tryAll({ only: [name] })).rejects.toThrow(`Cannot try ${name}: no such trial`);
  });

  test('ends with a table of what failed and why, and fails', async () => {
    comes = (injected) => (/epochs = 50/.test(injected) ? { failure: failure('RangeError') } : {});
    expect(await tryAll()).toBe(false);
    expect(lines).toContain('✗ 01-fine epochs=50: 1.5 s; 3 left');
    expect(lines.at(-2)).toMatch(
      /^notebook +knob +why\n01-fine +epochs=50 +fine-walk: RangeError: too much$/,
    );
    expect(lines.at(-1)).toBe('6 trials passed, 1 failed.');
    expect(readdirSync(path.join(folder, 'out')).filter((name) => name.endsWith('.ipynb'))).toHaveLength(1);
  });

  test('does not try again what was tried, failed or not, unless told', async () => {
    comes = (injected) => (/epochs = 50/.test(injected) ? { failure: failure('RangeError') } : {});
    await tryAll();
    tried = [];
    expect(await tryAll()).toBe(false);
    expect(tried).toEqual([]);
    expect(lines.at(-2)).toContain('epochs=50');
    comes = () => ({});
    expect(await tryAll({ cache: false })).toBe(true);
    expect(tried).toHaveLength(7);
  });

  test('goes on where it was stopped', async () => {
    comes = () => {
      if (tried.length === 3) throw new Error('stopped');
      return {};
    };
    await expect(tryAll()).rejects.toThrow('stopped');
    comes = () => ({});
    tried = [];
    lines = [];
    expect(await tryAll()).toBe(true);
    expect(lines[0]).toBe('7 trials, 2 of them made before; 5 left');
    expect(tried).toHaveLength(5);
    expect(tried[0]).toContain('const epochs = 1;');
  });

  test.each<[string, () => void, number]>([
    ['a cell of code', () => Object.assign(file.notebook.cells[3], { source: 'other;' }), 7],
    ['lib/', () => writeFileSync(path.join(folder, 'lib', 'a.ts'), 'two'), 7],
    ['a name in lib/', () => writeFileSync(path.join(folder, 'lib', 'b.ts'), ''), 7],
    ['the prose', () => Object.assign(file.notebook.cells[0], { source: '# Other' }), 0],
  ])('after a change of %s', async (_, change, again) => {
    await tryAll();
    tried = [];
    change();
    await tryAll();
    expect(tried).toHaveLength(again);
  });

  test('judges what is kept by the outputs that are committed now', async () => {
    const walk = file.notebook.cells.find(({ id }) => id === 'fine-walk');
    const output = { output_type: 'stream' as const, name: 'stdout', text: 'NaN' };
    const cells = file.notebook.cells.map((cell) => (cell === walk ? { ...cell, outputs: [output] } : cell));
    comes = () => ({ notebook: { ...file.notebook, cells } });
    expect(await tryAll()).toBe(false);
    file = { ...file, notebook: { ...file.notebook, cells } };
    tried = [];
    expect(await tryAll()).toBe(true);
    expect(tried).toEqual([]);
  });

  test('tries again what took too long, once it may take longer', async () => {
    comes = () => ({ failure: failure('TimeoutError') });
    await tryAll();
    tried = [];
    await tryAll();
    await tryAll({ limit: 5 });
    expect(tried).toEqual([]);
    await tryAll({ limit: 20 });
    expect(tried).toHaveLength(7);
  });

  test('stops where there is no kernel, and keeps nothing of it', async () => {
    comes = () => ({ failure: failure('NoSuchKernel', 0) });
    await expect(tryAll()).rejects.toThrow('Cannot try 01-fine: NoSuchKernel');
    expect(readdirSync(path.join(folder, 'out')).filter((name) => name.endsWith('.json'))).toEqual([]);
  });
});
