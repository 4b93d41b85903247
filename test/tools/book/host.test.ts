import { describe, expect, test } from 'vitest';
import { pageFiles } from '../../../tools/book/page/files';
import { pageHost } from '../../../tools/book/page/host';

const address = 'http://localhost/book/run/';
const beginning = () => ({ knobs: {}, measureAgain: false });
const examine = () => {
  throw new Error('not asked here');
};
/** What comes with the pages: one text. */
const site = {
  paths: async () => ['data/served.txt'],
  read: async (path: string) => (path === 'data/served.txt' ? new TextEncoder().encode('served') : undefined),
};
const host = () =>
  pageHost({
    ...{ address, beginning, examine },
    files: pageFiles(site, new Map(), address),
    load: async (name) => ({ name }),
  });

describe('files of pageHost()', () => {
  test('are read as they were written, and copied both ways', async () => {
    const { files } = host();
    const bytes = new Uint8Array([1, 2, 3]);
    await files.write('out/a/b.bin', bytes);
    bytes[0] = 9;
    const read = await files.read('out/a/b.bin');
    expect([...read]).toEqual([1, 2, 3]);
    read[0] = 9;
    expect([...(await files.read('out/a/b.bin'))]).toEqual([1, 2, 3]);
    await files.write('out/ü.txt', 'größer');
    expect(await files.readText('out/ü.txt')).toBe('größer');
    expect(await files.facts('out/a/b.bin')).toMatchObject({ regular: true, size: 3 });
  });

  test('are listed by folders, sorted by name', async () => {
    const { files } = host();
    for (const path of ['out/b', 'out/a/2', 'out/a/1', 'outer/c']) await files.write(path, '');
    expect(await files.list('out')).toEqual([
      { name: 'a', folder: true },
      { name: 'b', folder: false },
    ]);
    expect(await files.exists('out/a')).toBe(true);
    expect(await files.exists('out/c')).toBe(false);
  });

  test('come with the page, also under the address of the project, until the code writes its own', async () => {
    const { files, root } = host();
    expect(await files.readText('data/served.txt')).toBe('served');
    expect(await files.readText(`${root}/data/served.txt`)).toBe('served');
    expect(await files.exists('data')).toBe(true);
    expect(await files.list('data')).toEqual([{ name: 'served.txt', folder: false }]);
    await files.write(`${root}/data/served.txt`, 'mine');
    expect(await files.readText('data/served.txt')).toBe('mine');
  });

  test('that do not come with the page are errors which name them', async () => {
    const { files } = host();
    await files.write('gone', '');
    await files.remove('gone');
    await files.remove('gone');
    for (const ask of [files.read('gone'), files.readText('gone'), files.facts('gone'), files.list('gone')])
      await expect(ask).rejects.toThrow("'gone': it does not come with this page");
  });
});

test('pageHost() tries WebAssembly before JavaScript, from the folder that it was given', async () => {
  const asked: unknown[] = [];
  const loaded = new Set<string>();
  const set = (...setting: unknown[]) => {
    if (!loaded.has('@tensorflow/tfjs-backend-wasm')) throw new Error('the flag is not registered yet');
    asked.push(setting);
  };
  const { backends } = pageHost({
    ...{ address, beginning, examine },
    files: pageFiles(site, new Map(), address),
    async load(name) {
      loaded.add(name);
      return { env: () => ({ set }), setWasmPaths: (folder: string) => asked.push(folder) };
    },
  });
  expect(backends.map(({ name }) => name)).toEqual(['wasm', 'js']);
  await backends[0].load();
  expect(asked).toEqual([['WASM_HAS_MULTITHREAD_SUPPORT', false], `${address}wasm/`]);
});

test('pageHost() answers what the reader wishes: measured again, on a backend', () => {
  const wishes = { knobs: {}, measureAgain: false, backend: 'js' };
  const { environment } = pageHost({
    ...{ address, examine, beginning: () => wishes },
    files: pageFiles(site, new Map(), address),
    load: async (name) => ({ name }),
  });
  expect(environment('DESCENT_NO_CACHE')).toBeUndefined();
  expect(environment('DESCENT_BACKEND')).toBe('js');
  wishes.measureAgain = true;
  expect(environment('DESCENT_NO_CACHE')).toBe('1');
  expect(environment('MNIST_DIR')).toBeUndefined();
});

test('pageHost() tries a graphics card first, and does not insist on it where the reader has chosen it', () => {
  let chosen = true;
  const card = {
    name: 'webgpu' as const,
    isChosen: () => chosen,
    missing: async () => undefined,
    load: async () => {},
    remedies: { ifMissing: '', ifBroken: '' },
  };
  const { backends, environment } = pageHost({
    ...{ address, examine, card, beginning: () => ({ ...beginning(), backend: chosen ? 'webgpu' : 'js' }) },
    files: pageFiles(site, new Map(), address),
    load: async (name) => ({ name }),
  });
  expect(backends.map(({ name }) => name)).toEqual(['webgpu', 'wasm', 'js']);
  expect(environment('DESCENT_BACKEND')).toBeUndefined();
  chosen = false;
  expect(environment('DESCENT_BACKEND')).toBe('js');
});
