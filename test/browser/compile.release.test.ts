import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { writeRun } from '../../tools/book/run';
import { findNotebooks, joined } from '../../tools/notebooks/notebook-file';
import { writePages } from '../../tools/notebooks/pages';
import { type Compared, compareCells } from './compare-cells';
import { noJupyter } from './jupyter';
import { type ServedBook, serveBook } from './served-book';

describe.skipIf(noJupyter)(`the compiler of a page${noJupyter}`, () => {
  const files = findNotebooks(join(projectRoot(), 'notebooks'), ['02', '07']);
  let folder: string;
  let browser: Browser;
  let book: ServedBook;
  let address: string;

  beforeAll(async () => {
    book = await serveBook(async (folder) => {
      await writePages(files, folder, () => undefined);
      await writeRun(files, folder, () => undefined);
    }, '/some/where/');
    ({ folder, address, browser } = book);
  });
  afterAll(() => book?.close());

  async function compare(page: Page, name: string): Promise<Compared[]> {
    await page.goto(`${address}${name}.html`);
    return compareCells(page, name);
  }

  it.each(files.map(({ name }) => name))('%s: makes of each cell what the build makes', async (name) => {
    const page = await browser.newPage();
    const compared = await compare(page, name);
    await page.close();
    const code = files
      .find((file) => file.name === name)
      ?.notebook.cells.filter((cell) => cell.cell_type === 'code');
    expect(compared.map(({ source }) => source)).toEqual(code?.map(({ source }) => joined(source)));
    for (const { id, shown, source, built, compiled, same } of compared) {
      expect({ id, ...compiled }).toEqual({ id, ...built });
      expect({ id, same }).toEqual({ id, same: true });
      expect(shown.replace(/\n$/, '')).toBe(source);
    }
  });

  it('comes in less than 2.2 MB, compressed', () => {
    const bytes = [
      'editor.js',
      'compile-worker.js',
      'edit.css',
      'types.bin',
      'cells/02-gradient-descent.declarations.json',
    ].map((file) => {
      const content = readFileSync(join(folder, 'run', file));
      return file.endsWith('.bin') ? content.length : gzipSync(content).length;
    });
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(2.2e6);
  });
});
