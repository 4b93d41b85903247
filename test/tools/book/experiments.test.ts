/** Stored results that come with the pages: those of the same code, and no others. */
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { projectRoot } from '../../../lib/base/project-root';
import { notebookCompiler } from '../../../tools/book/cells';
import { findNotebooks, inLines, joined, type NotebookFile } from '../../../tools/notebooks/notebook-file';
import { readEdition } from '../../../tools/translate/edition';

const [file] = findNotebooks(join(projectRoot(), 'notebooks'), ['02']);
const compiler = notebookCompiler(['none', 'wasm 4.22.0', 'webgpu 4.22.0']);
afterAll(() => compiler.close());

/** The notebook with one piece of its code replaced. */
function withCode(from: string, to: string): NotebookFile {
  const cells = file.notebook.cells.map((cell) =>
    cell.cell_type === 'code' ? { ...cell, source: inLines(joined(cell.source).replace(from, to)) } : cell,
  );
  expect(cells.map(({ source }) => joined(source)).join()).not.toBe(
    file.notebook.cells.map(({ source }) => joined(source)).join(),
  );
  return { ...file, notebook: { ...file.notebook, cells } };
}

/** On which experiments each cell rests. */
function experimentsBelow(module: string): string[][] {
  return [...module.matchAll(/"restsOn":(\[[^\]]*\])/g)].map(([, list]) => JSON.parse(list));
}

test('the results of notebook 02 come along, under a key for each backend of a page', async () => {
  const { stored, stale, without, module } = await compiler.compile(file);
  expect([stale, without]).toEqual([[], []]);
  expect(new Set(stored.map((one) => one.file)).size).toBe(3);
  expect(stored).toHaveLength(9);
  const restsOn = experimentsBelow(module);
  const code = file.notebook.cells.filter(({ cell_type }) => cell_type === 'code');
  expect(restsOn).toHaveLength(code.length);
  expect(new Set(restsOn.flat())).toEqual(new Set(['gd-rises', 'gd-gentle', 'gd-landed']));
  expect(restsOn[0]).toEqual([]);
});

test('a cell may rest on several', async () => {
  const { module } = await compiler.compile(
    withCode('  lower.length,', '  lower.length + 0 * gentle.length,'),
  );
  const both = experimentsBelow(module).filter((list) => list.length > 1);
  expect(both.map((list) => list.sort())).toEqual([['gd-gentle', 'gd-landed']]);
});

test('a result does not come along once the code that it rests on has changed', async () => {
  const { stored, stale, without } = await compiler.compile(
    withCode('const counts = { above: 0,', 'const counts = { above: 1 - 1,'),
  );
  expect(stale).toHaveLength(1);
  expect(stale[0]).toMatch(/^gd-rises-/);
  expect(without).toEqual(['gd-rises']);
  expect(new Set(stored.map((one) => one.file)).size).toBe(2);
});

test('a translation has the results of the English notebook, whose program it is', async () => {
  const [translated] = findNotebooks(readEdition('zh').folder, ['02']);
  const english = await compiler.compile(file);
  const own = await compiler.compile(translated);
  const filesOf = ({ stored }: typeof own) => new Set(stored.map((one) => one.file));
  expect(filesOf(own)).toEqual(filesOf(english));
  expect(own.stale).toEqual([]);
  const cells = translated.notebook.cells.map((cell) => {
    if (cell.cell_type !== 'code') return cell;
    return {
      ...cell,
      source: inLines(joined(cell.source).replace('const counts = {', 'const counts = { more: 0,')),
    };
  });
  const other = await compiler.compile({ ...translated, notebook: { ...translated.notebook, cells } });
  expect(filesOf(other).size).toBeLessThan(filesOf(english).size);
});
