import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lazyMathjs } from '../../kernel/mathjs';
import { Kernel, shown } from './client';

const require = createRequire(import.meta.url);

describe('mathjs, made when it is used', () => {
  const lazy = lazyMathjs(require);
  const front = require('mathjs');

  test('is loaded by its first use, not by the import', () => {
    const loaded = () =>
      Object.keys(require.cache).filter((file) => /mathjs.lib.cjs.defaultInstance/.test(file));
    expect(lazy.__esModule).toBe(true);
    expect(lazy.then).toBeUndefined();
    expect(loaded()).toEqual([]);
    expect(lazy.add(1, 2)).toBe(3);
    expect(loaded()).toHaveLength(1);
  });

  test('has what the package has, by the same names and of the same kinds', () => {
    const names = Object.keys(front);
    expect(names.length).toBeGreaterThan(1000);
    expect(Object.keys(lazy)).toEqual(names);
    const kindOf = (value: unknown) => (value === null ? 'null' : typeof value);
    expect(names.filter((name) => kindOf(lazy[name]) !== kindOf(front[name]))).toEqual([]);
    const constants = names.filter((name) => ['number', 'boolean', 'string'].includes(typeof front[name]));
    expect(constants.length).toBeGreaterThan(10);
    expect(constants.map((name) => lazy[name])).toEqual(constants.map((name) => front[name]));
    expect([lazy.on, lazy.import, lazy.nothing]).toEqual([undefined, undefined, undefined]);
    expect('add' in lazy && !('nothing' in lazy)).toBe(true);
    expect(inspect(lazy)).toBe(inspect(front));
  });

  test('computes as the package does, and with what the package has made', () => {
    const formulas = [
      'derivative("x^3 + sin(x)", "x")',
      '[1, 2; 3, 4] * 2',
      'sqrt(-4)',
      '1/3 + 0.1',
      '5 cm to inch',
    ];
    for (const formula of formulas) {
      expect(String(lazy.evaluate(formula))).toBe(String(front.evaluate(formula)));
    }
    expect(inspect(lazy.matrix([[1, 2]]))).toBe(inspect(front.matrix([[1, 2]])));
    expect(lazy.multiply(front.matrix([[1, 2]]), lazy.matrix([[3], [4]])).toArray()).toEqual([[11]]);
    expect(() => lazy.inv([[0]])).toThrow('Cannot calculate inverse, determinant is zero');
    expect(() => lazy.config({ number: 'BigNumber' })).toThrow('The global config is readonly');
  });
});

describe('in a cell', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await Kernel.start();
  });
  afterAll(() => kernel.stop());
  const run = async (code: string) => shown(await kernel.execute(code));

  test('each way to import it gives the same functions', async () => {
    await kernel.execute("import * as all from 'mathjs'; import { add, matrix, create } from 'mathjs';");
    expect(await run("[all.add === add, (await import('mathjs')).add === add]")).toBe('[ true, true ]\n');
    expect(await run('matrix([[1, 2]]).toArray()')).toContain('1');
    expect(await run('create(all.all).add(1, 2)')).toBe('3\n');
  });
});
