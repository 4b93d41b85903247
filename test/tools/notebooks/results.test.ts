import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noteMimeType } from '../../../lib/surroundings';
import type { Notebook } from '../../../tools/notebooks/notebook-file';
import { type Results, staleResults, storeResults } from '../../../tools/notebooks/results';

const began = 1_000_000_000_000;
let folder: string;
let results: Results;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'descent-results-'));
  const [stored, kept] = [path.join(folder, 'stored'), path.join(folder, 'kept')];
  results = { notebook: '01-one', stored, kept };
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Described {
  name?: string;
  backend?: string;
  notebook?: string;
  result?: unknown;
  /** seconds after the run began at which it was written */
  after?: number;
}

/** Writes a result. @returns its path */
function write(where: 'stored' | 'kept', name: string, { after = 1, ...more }: Described = {}): string {
  mkdirSync(results[where], { recursive: true });
  const file = path.join(results[where], `${name}.json`);
  const [experiment, key] = name.split('-');
  writeFileSync(file, JSON.stringify({ name: experiment, key, backend: 'native 1', result: 1, ...more }));
  utimesSync(file, began / 1000 + after, began / 1000 + after);
  return file;
}

/** A notebook that has read these files. */
function having(...files: string[]): Notebook {
  const outputs = files.map((file) => ({
    output_type: 'display_data',
    data: { [noteMimeType]: { note: 'read', file } },
  }));
  const cell = { id: 'a', cell_type: 'code', metadata: {}, source: '', outputs, execution_count: 1 };
  return { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 } as Notebook;
}

const stored = () => (existsSync(results.stored) ? readdirSync(results.stored) : []);

describe('storeResults()', () => {
  test('stores what the run computed and what it read, with the name of its notebook', () => {
    write('kept', 'sgd-1');
    const read = write('kept', 'sgd-2', { after: -1 });
    write('kept', 'sgd-3', { after: -1 });
    storeResults(having(read), results, began);
    expect(stored()).toEqual(['sgd-1.json', 'sgd-2.json']);
    const entry = JSON.parse(readFileSync(path.join(results.stored, 'sgd-1.json'), 'utf8'));
    expect(entry).toEqual({ name: 'sgd', key: '1', notebook: '01-one', backend: 'native 1', result: 1 });
  });

  test('removes what its notebook uses no more, and nothing of another', () => {
    const used = write('stored', 'sgd-1', { notebook: '01-one' });
    write('stored', 'sgd-2', { notebook: '01-one' });
    write('stored', 'net-1', { notebook: '02-two' });
    const text = readFileSync(used, 'utf8');
    storeResults(having(used), results, began);
    expect(stored()).toEqual(['net-1.json', 'sgd-1.json']);
    expect(readFileSync(used, 'utf8')).toBe(text);
  });

  test('leaves out what is large', () => {
    write('kept', 'sgd-1', { result: 'x'.repeat(200_000) });
    storeResults(having(), results, began);
    expect(stored()).toEqual([]);
  });

  test('stores a large one that no page could compute while its reader waits, and none without end', () => {
    const name = 'gpt-writer';
    write('kept', 'gpt-1', { name, result: 'x'.repeat(1_900_000) });
    write('kept', 'gpt-2', { name, result: 'x'.repeat(2_000_000) });
    // A page in another language has the English one.
    storeResults(having(), { ...results, notebook: 'zh/01-one' }, began);
    expect(stored()).toEqual([]);
    storeResults(having(), results, began);
    expect(stored()).toEqual(['gpt-1.json']);
  });
});

describe('staleResults()', () => {
  test('finds nothing where all that is used is stored, or too large to be', () => {
    const used = write('stored', 'sgd-1', { notebook: '01-one' });
    write('kept', 'sgd-2', { result: 'x'.repeat(200_000) });
    expect(staleResults(having(used), results, began)).toEqual([]);
  });

  test('finds what was computed, and what is stored in vain', () => {
    write('stored', 'sgd-1', { notebook: '01-one' });
    write('kept', 'sgd-2');
    expect(staleResults(having(), results, began)).toEqual([
      expect.stringMatching(
        /^No result of 'sgd' is stored for this code\. `npm run notebooks -- run 01 --save`/,
      ),
      expect.stringMatching(/^The stored result sgd-1\.json is of other code\./),
    ]);
  });

  test('finds what an earlier run kept and this one read', () => {
    write('stored', 'net-1', { notebook: '02-two' });
    const kept = write('kept', 'sgd-2', { after: -1 });
    expect(staleResults(having(kept), results, began)).toHaveLength(1);
  });

  test('names the edition whose notebook it is', () => {
    write('stored', 'sgd-1', { notebook: 'zh/01-one' });
    write('kept', 'sgd-2');
    const [told] = staleResults(having(), { ...results, notebook: 'zh/01-one' }, began);
    expect(told).toContain('`npm run notebooks -- run 01 --lang zh --save`');
  });

  test('finds nothing where another backend computes', () => {
    write('stored', 'sgd-1', { notebook: '01-one' });
    write('kept', 'sgd-2', { backend: 'wasm 4' });
    expect(staleResults(having(), results, began)).toEqual([]);
  });
});
