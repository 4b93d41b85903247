import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exerciseMimeType } from '../../../lib/base/contract';
import { learnerFolders, readLearnerNotebook } from '../../../tools/hub/learner-folders';
import { withAnswers } from '../../../tools/hub/merge-notebook.mjs';
import { classProgress } from '../../../tools/hub/progress';
import { progressCsv, progressTable } from '../../../tools/hub/progress-table';
import type { Cell, Notebook, NotebookFile } from '../../../tools/notebooks/notebook-file';

let homes: string;
beforeEach(() => {
  homes = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-class-'));
});
afterEach(() => fs.rmSync(homes, { recursive: true, force: true }));

const code = (id: string, source: string, status?: string, exercise = id.replace(/-check$/, '')): Cell => {
  const data = { [exerciseMimeType]: { id: exercise, status, message: '' } };
  const outputs: Cell['outputs'] = status ? [{ output_type: 'display_data', data, metadata: {} }] : [];
  return { cell_type: 'code', id, metadata: {}, source, outputs, execution_count: null };
};
const of = (...cells: Cell[]): Notebook => ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
const check = (id: string) => `exercise('${id}', answer, is.number(1));`;
const exercise = (id: string, answer = 'const answer = undefined;', status = 'unsolved'): Cell[] => [
  code(`${id}-answer`, answer),
  code(`${id}-check`, check(id), status),
];
const course: NotebookFile[] = [
  { file: '', name: '00-start', notebook: of(code('start', '1')) },
  {
    file: '',
    name: '02-descent',
    notebook: of(...exercise('gd-a'), ...exercise('gd-b'), ...exercise('gd-c')),
  },
  { file: '', name: '04-back', notebook: of(...exercise('bp-a')) },
];

function put(learner: string, name: string, content: Notebook | string): void {
  const folder = path.join(homes, learner, 'notebooks');
  fs.mkdirSync(folder, { recursive: true });
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  fs.writeFileSync(path.join(folder, `${name}.ipynb`), text);
}

describe('classProgress()', () => {
  test('tells from the outputs who has solved what, and says nothing of what nobody touched', async () => {
    const solved = exercise('gd-a', 'const answer = 1;', 'solved');
    const wrong = exercise('gd-b', 'const answer = 2;', 'wrong');
    put('anna', '02-descent', of(...solved, ...wrong, ...exercise('gd-c')));
    put('anna', '04-back', course[2].notebook);
    put('ben', '02-descent', course[1].notebook);
    expect(await classProgress(homes, course)).toEqual([
      {
        ...{ learner: 'anna', notebook: '02-descent', exercises: 3 },
        ...{ solved: ['gd-a'], wrong: ['gd-b'], remarks: [] },
      },
      { learner: 'ben', notebook: '', exercises: 0, solved: [], wrong: [], remarks: [] },
    ]);
  });

  test('counts no outcome of another exercise, and tells of a check that was changed', async () => {
    const borrowed = code('gd-b-check', check('gd-b'), 'solved', 'gd-a');
    const changed = code('gd-a-check', "exercise('gd-a', answer, () => true);", 'solved');
    put('anna', '02-descent', of(code('gd-a-answer', '7'), changed, borrowed));
    const [entry] = await classProgress(homes, course);
    expect(entry).toMatchObject({ solved: ['gd-a'], remarks: ['the check of gd-a was changed'] });
  });

  test('a damaged notebook is told, and nothing else is lost by it', async () => {
    put('anna', '02-descent', '{ "cells": [');
    put('anna', '04-back', of(...exercise('bp-a', '1', 'solved')));
    put('ben', '02-descent', '[]');
    fs.mkdirSync(path.join(homes, 'ben', 'notebooks', '04-back.ipynb'));
    const all = await classProgress(homes, course);
    expect(
      all.map(({ learner, notebook, solved, remarks }) => [learner, notebook, solved.length, ...remarks]),
    ).toEqual([
      ['anna', '02-descent', 0, 'the notebook cannot be read: it is no notebook'],
      ['anna', '04-back', 1],
      ['ben', '02-descent', 0, 'the notebook cannot be read: it is no notebook with ids of cells'],
      ['ben', '04-back', 0, 'the notebook cannot be read: it is no file'],
    ]);
  });

  test('what a run anew gives counts in place of the outputs', async () => {
    put('anna', '02-descent', of(...exercise('gd-a', '1', 'solved')));
    const seen: string[] = [];
    const all = await classProgress(homes, course, async ({ learner }, { name }, mine) => {
      seen.push(`${learner} ${name} ${mine.cells.length}`);
      return { notebook: of(...exercise('gd-a', '1', 'wrong')), remarks: ['it took long'] };
    });
    expect(seen).toEqual(['anna 02-descent 2']);
    expect(all).toMatchObject([{ solved: [], wrong: ['gd-a'], remarks: ['it took long'] }]);
  });
});

