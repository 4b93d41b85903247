/** Every notebook in the reader's browser, as a plain server under a path shows it. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { writeRun } from '../../tools/book/run';
import { whyNotInPage } from '../../tools/book/runnable';
import { serveFolder } from '../../tools/book/serve';
import { writeServiceWorker } from '../../tools/book/shell/write';
import { writeBook } from '../../tools/book/write';
import { findNotebooks, hasTag, type NotebookFile } from '../../tools/notebooks/notebook-file';
import { writePages } from '../../tools/notebooks/pages';
import { openChromium } from '../../tools/pictures';
import { screenshot } from './chromium';
import { noFirefox, openFirefox } from './firefox';
import { noJupyter } from './jupyter';

const under = '/some/where/';

/** What the bar says at the end. */
function readStatus(text: string) {
  const count = (sign: RegExp) => Number(sign.exec(text)?.[1] ?? 0);
  const claims = [...text.matchAll(/(\d+) of (\d+) claims hold/g)].map(([, met, of]) => ({
    met: Number(met),
    of: Number(of),
  }));
  const sum = (key: 'met' | 'of') => claims.reduce((total, one) => total + one[key], 0);
  return {
    cells: count(/^(\d+) of \d+ cells have run/),
    met: sum('met'),
    of: sum('of'),
    beside: count(/(\d+) do not apply/),
  };
}

const codeCells = ({ notebook }: NotebookFile) =>
  notebook.cells.filter(({ cell_type }) => cell_type === 'code').length;

/**
 * Claims of notebook 12 that are made where the course's own native operations are loaded, and nowhere else; the one on
 * threads even there only where a core is free.
 */
const ofNative: Readonly<Record<string, number>> = { '12-making-it-fast': 3 };

/** How many claims a notebook's stored outputs hold. */
function storedClaims({ notebook }: NotebookFile): number {
  const outputs = notebook.cells.flatMap((cell) => cell.outputs ?? []);
  return outputs.filter(({ data }) => data && 'application/vnd.descent.claim+json' in data).length;
}

/** Cells whose claims are about times, which another program on the machine spoils. */
const timedCells = ({ notebook }: NotebookFile) =>
  new Set(notebook.cells.filter((cell) => hasTag(cell, 'volatile')).map(({ id }) => id));

/** What a page shows as not met, with its cell. */
function unmetClaims(page: Page): Promise<{ cell: string; text: string }[]> {
  return page.getByText(/^✗ Claim/).evaluateAll((shown) =>
    shown.map((one) => ({
      cell: one.closest('[id^="cell-id="]')?.id.slice('cell-id='.length) ?? '',
      text: one.textContent ?? '',
    })),
  );
}

describe.skipIf(noJupyter)(`every notebook in a page${noJupyter}`, () => {
  const files = findNotebooks(join(projectRoot(), 'notebooks')).filter((file) => !whyNotInPage(file));
  let folder: string;
  let browser: Browser;
  let server: Server;
  let address: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'descent-all-'));
    await writePages(files, folder, whyNotInPage);
    await writeRun(files, folder);
    ({ address, server } = await serveFolder(folder, { under }));
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  async function runAll(context: BrowserContext, name: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${address}${name}.html`);
    await page.getByRole('button', { name: 'Run all cells' }).click();
    await page.locator('html[data-run=idle]').waitFor({ timeout: 900_000 });
    return page;
  }
  const statusOf = async (page: Page) => (await page.locator('.run-bar [role=status]').textContent()) ?? '';

  it.each(files.map((file) => [file.name, file] as const))(
    '%s: each cell runs, and each claim that applies is met',
    async (name, file) => {
      const context = await browser.newContext({ serviceWorkers: 'block' });
      const page = await runAll(context, name);
      expect(await page.locator('.run-error').allInnerTexts()).toEqual([]);
      const { cells, met, of, beside } = readStatus(await statusOf(page));
      expect(cells).toBe(codeCells(file));
      const stored = storedClaims(file);
      expect(of + beside).toBeLessThanOrEqual(stored);
      expect(of + beside).toBeGreaterThanOrEqual(stored - (ofNative[name] ?? 0));
      const unmet = await unmetClaims(page);
      const timed = timedCells(file);
      expect(unmet.filter(({ cell }) => !timed.has(cell))).toEqual([]);
      expect(met).toBe(of - unmet.length);
      await screenshot(page, `all-${name.slice(0, 2)}`);
      await context.close();
    },
  );

  it('after one visit a notebook that learns from digits runs with the server switched off', async () => {
    const whole = mkdtempSync(join(tmpdir(), 'descent-kept-'));
    await writeBook(files.slice(1, 2), whole);
    await writeServiceWorker(whole);
    const own = await serveFolder(whole, { under });
    const context = await browser.newContext();
    const visit = async () => {
      const page = await context.newPage();
      await page.goto(`${own.address}01-neural-networks.html`);
      return page;
    };
    const end = async (page: Page) => {
      await page.getByRole('button', { name: 'Run all cells' }).click();
      await page.locator('html[data-run=idle]').waitFor({ timeout: 900_000 });
      return readStatus(await statusOf(page));
    };
    try {
      const first = await visit();
      await first.locator('.shell-note').filter({ hasText: 'kept in this browser' }).waitFor();
      const online = await end(first);
      expect(online.met).toBe(online.of);
      await first.close();
      own.server.close();
      own.server.closeAllConnections();
      expect(await end(await visit())).toEqual(online);
    } finally {
      await context.close();
      own.server.close();
      rmSync(whole, { recursive: true });
    }
  });

  describe.skipIf(noFirefox)(`in Firefox${noFirefox}`, () => {
    it('a notebook that learns from digits runs, and its claims hold', async () => {
      const firefox = await openFirefox();
      try {
        const page = await firefox.newPage();
        await page.goto(`${address}01-neural-networks.html`);
        await page.locator('::-p-text(▶ Run all)').click();
        await page.waitForSelector('html[data-run=idle]', { timeout: 600_000 });
        const text = await page.$eval('.run-bar [role=status]', (line) => line.textContent ?? '');
        const { met, of, cells } = readStatus(text);
        expect(cells).toBe(codeCells(files[1]));
        expect(of).toBeGreaterThan(5);
        expect(met).toBe(of);
      } finally {
        await firefox.close();
      }
    });
  });
});
