import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRun } from '../../tools/book/run';
import { serveFolder } from '../../tools/book/serve';
import { writePages } from '../../tools/notebooks/pages';
import { edited } from './edited-book';
import { noFirefox, openFirefox } from './firefox';
import { noJupyter } from './jupyter';

describe.skipIf(noJupyter || noFirefox)(`what a reader edits, in Firefox${noJupyter || noFirefox}`, () => {
  let folder: string;
  let browser: Browser;
  let server: Server;
  let address: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'descent-edit-firefox-'));
    await writePages([edited], folder, () => undefined);
    await writeRun([edited], folder, () => undefined);
    ({ address, server } = await serveFolder(folder));
    browser = await openFirefox();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  const cell = (id: string) => `[id="cell-id=${id}"]`;
  /** Runs a cell, and waits until it shows a text. */
  async function shows(page: Page, id: string, text: string): Promise<void> {
    await page.click(`${cell(id)} .run-cell`);
    const wait = `document.querySelector('${cell(id)} .output')?.textContent.includes(${JSON.stringify(text)})`;
    await page.waitForFunction(wait, { timeout: 300_000 });
  }

  it("runs what is written, tells errors with the reader's own lines, and keeps it", async () => {
    const page = await browser.newPage();
    await page.goto(`${address}01-edited.html`);
    await shows(page, 'edit-used', '2.5 1');
    await page.click(`${cell('edit-used')} .edit-cell`);
    await page.waitForSelector(`${cell('edit-used')} .cm-content:focus`);
    await page.keyboard.down('Control');
    await page.keyboard.press('End');
    await page.keyboard.up('Control');
    await page.keyboard.press('Enter');
    await page.keyboard.type("throw new RangeError('mine ' + count)");
    await shows(page, 'edit-used', "RangeError: mine 2\n3 | throw new RangeError('mine ' + count)");
    await page.reload();
    const kept = await page.$eval(`${cell('edit-used')} pre`, (code) => code.textContent);
    expect(kept).toContain("console.log(stepped(3), count);\nthrow new RangeError('mine ' + count)");
    await page.close();
  });
});
