import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allNotebooks, editionsOf } from '../../tools/book/editions';
import { writeBook } from '../../tools/book/write';
import { noJupyter } from './jupyter';
import { bytesOf, faultsOf } from './reading';
import { type ServedBook, serveBook } from './served-book';

describe.skipIf(noJupyter)(`every page of the book${noJupyter}`, () => {
  const files = allNotebooks();
  // Other editions have the same pages in other words: where they begin, and some with much in them.
  const names = editionsOf(files)
    .flatMap(({ place, files: own }) =>
      ['index', ...own.map(({ name }) => name)]
        .filter((name) => place === '' || /^(?:index|02|19)/.test(name))
        .map((name) => place + name),
    )
    .concat('source/docs/notation.md', 'zh/source/docs/zh/notation.md');
  let folder: string;
  let browser: Browser;
  let book: ServedBook;
  let address: string;

  beforeAll(async () => {
    book = await serveBook(async (folder) => {
      await writeBook(files, folder);
    }, '/some/where/');
    ({ folder, address, browser } = book);
  });
  afterAll(() => book?.close());

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
