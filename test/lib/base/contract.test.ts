import { afterEach, expect, test } from 'vitest';
import { kernelSignal, share, shared, symbols } from '../../../lib/base/contract';

const place = globalThis as unknown as Record<symbol, unknown>;

afterEach(() => {
  for (const name of ['cell', 'interrupt']) delete place[Symbol.for(`descent.${name}`)];
});

test('share() puts something where every copy of this code, and the kernel, finds it', () => {
  expect(shared('cell')).toBeUndefined();
  share('cell', 'const a = 1;');
  expect(place[Symbol.for('descent.cell')]).toBe('const a = 1;');
  expect(shared('cell')).toBe('const a = 1;');
  share('cell', 'another');
  expect(shared('cell')).toBe('another');
});

test('no two of the names stand at the same place', () => {
  const all = Object.values(symbols);
  expect(new Set(all).size).toBe(all.length);
  for (const symbol of all) expect(Symbol.keyFor(symbol)).toMatch(/^descent\./);
});

test('kernelSignal() is the signal of the cell that runs, and none outside the kernel', () => {
  expect(kernelSignal()).toBeUndefined();
  const { signal } = new AbortController();
  place[Symbol.for('descent.interrupt')] = signal;
  expect(kernelSignal()).toBe(signal);
});
