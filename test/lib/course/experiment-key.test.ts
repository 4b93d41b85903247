import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Globals, share, shared, symbols } from '../../../lib/base/contract';
import { host } from '../../../lib/base/host';
import { experimentKey } from '../../../lib/course/experiment-key';

let folder: string;
const write = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};
const key = (settings = '{}', compute = '() => 1') => experimentKey(settings, compute, folder);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'descent-key-'));
  for (const room of ['maths', 'training/deep', 'course', 'figures/deep', 'base', 'base/words']) {
    write(`${room}/file.ts`, `// ${room}`);
  }
  write('door.ts', '// door');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  delete (globalThis as Record<symbol, unknown>)[symbols.definitions];
});

describe('experimentKey()', () => {
  test('is the same for the same, 16 hexadecimal digits', async () => {
    expect(await key()).toBe(await key());
    expect(await key()).toMatch(/^[0-9a-f]{16}$/);
  });

  test.each(['door.ts', 'maths/file.ts', 'training/deep/file.ts', 'base/file.ts'])(
    'changes with %s',
    async (name) => {
      const before = await key();
      write(name, '// edited');
      expect(await key()).not.toBe(before);
    },
  );

  test.each([
    'course/file.ts',
    'figures/deep/file.ts',
    'maths/notes.md',
    'base/words.ts',
    'base/words/file.ts',
  ])('does not change with %s', async (name) => {
    const before = await key();
    write(name, '// edited');
    expect(await key()).toBe(before);
  });

  test('changes with a new file, and with the name of a file, empty or not', async () => {
    const keys = [await key()];
    write('maths/new.ts', '');
    keys.push(await key());
    for (const [from, to] of [
      ['maths/new.ts', 'maths/named.ts'],
      ['maths/named.ts', 'training/named.ts'],
    ]) {
      renameSync(path.join(folder, from), path.join(folder, to));
      keys.push(await key());
    }
    expect(new Set(keys).size).toBe(4);
  });

  test('a folder named course inside a room counts', async () => {
    write('maths/course/file.ts', '// one');
    const before = await key();
    write('maths/course/file.ts', '// two');
    expect(await key()).not.toBe(before);
  });

  test('changes with the settings and the computation, wherever the border between them lies', async () => {
    const keys = [await key('{}', 'ab'), await key('{}a', 'b'), await key('{"a":1}', 'ab')];
    expect(new Set(keys).size).toBe(3);
  });

  test('changes with the backend, once one runs', async () => {
    const before = shared('tensorflow');
    const run = (backend: 'wasm' | 'js', version: string) => {
      const report = { backend, version, reason: '' };
      share('tensorflow', { starting: Promise.resolve(), report } as Globals['tensorflow']);
      return key();
    };
    const keys = [await key(), await run('wasm', '4'), await run('wasm', '5'), await run('js', '5')];
    expect(new Set(keys).size).toBe(4);
    share('tensorflow', { starting: Promise.resolve() });
    expect(await key()).toBe(keys[0]);
    if (before) share('tensorflow', before);
    else delete (globalThis as Record<symbol, unknown>)[symbols.tensorflow];
  });

  describe('where the notebook tells which definitions a computation uses', () => {
    const definitions = ["import { f } from './lib/door';", 'const a = f(1);'];
    beforeEach(() => {
      share('definitions', (code) => (code.includes('f(') ? definitions : []));
      write('door.ts', "export * from './maths/file';");
      write('maths/file.ts', "import type { B } from '../training/deep/file.ts';");
      write('training/deep/file.ts', "import '../../course';");
      write('course.ts', "import './maths/other';");
    });
    const using = () => key('{}', '() => f(a)');

    test.each(['door.ts', 'maths/file.ts', 'training/deep/file.ts'])(
      'changes with %s, which they import',
      async (name) => {
        const before = await using();
        write(name, `${name} // edited`);
        expect(await using()).not.toBe(before);
      },
    );

    test.each(['maths/other.ts', 'course.ts', 'figures/deep/file.ts'])(
      'does not change with %s, which they do not import, or which only shows',
      async (name) => {
        const before = await using();
        write(name, '// edited');
        expect(await using()).toBe(before);
      },
    );

    test('is written from settings, backend, computation, definitions, and files by their names', async () => {
      const before = shared('tensorflow');
      share('tensorflow', { starting: Promise.resolve() });
      const files = ['door.ts', 'maths/file.ts', 'training/deep/file.ts'];
      const texts = files.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]);
      const parts = JSON.stringify(['{}', 'none', '() => f(a)', definitions, texts]);
      expect(await using()).toBe(createHash('sha256').update(parts).digest('hex').slice(0, 16));
      if (before) share('tensorflow', before);
      else delete (globalThis as Record<symbol, unknown>)[symbols.tensorflow];
    });

    test('reads each file once', async () => {
      const read = vi.spyOn(host().files, 'readText');
      try {
        await using();
        const places = read.mock.calls.map(([place]) => path.relative(folder, String(place)));
        expect(places.sort()).toEqual(['door.ts', 'maths/file.ts', 'training/deep/file.ts']);
      } finally {
        read.mockRestore();
      }
    });

    test('changes with a definition', async () => {
      const before = await using();
      share('definitions', () => [definitions[0], 'const a = f(2);']);
      expect(await using()).not.toBe(before);
    });

    test('of a computation that uses none, no file counts', async () => {
      const before = await key();
      write('door.ts', '// edited');
      expect(await key()).toBe(before);
    });
  });
});
