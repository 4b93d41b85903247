import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { writeRun } from '../../tools/book/run';
import { findNotebooks, type NotebookFile } from '../../tools/notebooks/notebook-file';
import { writePages } from '../../tools/notebooks/pages';
import { screenshot } from './chromium';
import { noJupyter } from './jupyter';
import { type ServedBook, serveBook } from './served-book';

/** Claims that a notebook's stored outputs hold. */
function storedClaims({ notebook }: NotebookFile): number {
  const outputs = notebook.cells.flatMap((cell) => cell.outputs ?? []);
  return outputs.filter(({ data }) => data && 'application/vnd.descent.claim+json' in data).length;
}

/** As if one of them had never been tried in a page. */
const whyNot = ({ name }: NotebookFile) =>
  name.startsWith('10') ? 'This notebook does not run in the page yet.' : undefined;

describe.skipIf(noJupyter)(`the book, from a plain server, under a path${noJupyter}`, () => {
  const files = findNotebooks(join(projectRoot(), 'notebooks'), ['02', '05', '10']);
  let folder: string;
  let browser: Browser;
  let book: ServedBook;
  let address: string;
  const complaints: string[] = [];
  const asked = new Set<string>();

  beforeAll(async () => {
    book = await serveBook(async (folder) => {
      await writePages(files, folder, whyNot);
      await writeRun(files, folder, whyNot);
    }, '/some/where/');
    ({ folder, address, browser } = book);
  });
  afterAll(() => book?.close());

  async function open(name: string): Promise<Page> {
    const page = await browser.newPage();
    // What the page's policy refuses, it complains of here.
    page.on('console', (message) => {
      // Chromium's own remark where a page asks for a graphics card and there is none.
      if (message.text() === 'No available adapters.') return;
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      asked.add(request.url().replace(address, ''));
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(address))
        complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(`${address}${name}.html`);
    return page;
  }

  const statusOf = async (page: Page) => (await page.locator('.run-bar [role=status]').textContent()) ?? '';
  const ended = (page: Page) => page.locator('html[data-run=idle]').waitFor({ timeout: 600_000 });

  it.each(['02', '05'])('runs notebook %s, and its claims hold', async (number) => {
    const file = files.find(({ name }) => name.startsWith(number)) as NotebookFile;
    const claims = storedClaims(file);
    expect(claims).toBeGreaterThan(0);
    const cells = file.notebook.cells.filter(({ cell_type }) => cell_type === 'code').length;
    asked.clear();
    const page = await open(file.name);
    await page.getByRole('button', { name: 'Run all cells' }).click();
    await ended(page);
    expect(await page.locator('.run-error').allInnerTexts()).toEqual([]);
    expect(await statusOf(page)).toMatch(
      new RegExp(
        `^${cells} of ${cells} cells have run · (\\d+) of \\1 claims hold in your browser · (\\d+) of \\2 claims hold by stored results · [\\d.]+ s\\.$`,
      ),
    );
    const [here, stored] = [...(await statusOf(page)).matchAll(/(\d+) of \d+ claims/g)].map(([, count]) =>
      Number(count),
    );
    expect(here + stored).toBe(claims);
    expect(await page.locator('.run-figure .main-svg').count()).toBeGreaterThanOrEqual(5);
    await screenshot(page, `run-${number}`);
    await page.close();
    expect(complaints).toEqual([]);
    // What the server sends for it, compressed as servers do.
    const sent = new Set(
      [...asked].map((file) => file.replace(/\?.*/, '')).filter((file) => file.startsWith('run/')),
    );
    const bytes = [...sent].map((file) => gzipSync(readFileSync(join(folder, file))).length);
    // Measured: 889 kB, and 1,193 kB with TensorFlow.js.
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(number === '02' ? 0.9e6 : 1.2e6);
    // Not the plain JavaScript that would serve where WebAssembly does not start.
    expect(asked.has('run/wasm/tfjs-backend-wasm-simd.wasm')).toBe(number === '05');
  });

  it('runs no text as code', async () => {
    const page = await open('02-gradient-descent');
    const ran = await page.evaluate(`new Promise((resolve) => {
      const script = document.createElement('script');
      script.textContent = 'window.inline = true';
      document.head.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src="none" onerror="window.handler = true">');
      setTimeout(() => {
        try {
          window.text = new Function('return true')();
        } catch {}
        resolve(['inline', 'handler', 'text'].filter((name) => window[name]));
      }, 500);
    })`);
    expect(ran).toEqual([]);
    await page.close();
  });

  it('says in one line that a notebook does not run in the page, and shows no button', async () => {
    const page = await open('10-overfitting');
    expect(await page.locator('.run-bar').textContent()).toContain('does not run in the page yet');
    expect(await page.getByRole('button').count()).toBe(0);
    await page.close();
  });
});
