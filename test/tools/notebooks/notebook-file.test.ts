import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  findNotebooks,
  readingMinutes,
  readNotebook,
  titleOf,
  writeNotebook,
} from '../../../tools/notebooks/notebook-file';

const fixtures = path.join(__dirname, '../../fixtures/notebooks');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'descent-notebooks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const names = (...wanted: string[]) => findNotebooks(fixtures, wanted).map(({ name }) => name);

test('findNotebooks() takes numbers, names and parts of names, and keeps the order', () => {
  expect(names('2')).toEqual(['02-false-claim']);
  expect(names('06', '01')).toEqual(['01-fine', '06-cell-error']);
  expect(names('05-stale.ipynb')).toEqual(['05-stale']);
  expect(names('endless')).toEqual(['08-endless-loop', '09-endless-wait']);
  expect(names().length).toBeGreaterThan(8);
  expect(() => names('99')).toThrow(/notebook '99'; there are: 01-fine, /);
});

test('readNotebook() names the file that is no notebook', () => {
  const file = path.join(folder, '01-broken.ipynb');
  for (const text of ['{', '{}', '{"cells": [], "nbformat": 3, "nbformat_minor": 5}']) {
    writeFileSync(file, text);
    expect(() => readNotebook(file)).toThrow(/Cannot read the notebook .*01-broken\.ipynb/);
  }
});

test('writeNotebook() writes what it read, byte for byte', () => {
  const { file, notebook } = readNotebook(path.join(fixtures, '01-fine.ipynb'));
  const copy = path.join(folder, 'new', '01-fine.ipynb');
  writeNotebook(copy, notebook);
  expect(readFileSync(copy, 'utf8')).toBe(readFileSync(file, 'utf8'));
});

test('titleOf() and readingMinutes() read the first heading and the stated time', () => {
  const [fine] = findNotebooks(fixtures, ['01']);
  expect(titleOf(fine)).toBe('01 · All is well');
  expect(readingMinutes(fine)).toBe(2);
  expect(readingMinutes(findNotebooks(fixtures, ['02'])[0])).toBeUndefined();
});
