import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRun } from '../../tools/book/run';
import { whyNotInPage } from '../../tools/book/runnable';
import { writePages } from '../../tools/notebooks/pages';
import { noJupyter } from './jupyter';
import { type ServedBook, serveBook } from './served-book';
import { notebookOf } from './small-notebook';

/** A notebook of a few lines, with an error, an endless loop, and what later cells know after each. */
const odd = notebookOf('01-odd', [
  ['odd-one', 'const one = 1;\nlet count = 0;'],
  ['odd-shown', 'console.log([one, 2], "<b>");\nconsole.error("a warning");\ncount += 1;\n({ one, count })'],
  ['odd-error', 'function broken(): never {\n  throw new RangeError("mine");\n}\nbroken();'],
  ['odd-wait', 'let ended = "no";\ntry {\n  await new Promise(() => {});\n} finally {\n  ended = "yes";\n}'],
  ['odd-ended', 'setTimeout(() => {\n  throw new Error("late");\n}, 200);\nended'],
  ['odd-loop', 'for (;;);'],
]);

describe.skipIf(noJupyter)(`cells in a page of the book${noJupyter}`, () => {
  let browser: Browser;
  let book: ServedBook;
  let address: string;

  beforeAll(async () => {
    book = await serveBook(async (folder) => {
      await writePages([odd], folder, whyNotInPage);
      await writeRun([odd], folder);
    });
    ({ address, browser } = book);
  });
  afterAll(() => book?.close());

  async function open(): Promise<Page> {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(`${address}01-odd.html`);
    return page;
  }
  const ended = (page: Page) => page.locator('html[data-run=idle]').waitFor();
  const run = (page: Page, id: string) => page.locator(`[id="cell-id=${id}"] .run-cell`).click();
  const shown = (page: Page, id: string) => page.locator(`[id="cell-id=${id}"] .output`).textContent();
  const stop = (page: Page) => page.getByRole('button', { name: 'Stop what runs' }).click();

  it('runs a cell after those above it, each once, and shows what they print and end in', async () => {
    const page = await open();
    await run(page, 'odd-shown');
    await ended(page);
    expect(await page.locator('.run-bar [role=status]').textContent()).toContain('2 of 6 cells have run');
    expect(await shown(page, 'odd-shown')).toBe('[ 1, 2 ] <b>\na warning\n{ one: 1, count: 1 }');
    await run(page, 'odd-shown');
    await page.getByText('count: 2').waitFor();
    await page.close();
  });

  it("tells an error with the reader's own lines, and runs nothing after it", async () => {
    const page = await open();
    await run(page, 'odd-wait');
    await ended(page);
    expect(await shown(page, 'odd-error')).toMatch(
      /^RangeError: mine\n2 \| {3}throw new RangeError\("mine"\);\n[\s\S]*at broken \(Cell \[3\], line 2\)\n[\s\S]*at \(Cell \[3\], line 4\)/,
    );
    expect(await page.locator('.run-bar [role=status]').textContent()).toContain(
      '3 of 6 cells have run · 1 with an error',
    );
    await page.close();
  });

  it('stops a cell that waits, keeps what the cells have computed, and hears errors that come late', async () => {
    const page = await open();
    await run(page, 'odd-error');
    await ended(page);
    await run(page, 'odd-wait');
    await page.locator('[id="cell-id=odd-wait"][data-run=running]').waitFor();
    await stop(page);
    await ended(page);
    expect(await shown(page, 'odd-wait')).toContain('KeyboardInterrupt');
    await run(page, 'odd-ended');
    await ended(page);
    expect(await shown(page, 'odd-ended')).toContain('yes');
    await page.locator('[id="cell-id=odd-ended"]').getByText('Error: late').waitFor();
    await page.close();
  });

  it('ends a worker that loops for ever, says that its memory is lost, and begins anew', async () => {
    const page = await open();
    await run(page, 'odd-error');
    await ended(page);
    await run(page, 'odd-loop');
    await page.locator('[id="cell-id=odd-wait"][data-run=running]').waitFor();
    await stop(page);
    await ended(page);
    await run(page, 'odd-loop');
    await page.locator('[id="cell-id=odd-loop"][data-run=running]').waitFor();
    await stop(page);
    await page.getByText('what the cells had computed is lost').waitFor();
    await run(page, 'odd-shown');
    await ended(page);
    expect(await shown(page, 'odd-shown')).toContain('count: 1');
    await page.close();
  });
});
