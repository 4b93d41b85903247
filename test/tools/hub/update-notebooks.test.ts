import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../../../lib/base/project-root';
import { updateNotebooks } from '../../../tools/hub/update-notebooks.mjs';

let course: string;
let mine: string;
beforeEach(() => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-update-'));
  course = path.join(folder, 'course');
  mine = path.join(folder, 'home', 'notebooks');
  fs.mkdirSync(course);
});
afterEach(() => fs.rmSync(path.dirname(course), { recursive: true, force: true }));

type Cell = [id: string, source: string, output?: string];
const textOf = (cells: readonly Cell[]) =>
  JSON.stringify({
    cells: cells.map(([id, source, output]) => ({
      ...{ cell_type: 'code', id, metadata: {}, source, execution_count: null },
      outputs: output ? [{ output_type: 'stream', name: 'stdout', text: output }] : [],
    })),
    ...{ metadata: {}, nbformat: 4, nbformat_minor: 5 },
  });
const publish = (...cells: Cell[]) => fs.writeFileSync(path.join(course, '02-a.ipynb'), textOf(cells));
const file = () => path.join(mine, '02-a.ipynb');
const save = (...cells: Cell[]) => fs.writeFileSync(file(), textOf(cells));
const read = () => fs.readFileSync(file(), 'utf8');
const update = () => updateNotebooks(course, mine)[0].fate;
const cellsNow = () =>
  JSON.parse(read()).cells.map(
    ({ id, source, outputs }: { id: string; source: string; outputs: { text: string }[] }) => [
      id,
      source,
      ...outputs.map(({ text }) => text),
    ],
  );

describe('updateNotebooks()', () => {
  test('brings a notebook, leaves it alone, brings it again where it was deleted', () => {
    publish(['a', '1']);
    expect([update(), update()]).toEqual(['brought', 'kept']);
    expect(read()).toBe(textOf([['a', '1']]));
    fs.rmSync(file());
    expect(update()).toBe('brought');
  });

  test('replaces what nobody has changed by the new version', () => {
    publish(['a', '1']);
    update();
    publish(['a', '2']);
    expect([update(), update()]).toEqual(['renewed', 'kept']);
    expect(cellsNow()).toEqual([['a', '2']]);
  });

  test('keeps answers, outputs and added cells in a new version, and the old file', () => {
    publish(
      ['a', 'one'],
      ['x-answer', 'undefined'],
      ['x-check', 'check'],
      ['gone', 'old'],
      ['end', 'the end'],
    );
    update();
    save(
      ['mine', 'first of all'],
      ['a', 'one', 'ran'],
      ['x-answer', '42', 'answered'],
      ['tried', 'console.log(1)'],
      ['again', 'console.log(2)'],
      ['x-check', 'check', 'Solved'],
      ['gone', 'old'],
    );
    const before = read();
    expect(update()).toBe('kept');
    expect(read()).toBe(before);
    publish(
      ['new', 'hello'],
      ['a', 'one, better', 'of the course'],
      ['x-answer', 'stub'],
      ['x-check', 'check'],
      ['end', 'bye'],
    );
    expect(update()).toBe('merged');
    expect(cellsNow()).toEqual([
      ['mine', 'first of all'],
      ['new', 'hello'],
      ['a', 'one, better', 'of the course'],
      ['x-answer', '42', 'answered'],
      ['tried', 'console.log(1)'],
      ['again', 'console.log(2)'],
      ['x-check', 'check', 'Solved'],
    ]);
    expect(fs.readFileSync(path.join(mine, '.descent', 'before', '02-a.ipynb'), 'utf8')).toBe(before);
    // And once more: what he wrote is still known as his.
    publish(['new', 'hello'], ['a', 'one, best'], ['x-answer', 'another stub'], ['x-check', 'check']);
    expect(update()).toBe('merged');
    expect(cellsNow()).toContainEqual(['x-answer', '42', 'answered']);
    expect(cellsNow()).toContainEqual(['a', 'one, best']);
  });

  test("links the course's lib/ beside the notebooks, and leaves a folder of that name alone", () => {
    publish(['a', '1']);
    const lib = path.join(course, '..', 'lib');
    fs.mkdirSync(lib);
    fs.symlinkSync('../lib', path.join(course, 'lib'));
    update();
    expect(fs.readlinkSync(path.join(mine, 'lib'))).toBe(fs.realpathSync(lib));
    fs.rmSync(path.join(mine, 'lib'));
    fs.symlinkSync('/elsewhere', path.join(mine, 'lib'));
    update();
    expect(fs.readlinkSync(path.join(mine, 'lib'))).toBe(fs.realpathSync(lib));
    fs.rmSync(path.join(mine, 'lib'));
    fs.mkdirSync(path.join(mine, 'lib'));
    expect(update()).toBe('kept');
    expect(fs.lstatSync(path.join(mine, 'lib')).isDirectory()).toBe(true);
  });

  test('leaves a damaged notebook and one of somebody else as they are', () => {
    publish(['a', '1']);
    update();
    for (const text of ['{ "cells": [', '{}', '{ "cells": [{ "cell_type": "code", "source": "no id" }] }']) {
      publish(['a', text]);
      fs.writeFileSync(file(), text);
      expect(update()).toBe('broken');
      expect(read()).toBe(text);
    }
    fs.rmSync(path.join(mine, '.descent'), { recursive: true });
    save(['b', 'his own']);
    expect(update()).toBe('foreign');
    expect(cellsNow()).toEqual([['b', 'his own']]);
  });

  test('where nothing can be written, one line says so and all stays', () => {
    publish(['a', '1']);
    fs.mkdirSync(path.dirname(mine), { recursive: true });
    fs.writeFileSync(mine, 'a file, no folder');
    const script = path.join(projectRoot(), 'tools', 'hub', 'update-notebooks.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, course, mine], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Cannot bring the notebooks to .*; what lies there stays\n$/);
    expect(fs.readFileSync(mine, 'utf8')).toBe('a file, no folder');
  });

  test('in a folder that is full, the old notebook and the note of it stay', () => {
    publish(['a', '1'], ['x-answer', 'stub']);
    update();
    save(['a', '1'], ['x-answer', '42']);
    const before = read();
    publish(['a', '2'], ['x-answer', 'stub']);
    // A folder in the place of the draft's target stops the last step, as a full disk would.
    fs.mkdirSync(path.join(mine, '.descent', 'before', '02-a.ipynb', 'in-the-way'), { recursive: true });
    expect(() => update()).toThrow();
    expect(read()).toBe(before);
    fs.rmSync(path.join(mine, '.descent', 'before'), { recursive: true });
    expect(update()).toBe('merged');
    expect(cellsNow()).toEqual([
      ['a', '2'],
      ['x-answer', '42'],
    ]);
  });
});
