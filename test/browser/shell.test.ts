import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { serveFolder } from '../../tools/book/serve';
import { writeServiceWorker } from '../../tools/book/shell/write';
import { writeBook } from '../../tools/book/write';
import { findNotebooks } from '../../tools/notebooks/notebook-file';
import { openChromium } from '../../tools/pictures';
import { screenshot } from './chromium';
import { noFirefox, openFirefox } from './firefox';
import { noJupyter } from './jupyter';
import { bytesOf, faultsOf } from './reading';

const under = '/some/where/';
const kept = 'The book is kept in this browser';

describe.skipIf(noJupyter)(`the shell of the book${noJupyter}`, () => {
  let folder: string;
  let browser: Browser;
  let server: Server;
  let address: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'descent-shell-'));
    const files = findNotebooks(join(projectRoot(), 'notebooks'), ['00', '02']);
    await writeBook(files, folder);
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'digits'), Buffer.alloc(2e6));
    writeFileSync(join(folder, 'data', 'names'), 'names');
    await writeServiceWorker(folder);
    ({ address, server } = await serveFolder(folder, { under }));
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  /** A context of its own, with nothing kept, and a page in it. */
  async function visit(path: string, context?: BrowserContext): Promise<Page> {
    const page = await (context ?? (await browser.newContext())).newPage();
    await page.goto(`${address}${path}`);
    return page;
  }
  const note = (page: Page, text: string | RegExp) =>
    page.locator('.shell-note').filter({ hasText: text }).waitFor({ timeout: 60_000 });
  /** A copy of the book at an address of its own, to be changed and cut off. */
  async function copy() {
    const own = mkdtempSync(join(tmpdir(), 'descent-shell-copy-'));
    cpSync(folder, own, { recursive: true });
    const served = await serveFolder(own, { under });
    const [answer] = served.server.listeners('request') as RequestListener[];
    const book = {
      folder: own,
      address: served.address,
      /** what was asked for */
      asked: [] as string[],
      /** the end of an address at which the connection breaks */
      breaksAt: '',
      stop() {
        served.server.close();
        served.server.closeAllConnections();
      },
      end() {
        book.stop();
        rmSync(own, { recursive: true });
      },
    };
    served.server.removeAllListeners('request').on('request', (request, response) => {
      book.asked.push(request.url ?? '');
      if (book.breaksAt && request.url?.endsWith(book.breaksAt)) request.socket.destroy();
      else answer(request, response);
    });
    return book;
  }

  describe('reading', () => {
    it.each(['index', '02-gradient-descent'])(
      '%s: nothing is seriously wrong for who sees little or uses no mouse',
      async (name) => {
        const faults = await faultsOf(browser, `${address}${name}.html`, (page, way) =>
          screenshot(page, `shell-${name}-${way.replaceAll(' ', '-')}`),
        );
        expect(faults).toEqual([]);
      },
    );

    it('loads less than 300 kB before anything is touched', async () => {
      const files = await bytesOf(browser, address, folder, '02-gradient-descent');
      expect([...files.keys()]).toContain('run/page.js');
      expect([...files.values()].reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(300_000);
    });

    it('leads by keyboard to the text, and by the contents at the side to a section', async () => {
      const page = await visit('02-gradient-descent.html');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('page-text');
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.locator('.side').getByRole('link', { name: 'Knobs', exact: true }).click();
      await expect.poll(() => page.locator('.side a[aria-current]').textContent()).toBe('Knobs');
      await page.context().close();
    });

    it('has an address for each cell', async () => {
      const page = await visit('02-gradient-descent.html#cell-id=gd-imports');
      expect(await page.locator('.cell:target').getAttribute('id')).toBe('cell-id=gd-imports');
      expect(await page.locator('.cell:target > .cell-link').getAttribute('href')).toBe(
        '#cell-id=gd-imports',
      );
      await page.context().close();
    });

    it('offers nothing that needs scripts where there are none', async () => {
      const page = await visit(
        '02-gradient-descent.html',
        await browser.newContext({ javaScriptEnabled: false }),
      );
      expect(await page.getByRole('button').count()).toBe(0);
      expect(await page.evaluate("document.querySelector('.side-list a').checkVisibility()")).toBe(false);
      await page.setViewportSize({ width: 1440, height: 900 });
      expect(await page.locator('.side a').first().isVisible()).toBe(true);
      await page.context().close();
    });
  });

  describe('searching', () => {
    it('finds a passage by keyboard, and goes to its cell', async () => {
      const page = await visit('index.html');
      expect(await page.evaluate('window.descentPassages')).toBe(undefined);
      await page.keyboard.press('Control+k');
      await page.getByRole('searchbox', { name: 'Search for' }).fill('curvature valley');
      await page.locator('.search-found mark').first().waitFor();
      await screenshot(page, 'shell-search');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForURL(/02-gradient-descent\.html#cell-id=gd-/);
      expect(await page.locator('.cell:target').textContent()).toMatch(/curvature/i);
      await page.context().close();
    });

    it('works from a folder on the disk', async () => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(pathToFileURL(join(folder, 'index.html')).href);
      await page.getByRole('button', { name: 'Search' }).click();
      await page.getByRole('searchbox').fill('gradientDescent');
      await page.locator('.search-found a').first().click();
      expect(page.url()).toMatch(/^file:.*html#cell-id=/);
      await page.context().close();
    });
  });

  describe('without a network', () => {
    it('is read, searched and run after one visit to one page', async () => {
      const book = await copy();
      const context = await browser.newContext();
      const page = await context.newPage();
      try {
        await page.goto(`${book.address}index.html`);
        await note(page, kept);
        book.stop();
        await page.goto(`${book.address}00-start-here.html`);
        expect(await page.locator('h1').textContent()).toContain('Start here');
        // With the value that its claims are of: with another one they would not apply.
        await page.goto(`${book.address}02-gradient-descent.html?learningRate=0.15`);
        await page.getByRole('button', { name: 'Search' }).click();
        await page.getByRole('searchbox').fill('valley');
        await page.locator('.search-found a').first().waitFor();
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Run all cells' }).click();
        await page.locator('html[data-run=idle]').waitFor({ timeout: 600_000 });
        const status = await page.locator('.run-bar [role=status]').textContent();
        const [, met, all] = /(\d+) of (\d+) claims hold/.exec(status ?? '') ?? [];
        expect(Number(all)).toBeGreaterThan(0);
        expect(met).toBe(all);
        // What is large, cells keep themselves.
        const comes = (file: string) =>
          page.evaluate(`fetch('${book.address}data/${file}').then(() => true, () => false)`);
        expect(await comes('names')).toBe(true);
        expect(await comes('digits')).toBe(false);
        await page.goto(`${book.address}none.html`);
        expect(await page.locator('h1').textContent()).toBe('This page is not kept');
      } finally {
        await context.close();
        book.end();
      }
    });

    it('replaces an older version as a whole, and says so, in other tabs too', async () => {
      const book = await copy();
      const context = await browser.newContext();
      const page = await context.newPage();
      const other = await context.newPage();
      const keys = async () =>
        (await page.evaluate(
          `caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys())))).then((all) => all.flat().map(({ url }) => url))`,
        )) as string[];
      try {
        await page.goto(`${book.address}index.html`);
        await note(page, kept);
        const before = await keys();
        appendFileSync(join(book.folder, 'index.html'), '<p>newer</p>');
        await writeServiceWorker(book.folder);
        await page.reload();
        await other.goto(`${book.address}02-gradient-descent.html`);
        // The old one serves until the reader agrees.
        await note(page, 'A newer version of the book is ready.');
        expect(await page.content()).not.toContain('newer</p>');
        await page.getByRole('button', { name: 'Reload with it' }).click();
        await page.getByText('newer', { exact: true }).waitFor();
        await note(other, 'The book was updated in another tab');
        const after = await keys();
        expect(after).toHaveLength(before.length);
        const changed = after.filter((key) => !before.includes(key));
        expect(changed).toEqual([expect.stringContaining('/index.html?')]);
      } finally {
        await context.close();
        book.end();
      }
    });

    it('says that the connection was cut, and goes on from there', async () => {
      const book = await copy();
      const context = await browser.newContext();
      const page = await context.newPage();
      try {
        book.breaksAt = '/shell/search.js';
        await page.goto(`${book.address}index.html`);
        await note(page, 'Not kept for reading without a network: the connection was cut');
        book.breaksAt = '';
        book.asked = [];
        await page.goto(`${book.address}index.html`);
        await note(page, kept);
        const files = book.asked.map((url) => url.slice(under.length));
        expect(files).toContain('shell/search.js');
        expect(files).not.toContain('00-start-here.html');
      } finally {
        await context.close();
        book.end();
      }
    });

    it('says that the storage is full, and leaves nothing there', async () => {
      const page = await (await browser.newContext()).newPage();
      const session = await page.context().newCDPSession(page);
      await session.send('Storage.overrideQuotaForOrigin', {
        origin: new URL(address).origin,
        quotaSize: 2e6,
      });
      await page.goto(`${address}index.html`);
      await note(page, "Not kept for reading without a network: the browser's storage is full");
      const files = await page.evaluate(
        `caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys())))).then((all) => all.flat().length)`,
      );
      expect(files).toBe(0);
      await page.context().close();
    });

    it('says that the browser forbids it', async () => {
      const profile = mkdtempSync(join(tmpdir(), 'descent-profile-'));
      mkdirSync(join(profile, 'Default'));
      // "Sites can't save data on your device."
      const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
      writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
      const { chromium } = await import('playwright-core');
      const { launchOptions } = await import('../../tools/pictures/chromium');
      const context = await chromium.launchPersistentContext(profile, launchOptions(process.getuid?.()));
      try {
        const page = await visit('02-gradient-descent.html', context);
        await note(page, 'Not kept for reading without a network: this browser does not let it');
        expect(await page.getByRole('button', { name: 'Run all cells' }).isVisible()).toBe(true);
      } finally {
        await context.close();
        rmSync(profile, { recursive: true });
      }
    });
  });

  describe.skipIf(noFirefox)(`in Firefox${noFirefox}`, () => {
    it('is read, searched, kept and run, and its claims hold', async () => {
      const firefox = await openFirefox();
      try {
        const page = await firefox.newPage();
        const errors: string[] = [];
        page.on('pageerror', (error) => errors.push(String(error)));
        await page.goto(`${address}02-gradient-descent.html`);
        expect(await page.$eval('h1', (heading) => heading.textContent)).toContain('Gradient descent');
        const formulas = await page.$$eval('.katex', (all) => all.length);
        expect(formulas).toBeGreaterThan(50);
        await page.locator('.book-search').click();
        await page.locator('.search input').fill('valley');
        await page.waitForSelector('.search-found mark');
        await page.keyboard.press('Escape');
        await page.locator('::-p-text(▶ Run all)').click();
        await page.waitForSelector('html[data-run=idle]', { timeout: 600_000 });
        const status = await page.$eval('.run-bar [role=status]', (line) => line.textContent ?? '');
        const [, met, all] = /(\d+) of (\d+) claims hold/.exec(status) ?? [];
        expect(Number(all)).toBeGreaterThan(0);
        expect(met).toBe(all);
        await page.waitForFunction(`document.querySelector('.shell-note').textContent.startsWith('${kept}')`);
        expect(errors).toEqual([]);
      } finally {
        await firefox.close();
      }
    });
  });
});