describe('withAnswers()', () => {
  test("takes a learner's answers and his added cells, and the course's own checks", () => {
    const mine = of(
      ...[code('helper', 'const two = 2;'), code('gd-a-answer', 'const answer = two;')],
      ...[code('gd-a-check', "exercise('gd-a', 1, () => true);", 'solved'), code('gd-c-answer', '3')],
    );
    const sources = (counts?: (id: string) => boolean) =>
      withAnswers(mine as never, course[1].notebook as never, counts).cells.map(
        ({ id, source }) => `${id}: ${source}`,
      );
    const stub = 'const answer = undefined;';
    expect(sources()).toEqual([
      ...['helper: const two = 2;', 'gd-a-answer: const answer = two;', `gd-a-check: ${check('gd-a')}`],
      ...[
        `gd-b-answer: ${stub}`,
        `gd-b-check: ${check('gd-b')}`,
        'gd-c-answer: 3',
        `gd-c-check: ${check('gd-c')}`,
      ],
    ]);
    expect(sources((id) => id !== 'helper' && id !== 'gd-a-answer')).toContain(`gd-a-answer: ${stub}`);
    expect(sources((id) => id !== 'helper')).not.toContain('helper: const two = 2;');
  });
});

describe('learnerFolders() and readLearnerNotebook()', () => {
  test('follow no link, wait for no pipe, and say which folder holds nothing', () => {
    put('anna', '02-descent', of(...exercise('gd-a', '1', 'solved')));
    fs.mkdirSync(path.join(homes, 'ben'));
    fs.symlinkSync(path.join(homes, 'anna', 'notebooks'), path.join(homes, 'ben', 'notebooks'));
    fs.symlinkSync(path.join(homes, 'anna'), path.join(homes, 'carl'));
    const link = path.join(homes, 'ben', '02-descent.ipynb');
    fs.symlinkSync(path.join(homes, 'anna', 'notebooks', '02-descent.ipynb'), link);
    expect(learnerFolders(homes).map(({ learner }) => learner)).toEqual(['anna', 'ben']);
    expect(readLearnerNotebook(link)).toEqual({ trouble: 'it is a link' });
    expect(readLearnerNotebook(path.join(homes, 'nothing.ipynb'))).toEqual({});
    expect(() => learnerFolders(path.join(homes, 'ben', 'absent'))).toThrow(
      /Cannot read .*absent: it does not exist/,
    );
    expect(() => learnerFolders(path.join(homes, 'anna', 'notebooks'))).toThrow(/holds notebooks/);
  });
});

describe('the table', () => {
  const all = [
    {
      learner: 'anna',
      notebook: '02-descent',
      exercises: 3,
      solved: ['gd-a'],
      wrong: ['gd-b'],
      remarks: ['odd'],
    },
    { learner: '=ben', notebook: '', exercises: 0, solved: [], wrong: [], remarks: ['the folder is full'] },
  ];

  test('is read in columns, with remarks under it', () => {
    expect(progressTable(all)).toBe(`learner  notebook    solved       not yet
anna     02-descent  1 of 3       gd-b
=ben     –           nothing yet
! anna, 02-descent: odd.
! =ben: the folder is full.
2 learners, 1 exercises solved.`);
  });

  test('as CSV holds nothing that a spreadsheet takes for a formula', () => {
    expect(progressCsv(all)).toBe(`learner,notebook,exercises,solved,which,not yet,remarks
anna,02-descent,3,1,gd-a,gd-b,odd
'=ben,,0,0,,,the folder is full`);
  });
});
