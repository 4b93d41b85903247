import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { findNotebooks } from '../../tools/notebooks/notebook-file';
import { writePages } from '../../tools/notebooks/pages';
import { openChromium } from '../../tools/pictures';
import { screenshot } from './chromium';
import { noJupyter } from './jupyter';

describe.skipIf(noJupyter)(`the book, without network and scripts${noJupyter}`, () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  const asked: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'descent-book-'));
    await writePages(findNotebooks(join(projectRoot(), 'notebooks'), ['00', '02']), folder);
    browser = await openChromium();
    const context = await browser.newContext({ offline: true, javaScriptEnabled: false });
    page = await context.newPage();
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) asked.push(request.url());
    });
    page.on('requestfailed', (request) => asked.push(`missing ${request.url()}`));
    await page.goto(pathToFileURL(join(folder, 'index.html')).href);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  it('is read from the contents on, forward and back', async () => {
    await page.getByRole('link', { name: '00 · Start here' }).click();
    expect(await page.locator('h1').textContent()).toContain('Start here');
    await page.locator('header').getByRole('link', { name: /→$/ }).click();
    expect(await page.locator('h1').textContent()).toContain('Gradient descent');
    await page.locator('footer').getByRole('link', { name: /^←/ }).click();
    await page.locator('main').getByRole('link', { name: '02 · Gradient descent' }).first().click();
    expect(await page.title()).toBe('02 · Gradient descent');
  });

  it('shows every figure', async () => {
    const widths = await page
      .locator('main img')
      .evaluateAll((images) => (images as { naturalWidth: number }[]).map((one) => one.naturalWidth));
    expect(widths.length).toBeGreaterThanOrEqual(5);
    expect(Math.min(...widths)).toBeGreaterThan(300);
  });

  it("sets formulas in KaTeX's own fonts", async () => {
    const formula = page.locator('.katex-display').first();
    await formula.scrollIntoViewIfNeeded();
    const fonts = await page.evaluate(
      'document.fonts.ready.then((all) => [...all].filter((one) => one.status === "loaded").map((one) => one.family))',
    );
    expect(fonts).toContain('KaTeX_Math');
    expect(fonts).toContain('KaTeX_Main');
    await screenshot(page, 'book');
  });

  it('unfolds a worked solution', async () => {
    const solution = page.locator('details').filter({ hasText: 'Worked solution' }).first();
    const code = solution.locator('pre').first();
    expect(await code.isVisible()).toBe(false);
    await solution.locator('summary').click();
    expect(await code.isVisible()).toBe(true);
  });

  it('opens a file of the project that a notebook links to, and comes back', async () => {
    await page.getByRole('link', { name: 'lib/descent/descend.ts' }).first().click();
    expect(await page.locator('pre').textContent()).toContain('export function gradientDescent');
    await page.locator('header').getByRole('link', { name: 'Contents' }).click();
    expect(await page.title()).toBe('Descent');
  });

  it('asked nothing of a network and missed no file', () => {
    expect(asked).toEqual([]);
  });

  it('lets no script run, however it came into a page, and asks no network for a picture', async () => {
    const server = createServer(({ url }, response) => {
      sought.push(String(url));
      response.end();
    });
    let sought: string[] = [];
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const attack = `<script>document.title = 'script';</script>
      <img src="x" onerror="document.title = 'handler'"><img src="${host}/a.png">
      <a id="go" href="javascript:void(document.title = 'address')">go</a>
      <style>main { background: url(${host}/b.png); letter-spacing: 3px; }</style>`;
    const whole = readFileSync(join(folder, '02-gradient-descent.html'), 'utf8');
    const file = join(folder, 'attacked.html');
    const context = await browser.newContext();
    try {
      const open = async (text: string) => {
        writeFileSync(
          file,
          text.replace(/<main\b[^>]*>/, (main) => main + attack),
        );
        const attacked = await context.newPage();
        sought = [];
        await attacked.goto(pathToFileURL(file).href);
        await attacked.locator('#go').click();
        const spaced = await attacked.evaluate(
          "getComputedStyle(document.querySelector('main')).letterSpacing",
        );
        return { title: await attacked.title(), sought, spaced };
      };
      // Without the policy the attack works: the browser would run it.
      const bare = await open(whole.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''));
      expect(bare).toMatchObject({ title: 'address', spaced: '3px' });
      expect(bare.sought.sort()).toEqual(['/a.png', '/b.png']);
      expect(await open(whole)).toEqual({ title: '02 · Gradient descent', sought: [], spaced: '3px' });
    } finally {
      await context.close();
      server.close();
    }
  });
});
