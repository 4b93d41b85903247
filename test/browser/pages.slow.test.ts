import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allNotebooks, editionsOf } from '../../tools/book/editions';
import { serveFolder } from '../../tools/book/serve';
import { writeBook } from '../../tools/book/write';
import { openChromium } from '../../tools/pictures';
import { noJupyter } from './jupyter';
import { bytesOf, faultsOf } from './reading';

describe.skipIf(noJupyter)(`every page of the book${noJupyter}`, () => {
  const files = allNotebooks();
  // Other editions have the same pages in other words: where they begin, and some with much in them.
  const names = editionsOf(files).flatMap(({ place, files: own }) =>
    ['index', ...own.map(({ name }) => name)]
      .filter((name) => place === '' || /^(?:index|02|19)/.test(name))
      .map((name) => place + name),
  );
  let folder: string;
  let browser: Browser;
  let server: Server;
  let address: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'descent-pages-'));
    await writeBook(files, folder);
    ({ address, server } = await serveFolder(folder, { under: '/some/where/' }));
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  it.each(names)(
    '%s: nothing is seriously wrong for who sees little or uses no mouse, nor too wide',
    async (name) => {
      expect(await faultsOf(browser, `${address}${name}.html`)).toEqual([]);
    },
  );

  it.each(names)('%s: less than 300 kB is loaded before anything is touched', async (name) => {
    const files = await bytesOf(browser, address, folder, name);
    expect(files.has(`${name}.html`)).toBe(true);
    expect([...files.values()].reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(300_000);
  });
});
