/** A small book for the clock: built, served and opened in a headless Chromium. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { writeRun } from '../../book/run';
import { serveFolder } from '../../book/serve';
import type { NotebookFile } from '../../notebooks/notebook-file';
import { writePages } from '../../notebooks/pages';
import { openChromium } from '../../pictures';

/** Longer than any cell takes. */
const patience = 600_000;

/** A book that is served, and a browser for it. */
export class Site {
  private constructor(
    private readonly folder: string,
    private readonly address: string,
    private readonly stopServing: () => void,
    private readonly browser: Browser,
  ) {}

  /** @param files - the notebooks of the book; all of them run in their pages */
  static async open(files: readonly NotebookFile[]): Promise<Site> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-bench-'));
    try {
      const runs = () => undefined;
      await writePages(files, folder, runs);
      await writeRun(files, folder, runs);
      const { address, server } = await serveFolder(folder);
      return new Site(folder, address, () => server.close(), await openChromium());
    } catch (error) {
      fs.rmSync(folder, { recursive: true });
      throw error;
    }
  }

  /** @returns as it calls itself: `Chromium 140.0.7339.16` */
  get browserName(): string {
    return `Chromium ${this.browser.version()}`;
  }

  /** @returns a notebook's page in a browser that knows nothing of it yet */
  async visit(name: string): Promise<Page> {
    const context = await this.browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    await page.goto(`${this.address}${name}.html`, { waitUntil: 'networkidle' });
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.stopServing();
    fs.rmSync(this.folder, { recursive: true });
  }
}

/**
 * Runs a cell, and before it those above it that have not run.
 *
 * @param page - of a notebook
 * @param id - of the cell
 * @returns what it has printed
 * @throws Error with what the page shows, if a cell fails
 */
export async function runCell(page: Page, id: string): Promise<string> {
  const cell = page.locator(`[id="cell-id=${id}"]`);
  await cell.locator('.run-cell').click();
  await page.locator('html[data-run=idle]').waitFor();
  const [failed] = await page.locator('.run-error').allInnerTexts();
  if (failed !== undefined) throw new Error(`The page's cells failed: ${failed.split('\n')[0]}`);
  return (await cell.locator('.run-stdout').allInnerTexts()).join('');
}

/**
 * Presses *Run all* on a page that was just opened.
 *
 * @param page - of a notebook with figures
 * @returns seconds from the click until all cells have run and all their figures are drawn
 * @throws Error with what the page shows, if a cell fails
 */
export async function runAll(page: Page): Promise<number> {
  const milliseconds = Number(await page.evaluate(clickAndWait));
  const [failed] = await page.locator('.run-error').allInnerTexts();
  if (failed !== undefined) throw new Error(`The page's cells failed: ${failed.split('\n')[0]}`);
  return milliseconds / 1000;
}

/** In the page, so that no message to it is timed. Text, since it is of another world: there are elements there. */
const clickAndWait = `new Promise((resolve) => {
  const start = performance.now();
  document.querySelector('.run-bar button').click();
  const look = () => {
    const idle = document.documentElement.dataset.run === 'idle';
    const drawn = [...document.querySelectorAll('.run-figure')].every((one) => one.querySelector('.main-svg'));
    if (idle && drawn) resolve(performance.now() - start);
    else setTimeout(look, 5);
  };
  look();
})`;
