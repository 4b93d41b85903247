import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { saveSweepStudy, studyOf } from '../../../tools/sweep/study';
import { faultyPlan } from './trials';

test('studyOf() has the figure of each line, numbers as numbers, and leaves out what has no outcome', () => {
  const plan = faultyPlan('/nowhere', ['a', 'b', 'c']);
  plan.trials[0] = { ...plan.trials[0], seed: 2, setting: { rate: '1e-3', widths: '[4, 8]', rule: 'adam' } };
  const rest = { seconds: 1, earlier: [], machine: 'x' };
  const lines = [{ loss: 1 / 3 }, {}, { loss: Number.NaN }, { loss: 0.25 }];
  const outcomes = new Map([
    ['key-a', { key: 'key-a', status: 'done' as const, progress: lines, backend: 'native', ...rest }],
    ['key-c', { key: 'key-c', status: 'diverged' as const, progress: [], ...rest }],
  ]);
  const study = studyOf(plan, outcomes, 'npm run sweep -- x', 'loss');
  expect(study).toMatchObject({ command: 'npm run sweep -- x', backends: ['native'], measure: 'loss' });
  expect(study.trials).toEqual([
    {
      setting: { rate: 0.001, widths: '[4, 8]', rule: 'adam' },
      ...{ seed: 2, status: 'done', values: [0.333333, 0.25] },
    },
    { setting: { fault: 'c' }, seed: undefined, status: 'diverged', values: [] },
  ]);
});

test('saveSweepStudy() writes JSON with a trial a line, and says where it cannot', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sweep-'));
  try {
    const trial = { setting: { rate: 1 }, status: 'done' as const, values: [1, 2] };
    const study = { command: 'c', backends: [], code: 'x', measure: 'loss', trials: [trial, trial] };
    const file = path.join(folder, 'new', 'study.json');
    saveSweepStudy(study, file);
    const text = readFileSync(file, 'utf8');
    expect(JSON.parse(text)).toEqual(study);
    expect(text.match(/^ {2}\{"setting".*\},?$/gm)).toHaveLength(2);
    expect(() => saveSweepStudy(study, path.join(file, 'below'))).toThrow(
      /^Cannot write the table .*; the trials are kept; name another file: --study$/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
