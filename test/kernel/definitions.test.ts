import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';

const require = createRequire(import.meta.url);
const ts = require('@tslab/typescript-for-tslab');
const { createDefinitions } = require('../../kernel/core/definitions');

/** What `code` uses, of cells that have run in this order. */
function used(cells: string[], code: string): string[] {
  const definitions = createDefinitions(ts);
  for (const cell of cells) definitions.add(cell);
  return definitions.usedBy(code);
}

describe('the definitions that code uses', () => {
  test('are those it names, and those that they name', () => {
    const cells = ["import { sum } from './lib/maths';", 'const a = 1;\nconst b = a + 1;\nconst c = 3;'];
    expect(used(cells, '() => sum(b)')).toEqual([
      'const a = 1;',
      'const b = a + 1;',
      "import { sum } from './lib/maths';",
    ]);
  });

  test('are found as the compiler calls them in another cell', () => {
    expect(used(['const rate = 2;'], '() => exports.rate * 2')).toEqual(['const rate = 2;']);
  });

  test.each([
    ['function twice(x: number) { return 2 * x; }', '() => twice(1)'],
    ['class Walk { step() {} }', '() => new Walk()'],
    ['const { train: twice, ...rest } = await load();', '() => [twice]'],
    ['const [, second] = pairs;', '() => ({ second })'],
    ["import * as tf from './lib/tensorflow';", '() => tf.tidy()'],
    ["import mathjs from 'mathjs';", '() => mathjs'],
    ['interface Scores { loss: number }', '(scores: Scores) => 1'],
    ['type Row = number[];', '(row: Row) => 1'],
  ])('%s', (cell, code) => {
    expect(used([cell], code)).toHaveLength(1);
  });

  test('are not those that a property has the name of', () => {
    expect(used(['const loss = 1;'], '(run) => ({ loss: run.loss })')).toEqual([]);
  });

  test('are the latest of a name, without comments, laid out by the compiler', () => {
    const cells = ['const rate = 1;', 'const rate   =  2; // faster'];
    expect(used(cells, '() => rate')).toEqual(['const rate = 2;']);
  });

  test('end where functions call each other', () => {
    const cell =
      'function even(n) { return n === 0 || odd(n - 1); }\nfunction odd(n) { return n !== 0 && even(n - 1); }';
    expect(used([cell], '() => even(4)')).toHaveLength(2);
  });
});

describe('the changes of what code uses', () => {
  const declared = 'const list: number[] = [];\nlet total = 0;\nconst { a, b } = { a: { c: 1 }, b: [1] };';
  const reaching = '() => [list, total, a, b]';
  const changes = (cells: string[], code = reaching) => {
    const before = used([declared], code);
    return used([declared, ...cells], code).filter((text) => !before.includes(text));
  };

  test.each([
    'total = 1;',
    'total += 1;',
    'total++;',
    '--total;',
    'total ??= 1;',
    'list[0] = 1;',
    'a.c = 2;',
    'delete a.c;',
    '[total, list[1]] = [1, 2];',
    '({ c: total } = { c: 2 });',
    'for (total of [1, 2]) { }',
    'list.push(1);',
    'list.sort((one, other) => one - other);',
    'const last = list.pop();',
    'const sums = [1, 2].map((value) => total += value);',
    'for (const seed of [1, 2])\n    list.push(seed);',
    'if (b.length > 0)\n    total = 1;',
    'try {\n    total = 1;\n}\ncatch { }',
    '[1, 2].forEach((value) => { list.push(value); });',
    'fill(list);',
    'await fill({ of: a });',
    'a.step();',
  ])('%j is one', (cell) => {
    expect(changes([cell])).toEqual([cell]);
  });

  test.each([
    'const other = [...list, total].sort();',
    'const length = list.slice().reverse().length;',
    'for (const value of list)\n    console.log(value);',
    'for (let total = 0; total < 3; total++) { }',
    '[1].forEach((total) => { total += 1; });',
    'const added = (list: number[]) => { list.push(1); };',
    '{\n    const total = [0];\n    total.push(1);\n}',
    'try { }\ncatch (total) {\n    total.message = 1;\n}',
    'fill(other, { list: 1 });',
  ])('%j is none', (cell) => {
    expect(changes([cell])).toEqual([]);
  });

  test('are not what only shows: calls of lib/course and of nodeplotlib', () => {
    const cell =
      "import { show } from './lib/course';\nimport { plot } from 'nodeplotlib';\nshow(list);\nplot(b);";
    expect(changes([cell])).toEqual([]);
  });

  test('are also made by functions that are called, wherever they stand', () => {
    const count = 'function count() { total += 1; }';
    expect(changes([count, 'count();'])).toEqual([count, 'count();']);
    expect(changes([`count();\n${count}`])).toEqual([count, 'count();']);
    const both = ['const count = () => { total += 1; };', 'const twice = [count(), count()];'];
    expect(changes(both).sort()).toEqual(both);
  });

  test('bring what they use with them, and what has changed that', () => {
    const cells = [
      'const rate = 2;\nlet other = 1;\nconst spare = 3;',
      'other = 5;',
      'total = rate * other;',
    ];
    expect(changes(cells)).toEqual([
      'const rate = 2;',
      'let other = 1;',
      'other = 5;',
      'total = rate * other;',
    ]);
  });

  test('stand in the order in which they ran, behind the definitions', () => {
    expect(changes(['total = 2;', 'total = 1;'])).toEqual(['total = 2;', 'total = 1;']);
    expect(changes(['total = 1;', 'total = 2;'])).toEqual(['total = 1;', 'total = 2;']);
  });

  test('count as often as they ran, if they surely make a change', () => {
    expect(changes(['total++;', 'total++;'])).toEqual(['total++;', 'total++;']);
    expect(changes(['fill(list);', 'fill(list);'])).toEqual(['fill(list);']);
  });

  test('are past once the name is declared anew', () => {
    expect(changes(['total++;', 'let total = 0;'])).toEqual([]);
    expect(changes(['total++;', 'let total = 0;\ntotal = 3;'])).toEqual(['total = 3;']);
  });

  test('of what code does not use are none', () => {
    expect(changes(['total++;'], '() => list')).toEqual([]);
  });
});
