/** A book's cells are compiled side by side, and kept for who builds it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { notCompiled } from '../../../tools/book/cells';
import { compileAhead } from '../../../tools/book/compile-ahead';
import { readNotebook } from '../../../tools/notebooks/notebook-file';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'descent-ahead-'));
  vi.stubEnv('DESCENT_OUT', folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function notebookOf(name: string, ...sources: string[]) {
  const cells = sources.map((source, place) => ({
    ...{ cell_type: 'code', id: `cell-${place}`, metadata: {}, source },
    ...{ execution_count: null, outputs: [] },
  }));
  const file = join(folder, `${name}.ipynb`);
  writeFileSync(file, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
  return readNotebook(file);
}

test('compileAhead() compiles what no build has compiled, and leaves what does not compile to the build', async () => {
  const fine = ['90-one', '91-two', '92-three'].map((name, place) =>
    notebookOf(name, `const a = ${place};`, 'a + 1'),
  );
  const broken = notebookOf('93-broken', 'const b: number = "text";');
  const files = [...fine, broken];
  expect(notCompiled(files)).toEqual(files);
  const told: [number, number][] = [];
  await compileAhead(files, (done, of) => told.push([done, of]), 2);
  expect(notCompiled(fine)).toEqual([]);
  expect(notCompiled(files)).toEqual([broken]);
  expect(told).toEqual([
    [1, 4],
    [2, 4],
    [3, 4],
  ]);
  told.length = 0;
  await compileAhead(fine, (done, of) => told.push([done, of]), 2);
  expect(told).toEqual([]);
}, 120_000);
