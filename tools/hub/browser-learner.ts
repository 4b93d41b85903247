/** A learner at a page of a real browser: logs in, opens a notebook, runs all of it, and sees the first figure. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';

/** Milliseconds that a step may take where many learners share few cores. */
const patience = 900_000;

/** Who sits at the page. */
export interface Seat {
  name: string;
  password: string;
  /** of his system user */
  home: string;
}

/** Milliseconds from the login, and how many cells ended with an error. */
export interface PageVisit {
  /** the notebook was there and its kernel idle */
  ready: number;
  /** the first figure was drawn */
  figure: number;
  /** all cells had run */
  done: number;
  errors: number;
}

/**
 * @param browser - an open one
 * @param address - of the hub
 * @param seat - whose server does not run yet
 * @param notebook - `02-gradient-descent`
 * @param ran - is called before the page is closed
 */
export async function visitPage(
  browser: Browser,
  address: string,
  seat: Seat,
  notebook: string,
  ran: () => void,
): Promise<PageVisit> {
  showAllCells(seat.home);
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const lab = `/user/${seat.name}/lab/tree/notebooks/${notebook}.ipynb`;
    const spawn = `/hub/spawn/${seat.name}?next=${encodeURIComponent(lab)}`;
    await page.goto(`${address}/hub/login?next=${encodeURIComponent(spawn)}`);
    await page.locator('input[name=username]').fill(seat.name);
    await page.locator('input[name=password]').fill(seat.password);
    const start = Date.now();
    await page.locator('input[name=password]').press('Enter');
    const cells = await openNotebook(page);
    const ready = Date.now() - start;
    await choose(page, 'Edit', 'Clear Outputs of All Cells');
    await untilPrompts(cells, /^\[ ?\]:$/);
    await choose(page, 'Run', 'Run All Cells');
    await cells.locator('.js-plotly-plot .main-svg').first().waitFor({ state: 'attached' });
    const figure = Date.now() - start;
    await untilPrompts(cells, /^\[\d+\]:$/);
    const done = Date.now() - start;
    const errors = await cells.locator('[data-mime-type$="jupyter.error"]').count();
    ran();
    return { ready, figure, done, errors };
  } finally {
    await context.close();
  }
}

/** JupyterLab's setting that all cells are in the page, not only those in sight. */
function showAllCells(home: string): void {
  const { uid, gid } = fs.statSync(home);
  const parts = ['.jupyter', 'lab', 'user-settings', '@jupyterlab', 'notebook-extension'];
  for (let count = 1; count <= parts.length; count++) {
    const folder = path.join(home, ...parts.slice(0, count));
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.chownSync(folder, uid, gid);
  }
  const file = path.join(home, ...parts, 'tracker.jupyterlab-settings');
  fs.writeFileSync(file, '{ "windowingMode": "none" }\n');
  fs.chownSync(file, uid, gid);
}

/** Waits for the notebook and its kernel. @returns the notebook's cells */
async function openNotebook(page: Page): Promise<Locator> {
  const panel = page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)');
  await panel.locator('.jp-Cell').first().waitFor();
  await page.locator('#jp-main-statusbar').getByText('TypeScript | Idle').waitFor();
  return panel.locator('.jp-Notebook');
}

async function choose(page: Page, menu: string, entry: string): Promise<void> {
  await page.locator('#jp-MainMenu .lm-MenuBar-item', { hasText: new RegExp(`^${menu}$`) }).click();
  await page
    .locator('.lm-Menu-item', { hasText: new RegExp(`^${entry}`) })
    .first()
    .click();
}

/** Waits until the number before each code cell is as it is wanted. */
async function untilPrompts(cells: Locator, wanted: RegExp): Promise<void> {
  const prompts = cells.locator('.jp-InputPrompt').filter({ hasText: '[' });
  for (const limit = Date.now() + patience; Date.now() < limit; ) {
    const texts = await prompts.allTextContents();
    if (texts.length > 0 && texts.every((text) => wanted.test(text))) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`Cannot run the notebook: after ${patience / 1000} s not all of its cells are done`);
}
