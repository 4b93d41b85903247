/** The real JupyterLab, as `npm start` starts it, in a real browser. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { openChromium } from '../../tools/pictures';
import { folder, noChromium } from './chromium';

/** Why a test that needs JupyterLab in a browser is skipped, or nothing. */
export const noJupyter =
  noChromium ||
  (existsSync(join(projectRoot(), '.venv'))
    ? ''
    : ' (skipped: JupyterLab is not installed; run npm run setup)');

/** How long a kernel or a training may take on a busy machine, in milliseconds. */
const patience = 300_000;

/** A JupyterLab and a page of a browser for it, until they are closed. */
export interface Lab {
  page: Page;
  /** the address that `npm start` printed */
  address: URL;
  /** Opens a notebook and waits until its kernel is idle. @returns the notebook */
  open(path: string): Promise<Locator>;
  close(): Promise<void>;
}

/** Starts JupyterLab and a browser, whose page stores nothing of the reader's. @param viewport - the page's size in pixels */
export async function openLab(viewport = { width: 1280, height: 1000 }): Promise<Lab> {
  const browser = await openChromium();
  const page = await browser.newPage({ viewport });
  page.setDefaultTimeout(60_000);
  await isolate(page);
  // Last: what fails before it leaves no server behind.
  const { address, stop } = await startJupyter();
  return {
    page,
    address,
    open(path) {
      const url = new URL(address);
      url.pathname = `/lab/tree/${path}`;
      url.searchParams.set('reset', '');
      return page.goto(url.href).then(() => shownNotebook(page));
    },
    async close() {
      await browser.close();
      await stop();
    },
  };
}

/** Writes a notebook of code cells into `out/browser/`, the code of some of them hidden. @returns its path */
export function writeCells(name: string, cells: readonly string[], hidden: readonly number[] = []): string {
  const kernelspec = { display_name: 'TypeScript', language: 'typescript', name: 'tslab' };
  const notebook = {
    cells: cells.map((source, index) => ({
      cell_type: 'code',
      id: `cell-${index}`,
      metadata: hidden.includes(index) ? { jupyter: { source_hidden: true } } : {},
      outputs: [],
      execution_count: null,
      source,
    })),
    metadata: { kernelspec },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(join(folder, `${name}.ipynb`), JSON.stringify(notebook));
  return `out/browser/${name}.ipynb`;
}

/** Starts JupyterLab with `npm start` and waits for the address that it prints. */
async function startJupyter(): Promise<{ address: URL; stop(): Promise<void> }> {
  const npm = spawn(process.execPath, ['tools/start.mjs', '--no-browser'], { cwd: projectRoot() });
  let printed = '';
  const address = await new Promise<URL>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      printed += chunk;
      const line = /^Open: (http\S+)$/m.exec(printed);
      if (line) resolve(new URL(line[1]));
    };
    npm.stdout.on('data', listen);
    npm.stderr.on('data', listen);
    npm.on('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${printed}`)));
  });
  return { address, stop: () => stop(npm) };
}

function stop(npm: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    npm.on('exit', () => resolve());
    npm.kill('SIGTERM');
  });
}

/**
 * Keeps the tests out of the reader's JupyterLab: no layout and no setting is stored, and nothing in
 * `notebooks/` can be saved. All cells are in the page, not only those in sight.
 */
async function isolate(page: Page): Promise<void> {
  const settings: Record<string, string> = {
    '@jupyterlab/notebook-extension:tracker': JSON.stringify({ windowingMode: 'none' }),
  };
  await page.route('**/lab/api/settings**', async (route) => {
    const request = route.request();
    if (request.method() !== 'GET') {
      const id = decodeURIComponent(new URL(request.url()).pathname.split('/api/settings/')[1]);
      settings[id] = request.postDataJSON().raw;
      return route.fulfill({ status: 204 });
    }
    const response = await route.fetch();
    const body = await response.json();
    for (const plugin of Array.isArray(body.settings) ? body.settings : [body]) {
      if (plugin.id in settings) plugin.raw = settings[plugin.id];
    }
    return route.fulfill({ response, json: body });
  });
  await page.route('**/lab/api/workspaces/**', (route) =>
    route.request().method() === 'GET' ? route.continue() : route.fulfill({ status: 204 }),
  );
  await page.route('**/api/contents/notebooks/**', (route) => {
    const request = route.request();
    if (request.method() === 'GET') return route.continue();
    // A notebook opens only after its checkpoint: none is made, and JupyterLab is told that it was.
    const checkpoint = new URL(request.url()).pathname.endsWith('/checkpoints');
    if (!checkpoint || request.method() !== 'POST') return route.abort();
    return route.fulfill({
      status: 201,
      json: { id: 'none', last_modified: '2020-01-01T00:00:00Z' },
    });
  });
}

