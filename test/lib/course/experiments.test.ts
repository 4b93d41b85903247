import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { noteMimeType, symbols } from '../../../lib/base/contract';
import { nodeHost } from '../../../lib/base/node-host';
import { experiment } from '../../../lib/course/experiments';
import { recordDisplay } from '../../samples/notebook-display';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'descent-experiments-'));
  vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const kept = () => readdirSync(folder);
const cached = () => ({ folder, stored: path.join(folder, 'stored'), cache: true });

describe('experiment()', () => {
  test('computes once for the same settings, in whatever order they are written', async () => {
    const compute = vi.fn(({ a, b }: { a: number; b: number[] }) => ({ sum: a + b[0] }));
    expect(await experiment('sgd-sum', { a: 1, b: [2] }, compute, cached())).toEqual({ sum: 3 });
    expect(await experiment('sgd-sum', { b: [2], a: 1 }, compute, cached())).toEqual({ sum: 3 });
    expect(compute).toHaveBeenCalledTimes(1);
    expect(kept()).toHaveLength(1);
    expect(kept()[0]).toMatch(/^sgd-sum-[0-9a-f]{16}\.json$/);
  });

  test('computes anew for another setting, another name and another computation', async () => {
    await experiment('one', { a: 1 }, ({ a }) => a, cached());
    await experiment('one', { a: 2 }, ({ a }) => a, cached());
    await experiment('two', { a: 1 }, ({ a }) => a, cached());
    expect(await experiment('one', { a: 1 }, ({ a }) => a + 1, cached())).toBe(2);
    expect(kept()).toHaveLength(4);
  });

  test('finds a stored result for a setting that another engine computes differently in its last digit', async () => {
    const compute = vi.fn(({ rate }: { rate: number }) => 1000 * rate);
    const settings = { rate: 0.001 };
    await experiment('one', settings, compute, cached());
    const options = { folder: path.join(folder, 'own'), stored: folder, cache: true };
    expect(await experiment('one', { rate: 0.0010000000000000002 }, compute, options)).toBe(1);
    expect(compute).toHaveBeenCalledTimes(1);
    await experiment('one', { rate: 0.00100000001 }, compute, options);
    expect(compute).toHaveBeenCalledTimes(2);
    // What this machine itself has kept is of exactly these settings.
    await experiment('one', { rate: 0.0010000000000000002 }, compute, cached());
    expect(compute).toHaveBeenCalledTimes(3);
  });

  test('says in one line that a result was read, in an output that the runner drops', async () => {
    await experiment('one', { a: 1 }, () => 5, cached());
    const shown = recordDisplay();
    await experiment('one', { a: 1 }, () => 5, cached());
    shown.stop();
    expect(shown.outputs).toHaveLength(1);
    expect(shown.outputs[0]['text/plain']).toMatch(/^↺ 'one' ran before/);
    expect(shown.outputs[0]).toHaveProperty([noteMimeType]);
  });

  test('keeps NaN, infinities, Float32Arrays and Int16Arrays, and gives a copy of its own', async () => {
    // More numbers than one call takes as arguments.
    const weights = Float32Array.from({ length: 50_000 }, (_, place) => 0.1 + place);
    const result = {
      losses: [NaN, Infinity, -Infinity, 0.5],
      nothing: null,
      weights,
      none: new Float32Array(),
      whole: Int16Array.of(-32768, -1, 0, 32767),
    };
    const fresh = await experiment('one', {}, () => result, cached());
    const read = await experiment('one', {}, () => result, cached());
    expect(fresh).toEqual(result);
    expect(read).toEqual(result);
    fresh.losses[3] = 7;
    fresh.weights[0] = 7;
    expect(result.weights[0]).toBe(Math.fround(0.1));
    expect(result.losses[3]).toBe(0.5);
  });

  test('reads and writes nothing when told so, by option or by DESCENT_NO_CACHE', async () => {
    const compute = vi.fn(() => 1);
    await experiment('one', {}, compute, { folder, cache: false });
    vi.stubEnv('DESCENT_NO_CACHE', '1');
    await experiment('one', {}, compute, { folder });
    expect(compute).toHaveBeenCalledTimes(2);
    expect(kept()).toEqual([]);
  });

  test('of a translation, takes over the stored result of the original with the same settings, and keeps it as its own', async () => {
    const stored = path.join(folder, 'stored');
    mkdirSync(stored);
    const store = (key: string, notebook: string, settings: object, result: unknown, backend = 'none') =>
      writeFileSync(
        path.join(stored, `one-${key}.json`),
        JSON.stringify({ name: 'one', key, notebook, backend, settings, result }),
      );
    store('1'.repeat(16), '01-a', { a: 1, b: 2 }, [5, { $number: 'NaN' }]);
    store('2'.repeat(16), 'zh/01-a', { a: 3 }, 'of another edition');
    store('3'.repeat(16), '01-a', { a: 4 }, 'of another backend', 'wasm 4.22.0');
    const compute = vi.fn(() => 'computed');
    expect(await experiment('one', { b: 2, a: 1 }, compute as never, cached())).toBe('computed');
    for (const file of kept().filter((name) => name.endsWith('.json'))) rmSync(path.join(folder, file));
    vi.stubEnv('DESCENT_SAME_CODE', '1');
    expect(await experiment('one', { b: 2, a: 1 }, compute as never, cached())).toEqual([5, NaN]);
    expect(kept().filter((name) => name.endsWith('.json'))).toHaveLength(1);
    expect(await experiment('one', { a: 3 }, compute as never, cached())).toBe('computed');
    expect(await experiment('one', { a: 4 }, compute as never, cached())).toBe('computed');
    expect(compute).toHaveBeenCalledTimes(3);
  });

  test('computes anew where the kept result is damaged or of another experiment', async () => {
    const compute = vi.fn(() => ({ value: 4 }));
    await experiment('one', {}, compute, cached());
    const file = path.join(folder, kept()[0]);
    const whole = readFileSync(file, 'utf8');
    for (const damaged of [whole.slice(0, 30), '', '{}', whole.replace('"one"', '"two"')]) {
      writeFileSync(file, damaged);
      expect(await experiment('one', {}, compute, cached())).toEqual({ value: 4 });
      expect(readFileSync(file, 'utf8')).toBe(whole);
    }
    expect(compute).toHaveBeenCalledTimes(5);
  });

  test('keeps nothing of a computation that fails, and passes its error on', async () => {
    const broken = () => Promise.reject(new Error('out of patience'));
    await expect(experiment('one', {}, broken, cached())).rejects.toThrow('out of patience');
    expect(kept()).toEqual([]);
  });

  test('is interrupted with its cell, and keeps nothing of what a training had until then', async () => {
    const place = globalThis as unknown as Record<symbol, unknown>;
    const key = Symbol.for('descent.interrupt');
    const controller = new AbortController();
    place[key] = controller.signal;
    const compute = () => {
      controller.abort(new Error('the reader pressed stop'));
      return [0.1, 0.2];
    };
    try {
      for (const options of [cached(), { folder, cache: false }]) {
        await expect(experiment('one', {}, compute, options)).rejects.toThrow('pressed stop');
      }
    } finally {
      delete place[key];
    }
    expect(kept()).toEqual([]);
  });

  test('refuses what JSON does not hold, and names it', async () => {
    const typed = () => ({ weights: Float64Array.of(1) });
    await expect(experiment('one', {}, typed, cached())).rejects.toThrow(/'weights' is a typed array/);
    await expect(experiment('one', { f: () => 1 }, () => 1, cached())).rejects.toThrow(TypeError);
    await expect(experiment('one', { n: 1n }, () => 1, cached())).rejects.toThrow(/a bigint/);
    expect(kept()).toEqual([]);
  });

  test('goes on where a result cannot be kept, and says why in a note', async () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    const shown = recordDisplay();
    expect(await experiment('one', { a: 1 }, ({ a }) => a + 1, { ...cached(), folder: file })).toBe(2);
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const place = globalThis as unknown as Record<symbol, unknown>;
    const host = nodeHost();
    const write = () => Promise.reject(new Error('Cannot write', { cause: full }));
    place[symbols.host] = { root: host.root, files: { ...host.files, write }, environment: () => undefined };
    try {
      expect(await experiment('two', { a: 1 }, ({ a }) => a + 1, cached())).toBe(2);
    } finally {
      delete place[symbols.host];
      shown.stop();
    }
    expect(shown.outputs.map((output) => output['text/plain'])).toEqual([
      `↺ 'one': nothing can be written to ${file}, so its result is not kept: next time it is computed anew.`,
      "↺ 'two': the disk is full, so its result is not kept: next time it is computed anew.",
    ]);
    expect(shown.outputs.every((output) => noteMimeType in output)).toBe(true);
  });

  test('keeps it where DESCENT_OUT says, unless DESCENT_EXPERIMENTS does', async () => {
    vi.stubEnv('DESCENT_NO_CACHE', '');
    vi.stubEnv('DESCENT_EXPERIMENTS', undefined);
    vi.stubEnv('DESCENT_OUT', path.join(folder, 'mine'));
    await experiment('one', {}, () => 1, { stored: folder });
    expect(readdirSync(path.join(folder, 'mine', 'experiments'))).toHaveLength(1);
    vi.stubEnv('DESCENT_EXPERIMENTS', path.join(folder, 'other'));
    await experiment('one', {}, () => 1, { stored: folder });
    expect(readdirSync(path.join(folder, 'other'))).toHaveLength(1);
  });

  test.each(['', 'Sgd', 'a b', '../../a', 'a-', 'a_b'])('refuses the name %j', async (name) => {
    await expect(experiment(name, {}, () => 1, cached())).rejects.toThrow(/kebab-case/);
  });
});
