/** What a sweep does with notebooks, in the real kernel. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { plotlyMimeType } from '../../../lib/base/contract';
import { readNotebook } from '../../../tools/notebooks/notebook-file';
import { attempt } from '../../../tools/sweep/attempt';
import { writeSweepNotebook } from '../../../tools/sweep/notebook';
import { findProgram } from '../../../tools/sweep/programs';
import { type Results, type Row, rank } from '../../../tools/sweep/results';

const folder = mkdtempSync(path.join(os.tmpdir(), 'sweep-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('writeSweepNotebook() leaves an executed notebook with the table and both figures', async () => {
  const rows = [0.1, 0.2, 0.3].flatMap((rate) =>
    [8, 16].map((units): Row => {
      const figures = { validationLoss: rate * units };
      return { setting: { rate: `${rate}`, units: `${units}` }, status: 'done', figures, attempts: 1 };
    }),
  );
  const results: Results = {
    ...{ program: 'mnist', command: 'npm run sweep -- mnist', engine: 'local', search: 'grid', rows },
    ...{ measure: 'validationLoss', more: false, code: '', best: rank(rows, 'validationLoss'), names: {} },
  };
  writeFileSync(path.join(folder, 'results.json'), JSON.stringify(results));
  expect(await writeSweepNotebook(results, folder)).toBeUndefined();
  const { cells } = readNotebook(path.join(folder, 'sweep.ipynb')).notebook;
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  expect(outputs.filter(({ output_type }) => output_type === 'error')).toEqual([]);
  expect(outputs.filter(({ data }) => data?.[plotlyMimeType])).toHaveLength(2);
  expect(JSON.stringify(outputs[0].data)).toContain('rate=0.1 units=8');
});

test('a notebook is a trial: its claims are what it measures, and a cell that fails refuses the setting', async () => {
  const program = findProgram('02');
  const made = await attempt(program.args({ steps: '20' }), { limit: 900 });
  expect(made.ended).toBe('done');
  const { figures = {}, names = {} } = made;
  expect(Object.keys(figures).length).toBeGreaterThan(5);
  expect(Object.keys(names)).toEqual(Object.keys(figures));
  expect(names['gd-claims/1']).toMatch(/\.$/);
  expect(made.progress.length).toBeGreaterThan(20);
  const failing = await attempt(program.args({ steps: '-5' }), { limit: 900 });
  expect(failing).toMatchObject({ ended: 'refused' });
  expect(failing.message).toMatch(/^gd-/);
});
