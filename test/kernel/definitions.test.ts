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
