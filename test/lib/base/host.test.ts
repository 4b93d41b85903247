import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { type Host, host } from '../../../lib/base/host';
import { projectRoot } from '../../../lib/base/project-root';

const root = path.join(__dirname, '../../..');
const key = Symbol.for('descent.host');
const place = globalThis as unknown as Record<symbol, Host | undefined>;
afterEach(() => {
  delete place[key];
});

describe('host()', () => {
  test('is Node where nobody gives another, the same each time', () => {
    expect(host()).toBe(host());
    expect(host().root).toBe(root);
    expect(projectRoot()).toBe(root);
  });

  test('is the one that a page gives, as soon as it is given', () => {
    const page = { ...host(), root: 'https://example.org/course/' };
    expect(projectRoot()).toBe(root);
    place[key] = page;
    expect(host()).toBe(page);
    expect(projectRoot()).toBe('https://example.org/course/');
  });

  test('loads nothing of Node before it is asked', () => {
    const code = `
      const Module = require('node:module');
      const load = Module._load;
      const loaded = [];
      Module._load = (name, ...rest) => { loaded.push(name); return load(name, ...rest); };
      const { host } = require('./lib/base/host.ts');
      const before = loaded.filter((name) => name.startsWith('node:')).length;
      host().files.exists('package.json').then((found) => {
        console.log(JSON.stringify({ before, found, asked: loaded.includes('node:fs') }));
      });`;
    const options = { cwd: root, encoding: 'utf8' } as const;
    const output = execFileSync(process.execPath, ['--import', 'tsx', '-e', code], options);
    expect(JSON.parse(output)).toEqual({ before: 0, found: true, asked: true });
  });
});

describe("Node's environment()", () => {
  test('reads environment variables when asked', () => {
    expect(host().environment('DESCENT_NOTHING')).toBeUndefined();
    process.env.DESCENT_NOTHING = 'something';
    try {
      expect(host().environment('DESCENT_NOTHING')).toBe('something');
    } finally {
      delete process.env.DESCENT_NOTHING;
    }
  });
});

describe("Node's files", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-host-'));
  const { files } = host();
  const inside = (...names: string[]) => path.join(folder, ...names);
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test('are named from the root or by an absolute path', async () => {
    expect(await files.exists('package.json')).toBe(true);
    expect(await files.exists(path.join(root, 'package.json'))).toBe(true);
    expect(await files.exists('lib')).toBe(true);
    expect(await files.exists('no/such/file')).toBe(false);
    expect(JSON.parse(await files.readText('package.json')).name).toBe('descent');
  });

  test('hold what was written, bytes and text, in folders that are made', async () => {
    await files.write(inside('a', 'b', 'bytes.bin'), Uint8Array.of(0, 255, 10));
    expect([...(await files.read(inside('a', 'b', 'bytes.bin')))]).toEqual([0, 255, 10]);
    await files.write(inside('a', 'text.txt'), 'κ = 2');
    expect(await files.readText(inside('a', 'text.txt'))).toBe('κ = 2');
    await files.write(inside('a', 'text.txt'), 'μ');
    expect(await files.readText(inside('a', 'text.txt'))).toBe('μ');
    expect(await files.list(inside('a'))).toEqual([
      { name: 'b', folder: true },
      { name: 'text.txt', folder: false },
    ]);
  });

  test('are known from outside: size, age, and whether they are plain', async () => {
    await files.write(inside('plain.bin'), new Uint8Array(7));
    fs.symlinkSync(inside('plain.bin'), inside('link.bin'));
    const { regular, size, modified } = await files.facts(inside('plain.bin'));
    expect({ regular, size }).toEqual({ regular: true, size: 7 });
    expect(modified).toBe(fs.statSync(inside('plain.bin')).mtimeMs);
    expect(await files.facts(inside('link.bin'))).toMatchObject({ regular: false });
    expect(await files.facts(folder)).toMatchObject({ regular: false });
    await expect(files.facts(inside('none'))).rejects.toThrow(/^Cannot examine '.*none': it does not exist$/);
  });

  test('are removed, also where there is none', async () => {
    await files.write(inside('gone.txt'), '');
    await files.remove(inside('gone.txt'));
    await files.remove(inside('gone.txt'));
    expect(await files.exists(inside('gone.txt'))).toBe(false);
  });

  test('are written whole or not at all, many at once', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(100_000));
    await Promise.all(texts.map((text) => files.write(inside('race.txt'), text)));
    expect(texts).toContain(await files.readText(inside('race.txt')));
    expect((await files.list(folder)).map(({ name }) => name)).not.toContainEqual(
      expect.stringMatching(/\.part$/),
    );
  });

  test('what cannot be done is an error that names the place, with its cause', async () => {
    const lost = inside('lost.txt');
    await expect(files.read(lost)).rejects.toThrow(`Cannot read '${lost}': it does not exist`);
    await expect(files.readText(lost)).rejects.toMatchObject({ cause: { code: 'ENOENT' } });
    await expect(files.list(lost)).rejects.toThrow(`Cannot list '${lost}': it does not exist`);
    await expect(files.read(folder)).rejects.toThrow(/^Cannot read '.*': EISDIR/);
    await files.write(inside('file'), '');
    const below = inside('file', 'below.txt');
    await expect(files.write(below, '')).rejects.toThrow(/^Cannot write '.*below\.txt': E/);
    fs.mkdirSync(inside('folder', 'full'), { recursive: true });
    await expect(files.write(inside('folder'), '')).rejects.toThrow(/^Cannot write '.*folder': E/);
    expect((await files.list(folder)).some(({ name }) => name.endsWith('.part'))).toBe(false);
    await expect(files.remove(inside('folder'))).rejects.toThrow(/^Cannot remove '.*folder': /);
  });
});

describe("Node's backends", () => {
  test('come fastest first, and last the one that must be asked for, each with its remedy', () => {
    expect(host().backends.map(({ name }) => name)).toEqual(['native', 'wasm', 'js', 'webgpu']);
    expect(host().backends.map(({ remedies }) => Object.values(remedies))).toEqual([
      [
        '`npm run setup -- --tensorflow=wheel` builds it',
        '`npm run setup -- --tensorflow=wheel` builds it anew',
      ],
      ['`npm run setup` installs it', '`npm run setup` installs it anew'],
      ['', ''],
      [
        '`npm run setup -- --gpu` installs it',
        'install the driver of a card; or delete .webgpu, then `npm run setup -- --gpu`',
      ],
    ]);
  });

  test('native TensorFlow is missing where its package has come without the library', async () => {
    // The host asks the module itself, whose functions can be replaced; an import of all names cannot.
    const disk: typeof fs = require('node:fs');
    const exists = vi.spyOn(disk, 'existsSync').mockReturnValue(false);
    try {
      expect(await host().backends[0].missing()).toEqual(expect.any(String));
      expect(exists).toHaveBeenCalledWith(expect.stringMatching(/napi-v8.tfjs_binding\.node$/));
      exists.mockReturnValue(true);
      expect(await host().backends[0].missing()).toBeUndefined();
    } finally {
      exists.mockRestore();
    }
  });

  test('plain JavaScript is never missing', async () => {
    expect(await host().backends[2].missing()).toBeUndefined();
  });
});
