/** What goes wrong in a reader's browser is survived, and told. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRun } from '../../tools/book/run';
import { writePages } from '../../tools/notebooks/pages';
import { launchOptions } from '../../tools/pictures/chromium';
import { noJupyter } from './jupyter';
import { type ServedBook, serveBook } from './served-book';
import { notebookOf } from './small-notebook';

const notebooks = [
  notebookOf('01-lines', [
    ['lines-many', 'for (let line = 1; line <= 1e6; line++) console.log("line", line);'],
    ['lines-after', 'console.log("after them");'],
  ]),
  notebookOf('02-reads', [
    ['reads-one', 'let runs = 0;'],
    [
      'reads-text',
      `import { loadCorpus } from './lib/language';
console.log(++runs, (await loadCorpus('quatrains')).description);`,
    ],
    [
      'reads-tensors',
      `import { startTensorflow, tf } from './lib/tensorflow';
await startTensorflow();
console.log(tf.tidy(() => tf.add(40, 2).dataSync()[0]));`,
    ],
  ]),
];

describe.skipIf(noJupyter)(`what goes wrong in a page of the book${noJupyter}`, () => {
  let browser: Browser;
  let book: ServedBook;
  let address: string;

  beforeAll(async () => {
    book = await serveBook(async (folder) => {
      await writePages(notebooks, folder, () => undefined);
      await writeRun(notebooks, folder, () => undefined);
    });
    ({ address, browser } = book);
  });
  afterAll(() => book?.close());

  async function open(name: string, context?: BrowserContext): Promise<Page> {
    const page = await (context ?? (await browser.newContext())).newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(`${address}${name}.html`);
    return page;
  }
  const ended = (page: Page) => page.locator('html[data-run=idle]').waitFor();
  const start = (page: Page, id: string) => page.locator(`[id="cell-id=${id}"] .run-cell`).click();
  async function run(page: Page, id: string): Promise<string> {
    await start(page, id);
    await ended(page);
    return ((await page.locator(`[id="cell-id=${id}"] .output`).textContent()) ?? '').trim();
  }
  const status = (page: Page) => page.locator('.run-bar [role=status]').textContent();

  it('a cell that prints a million lines: the first are shown, and how many are not', async () => {
    const page = await open('01-lines');
    const shown = await run(page, 'lines-many');
    expect(shown).toMatch(/^line 1\nline 2\n/);
    const [, last, left] = /line (\d+)\n?[^\n]*\[([\d,]+) lines more were printed/.exec(shown) ?? [];
    expect(Number(last)).toBeGreaterThan(10_000);
    // One of them may be cut in two.
    expect(Math.abs(Number(last) + Number(left.replaceAll(',', '')) - 1e6)).toBeLessThanOrEqual(1);
    expect(await run(page, 'lines-after')).toBe('after them');
    await page.context().close();
  });

  it('no WebAssembly: plain JavaScript computes, and the page says why', async () => {
    const context = await browser.newContext();
    await context.route('**/run/worker.js*', async (route) => {
      const body = `delete globalThis.WebAssembly;\n${await (await route.fetch()).text()}`;
      await route.fulfill({ body, contentType: 'text/javascript' });
    });
    const page = await open('02-reads', context);
    expect(await run(page, 'reads-tensors')).toBe('42');
    expect(await page.locator('.run-backend').textContent()).toMatch(
      /^js \d.*in plain JavaScript runs, because .*this browser has none/,
    );
    await context.close();
  });

  it('a connection that is cut before the worker comes, and while a text comes', async () => {
    const context = await browser.newContext();
    const page = await open('02-reads', context);
    await context.route('**/run/worker.js*', (route) => route.abort());
    await start(page, 'reads-one');
    await page.getByText('The cells cannot run here').waitFor();
    await context.unroute('**/run/worker.js*');
    await context.route('**/run/data/*', (route) => route.abort());
    expect(await run(page, 'reads-text')).toContain('cannot be fetched');
    await context.unroute('**/run/data/*');
    expect(await run(page, 'reads-text')).toMatch(/^2 Tang quatrains: /);
    await context.close();
  });

  it('a page that was left: the cells of its next visit know nothing of the last', async () => {
    const page = await open('02-reads');
    expect(await run(page, 'reads-text')).toMatch(/^1 /);
    await page.reload();
    expect(await run(page, 'reads-text')).toMatch(/^1 /);
    await page.context().close();
  });

  it('a page that the browser ended while a cell ran, as it does where memory ends: the next visit says so, once', async () => {
    const context = await browser.newContext();
    const page = await open('02-reads', context);
    // A page that is left in peace forgets the cell; one that is ended has no time to.
    await page.evaluate(
      "addEventListener('pagehide', () => sessionStorage.setItem('descent-runs:/02-reads.html', 'reads-one'))",
    );
    await page.reload();
    expect(await status(page)).toMatch(/^The browser ended this page while the cell 'reads-one' ran/);
    expect(await run(page, 'reads-text')).toMatch(/^1 /);
    await page.reload();
    // What ran stays told.
    expect(await status(page)).toMatch(/^This notebook runs in your browser\. Before: 2 of 3 cells/);
    await context.close();
  });

  it('a browser that keeps nothing: texts are fetched each time', async () => {
    const profile = mkdtempSync(join(tmpdir(), 'descent-profile-'));
    mkdirSync(join(profile, 'Default'));
    const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
    writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
    const { chromium } = await import('playwright-core');
    const context = await chromium.launchPersistentContext(profile, launchOptions(process.getuid?.()));
    try {
      const page = await open('02-reads', context);
      expect(await run(page, 'reads-text')).toMatch(/^1 Tang quatrains: /);
      expect(await status(page)).toContain('2 of 3 cells have run');
    } finally {
      await context.close();
      rmSync(profile, { recursive: true });
    }
  });

  it('two tabs on one notebook: each has its own cells', async () => {
    const context = await browser.newContext();
    const [one, other] = [await open('02-reads', context), await open('02-reads', context)];
    await Promise.all([start(one, 'reads-text'), start(other, 'reads-text')]);
    await Promise.all([ended(one), ended(other)]);
    expect(await run(one, 'reads-text')).toMatch(/^2 /);
    expect(await run(other, 'reads-text')).toMatch(/^2 /);
    await context.close();
  });
});
