import { describe, expect, test } from 'vitest';
import { type BuiltCell, builtCompiler, stackByCells } from '../../../tools/book/page/built-cells';

const cell = (id: string, start: number): BuiltCell => ({
  id,
  source: `// ${id}`,
  body: () => undefined,
  form: 'function',
  names: [id],
  imports: [],
  restsOn: [],
  start,
  lines: [
    [],
    [
      [2, 0, 1],
      [9, 3, 0],
    ],
  ],
});
const cells = [cell('first', 3), cell('second', 10)];
const file = 'http://localhost/book/run/cells/02.js';
const nameOf = (id: string) => (id === 'first' ? 'Cell [1]' : 'Cell [2]');

describe('builtCompiler()', () => {
  test('finds a cell by its source, with the function that was built', () => {
    const compiled = builtCompiler(cells, () => []).compile('// second', '');
    expect(compiled.built).toEqual({ body: cells[1].body, names: ['second'] });
    expect(compiled.diagnostics).toEqual([]);
    expect(compiled.locate(1, 7)).toEqual({ line: 0, column: 1 });
    expect(compiled.locate(1, 9)).toEqual({ line: 3, column: 0 });
    expect(compiled.locate(1, 1)).toBeUndefined();
    expect(compiled.locate(0, 0)).toBeUndefined();
  });

  test('refuses a source that was not built', () => {
    expect(() => builtCompiler(cells, () => []).compile('// third', '')).toThrow(
      'not one of those that came with the page',
    );
  });
});

describe('stackByCells()', () => {
  test('names the cell and its line', () => {
    const stack = `Error: no\n    at compute (${file}:12:5)\n    at ${file}:4:1\n    at other (http://localhost/x.js:1:1)`;
    expect(stackByCells(stack, file, cells, nameOf)).toBe(
      'Error: no\n    at compute (Cell [2]:2:5)\n    at Cell [1]:1:1\n    at other (http://localhost/x.js:1:1)',
    );
  });

  test('reads the stacks of Firefox and Safari', () => {
    expect(stackByCells(`compute@${file}:12:5\n@${file}:3:1`, file, cells, nameOf)).toBe(
      '    at compute (Cell [2]:2:5)\n    at  (Cell [1]:0:1)',
    );
  });

  test('leaves a place before the first cell as it is', () => {
    expect(stackByCells(`    at ${file}:1:1`, file, cells, nameOf)).toBe(`    at ${file}:1:1`);
  });
});