/** Waits for the notebook in front and its kernel. @returns the notebook */
export async function shownNotebook(page: Page): Promise<Locator> {
  const panel = page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)');
  await panel.locator('.jp-Cell').first().waitFor({ timeout: patience });
  // The indicator beside the kernel's name says idle even before there is a kernel.
  await page.locator('#jp-main-statusbar').getByText('TypeScript | Idle').waitFor({ timeout: patience });
  return panel.locator('.jp-Notebook');
}

/** Chooses an entry of a menu. */
export async function choose(page: Page, menu: string, entry: string): Promise<void> {
  await page.locator('#jp-MainMenu .lm-MenuBar-item', { hasText: new RegExp(`^${menu}$`) }).click();
  await page
    .locator('.lm-Menu-item', { hasText: new RegExp(`^${entry}`) })
    .first()
    .click();
}

/** Changes the theme, for this page alone. */
export async function useTheme(page: Page, theme: 'Light' | 'Dark'): Promise<void> {
  await page.locator('#jp-MainMenu .lm-MenuBar-item', { hasText: /^Settings$/ }).click();
  await page.locator('.lm-Menu-item', { hasText: /^Theme/ }).hover();
  await page.locator('.lm-Menu-item', { hasText: new RegExp(`^JupyterLab ${theme}$`) }).click();
  const body = page.locator(`body[data-jp-theme-light=${theme === 'Light'}]`);
  await body.waitFor({ state: 'attached' });
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
}

/** Selects a cell by a click beside its text, and runs it. */
export async function runCell(page: Page, cell: Locator): Promise<void> {
  await cell.locator('.jp-InputPrompt').click();
  await page.keyboard.press('Control+Enter');
}

/** Clears all outputs, runs all cells and waits until all have run. */
export async function runAll(page: Page, notebook: Locator): Promise<void> {
  await choose(page, 'Edit', 'Clear Outputs of All Cells');
  await untilPrompts(notebook, /^\[ ?\]:$/);
  await choose(page, 'Run', 'Run All Cells');
  await untilRun(notebook);
}

/** Waits until no code cell waits or runs. @param cells - all cells of a notebook, or one of its cells */
export function untilRun(cells: Locator): Promise<void> {
  return untilPrompts(cells, /^\[\d+\]:$/);
}

/** Waits until no cell waits or runs; cells that never ran may be among them. */
export function untilQuiet(cells: Locator): Promise<void> {
  return untilPrompts(cells, /^\[[\d ]*\]:$/);
}

async function untilPrompts(cells: Locator, wanted: RegExp): Promise<void> {
  const prompts = cells.locator('.jp-InputPrompt').filter({ hasText: '[' });
  const others = async () => (await prompts.allTextContents()).filter((text) => !wanted.test(text));
  await expect.poll(others, { timeout: patience, interval: 250 }).toEqual([]);
}

/** The code cell that holds a text. */
export function cellWith(notebook: Locator, text: string): Locator {
  return notebook
    .locator('.jp-CodeCell')
    .filter({ has: notebook.page().locator('.cm-content', { hasText: text }) })
    .first();
}

/** Replaces a piece of a cell's source by typing the whole cell anew. */
export async function editCell(page: Page, cell: Locator, from: string | RegExp, to: string): Promise<void> {
  const editor = cell.locator('.cm-content');
  const lines = await editor.locator('.cm-line').allTextContents();
  const source = lines.join('\n');
  const edited = source.replace(from, to);
  if (edited === source) throw new Error(`the cell holds no ${from}:\n${source}`);
  await editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(edited);
}
