import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Remembered } from '../../../tools/book/remembered';

describe('Remembered', () => {
  let out: string;
  const files = () => readdirSync(join(out, 'book', 'pages'));

  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'descent-remembered-'));
    vi.stubEnv('DESCENT_OUT', out);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(out, { recursive: true });
  });

  test('recalls what was made of the same by the same program, and nothing else', () => {
    const first = new Remembered<string[]>('pages', 'one');
    expect(first.recall(['a'])).toBeUndefined();
    expect(first.remember(['a'], ['made'])).toEqual(['made']);
    expect(new Remembered<string[]>('pages', 'one').recall(['a'])).toEqual(['made']);
    expect(first.recall(['b'])).toBeUndefined();
    expect(new Remembered<string[]>('pages', 'two').recall(['a'])).toBeUndefined();
    expect(new Remembered<string[]>('cells', 'one').recall(['a'])).toBeUndefined();
  });

  test('takes no half file', () => {
    const pages = new Remembered<string>('pages', 'one');
    pages.remember('a', 'whole');
    writeFileSync(join(out, 'book', 'pages', files()[0]), '"who');
    expect(pages.recall('a')).toBeUndefined();
  });

  test('drops what nobody has asked for in a fortnight', () => {
    const pages = new Remembered<string>('pages', 'one');
    pages.remember('a', 'old');
    pages.remember('b', 'asked for');
    const longAgo = new Date(Date.now() - 15 * 24 * 3_600_000);
    for (const name of files()) utimesSync(join(out, 'book', 'pages', name), longAgo, longAgo);
    expect(pages.recall('b')).toBe('asked for');
    pages.remember('c', 'new');
    expect([pages.recall('a'), pages.recall('b'), pages.recall('c')]).toEqual([
      undefined,
      'asked for',
      'new',
    ]);
  });
});
