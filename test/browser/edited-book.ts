/** A book of one notebook, in Chromium, for tests of what a reader edits. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { writeRun } from '../../tools/book/run';
import { serveFolder } from '../../tools/book/serve';
import type { PagePassages } from '../../tools/book/shell/sections';
import { writeShell } from '../../tools/book/shell/write';
import { writePages } from '../../tools/notebooks/pages';
import { openChromium } from '../../tools/pictures';
import { notebookOf } from './small-notebook';

/** A notebook with what a reader edits: a knob, code that later cells use, an exercise. */
export const edited = notebookOf('01-edited', [
  [
    'knobs',
    `import { claim, is, knobs } from './lib/course';

const rate = 0.5; // 0.1 … 1: how far a step goes
knobs({ rate }, { rate: 0.5 });
claim('The rate is a half.', rate, is.equalTo(0.5));`,
  ],
  ['edit-function', 'function stepped(x: number): number {\n  return x - rate;\n}\nlet count = 0;'],
  ['edit-used', 'count += 1;\nconsole.log(stepped(3), count);'],
  ['edit-answer', 'const answer = undefined; // your answer: one number'],
  [
    'edit-check',
    `import { exercise } from './lib/course';
exercise('edit', answer, is.number(42));`,
  ],
  [
    'edit-experiment',
    `import { experiment } from './lib/course';
let measured = 0;
const slow = await experiment('edit-slow', { rate }, async () => {
  measured += 1;
  return stepped(10);
});
console.log(slow, measured);`,
  ],
]);

/** What a page and its worker may do at the most, where a server says it. */
const policy = "script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self'; connect-src 'self'";

/** The book, served, and a browser. */
export interface EditedBook {
  folder: string;
  address: string;
  /** what pages have complained of */
  complaints: string[];
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** a page in a context of its own, with nothing kept, or in one that is given */
  open(context?: BrowserContext, query?: string): Promise<Page>;
  close(): Promise<void>;
}

export async function openEditedBook(): Promise<EditedBook> {
  const folder = mkdtempSync(join(tmpdir(), 'descent-edit-'));
  const pages: PagePassages[] = [];
  await writePages(
    [edited],
    folder,
    () => undefined,
    (page) => pages.push(page),
  );
  await writeShell(pages, folder);
  await writeRun([edited], folder, () => undefined);
  const headers = { 'content-security-policy': policy };
  const { address, server } = await serveFolder(folder, { under: '/some/where/', headers });
  const browser = await openChromium();
  const complaints: string[] = [];
  // The book is not kept whole: that has tests of its own.
  const newContext = (options: BrowserContextOptions = {}) =>
    browser.newContext({ ...options, serviceWorkers: 'block' });

  async function open(context?: BrowserContext, query = ''): Promise<Page> {
    const page = await (context ?? (await newContext())).newPage();
    page.setDefaultTimeout(120_000);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      const text = message.text();
      if (['error', 'warning'].includes(message.type()) && !text.startsWith('Service Worker'))
        complaints.push(text);
    });
    await page.goto(`${address}01-edited.html${query}`);
    return page;
  }

  async function close(): Promise<void> {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true });
  }

  return { folder, address, complaints, newContext, open, close };
}

export const cell = (page: Page, id: string) => page.locator(`[id="cell-id=${id}"]`);

/** What a cell shows. */
export const shown = async (page: Page, id: string) =>
  ((await cell(page, id).locator('.output').textContent()) ?? '').trimEnd();

/** What stands in the bar above the cells. */
export const status = (page: Page) => page.locator('.run-bar > [role=status]').textContent();

/** Runs a cell, and those above it that have not run. */
export async function run(page: Page, id: string): Promise<void> {
  await cell(page, id).locator('.run-cell').click();
  await page.locator('html[data-run=idle]').waitFor();
}

/** Opens the editor of a cell and writes a source in place of its own. */
export async function write(page: Page, id: string, source: string): Promise<void> {
  const place = cell(page, id);
  if ((await place.locator('.cm-content').count()) === 0) {
    await place.getByRole('button', { name: 'Edit this cell' }).click();
  }
  await place.locator('.cm-content').focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(source);
}
