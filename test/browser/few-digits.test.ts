/** A page with the first digits in the place of all: fewer bytes, counts that say so, claims that do not apply. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { writeRun } from '../../tools/book/run';
import { writeServiceWorker } from '../../tools/book/shell/write';
import { findNotebooks } from '../../tools/notebooks/notebook-file';
import { writePages } from '../../tools/notebooks/pages';
import { seriousFaults } from './axe';
import { screenshot } from './chromium';
import { noJupyter } from './jupyter';
import { type ServedBook, serveBook } from './served-book';
import { notebookOf } from './small-notebook';

const small = notebookOf('01-digits', [
  [
    'digits-load',
    `import { claim, is } from './lib/course';
import { firstDigits, loadMnist } from './lib/data';
const { train, validation, test, description } = await loadMnist({ limit: 20000 });
console.log(train.count, validation.count, test.count, description);
claim('There are 20,000 digits.', train.count, is.equalTo(20000));`,
  ],
  ['digits-more', 'console.log(firstDigits(train, 15000).count);'],
]);
const plain = notebookOf('02-plain', [['plain-one', 'console.log(1);']]);

describe.skipIf(noJupyter)(`a page with the first digits${noJupyter}`, () => {
  let book: ServedBook;
  let browser: Browser;
  beforeAll(async () => {
    const files = [small, plain, ...findNotebooks(join(projectRoot(), 'notebooks'), ['10'])];
    book = await serveBook(async (folder) => {
      await writePages(files, folder, () => undefined);
      await writeRun(files, folder, () => undefined);
    });
    ({ browser } = book);
  });
  afterAll(() => book?.close());

  /** A page of its own, as in a browser that has kept nothing; the bytes of the data that it asks for. */
  async function open(address: string, connection?: object) {
    const context = await browser.newContext({ serviceWorkers: 'block' });
    if (connection) {
      const told = JSON.stringify(connection);
      await context.addInitScript(`Object.defineProperty(navigator, 'connection', { value: ${told} })`);
    }
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${book.address}${address}`);
    const bytes = () =>
      asked
        .filter((file) => file.includes('/run/data/'))
        .reduce((sum, file) => sum + statSync(join(book.folder, file)).size, 0);
    return { page, bytes };
  }
  const cell = (page: Page, id: string) => page.locator(`[id="cell-id=${id}"]`);
  async function run(page: Page, id: string): Promise<string> {
    await cell(page, id).locator('.run-cell').click();
    await page.locator('html[data-run=idle]').waitFor();
    return (await cell(page, id).locator('.output').textContent()) ?? '';
  }
  const status = (page: Page) => page.locator('.run-bar [role=status]').textContent();

  it('loads them, and fewer bytes; claims of all digits do not apply; who asks for more is told of the choice', async () => {
    const { page, bytes } = await open('01-digits.html?mnist=first');
    expect(await page.getByRole('combobox', { name: 'Digits' }).inputValue()).toBe('first');
    const text = await run(page, 'digits-load');
    expect(text).toContain('the page has the first 10,000 digits to learn from');
    expect(text).toContain('asks for 20,000 digits, and gets the first 10,000');
    expect(text).toContain('10000 10000 2000 MNIST: 10,000 digits to learn from, 10,000 to choose by');
    expect(text).toContain('○ Claim does not apply (it is of all digits, and the page has the first 10,000)');
    expect(text).toContain('Measured 10000; with all digits claimed exactly 20000.');
    expect(await status(page)).toContain('1 do not apply');
    // Measured: 3.6 MB of 11.5.
    expect(bytes()).toBeGreaterThan(3e6);
    expect(bytes()).toBeLessThan(4e6);
    expect(await run(page, 'digits-more')).toContain(
      'This cell asks for 15,000 digits; the page has the first 10,000: choose all digits in the bar.',
    );
    await screenshot(page, 'few-digits');

    await page.getByRole('combobox', { name: 'Digits' }).selectOption({ index: 0 });
    expect(await status(page)).toBe('Other digits are chosen: run the cells again.');
    expect(new URL(page.url()).search).toBe('');
    const all = await run(page, 'digits-load');
    expect(all).toContain('20000 10000 10000 MNIST: 50,000 digits to learn from');
    expect(all).toContain('✓ Claim met');
    expect(all).not.toContain('chosen in the bar');
    expect(await run(page, 'digits-more')).toBe('15000\n');
    expect(bytes()).toBeGreaterThan(15e6);
    await page.context().close();
  });

  it('shows stored results, says that they are of all digits, and counts their claims', async () => {
    const { page, bytes } = await open('10-overfitting.html?mnist=first');
    const text = await run(page, 'over-turn-claims');
    expect(text).toContain('✓ Claim met');
    expect(text).not.toMatch(/[✗○]/);
    expect(await cell(page, 'over-turn-train').locator('.output').textContent()).toMatch(
      /'over-turn' comes with this page: it was measured .*, with all digits, when the book was made/,
    );
    expect(await status(page)).toMatch(/· 4 of 4 claims hold by stored results · [\d.]+ s\.$/);
    expect(bytes()).toBeLessThan(5e6);
    await page.context().close();
  });

  it('offers them where the browser tells of a reason, and chooses nothing by itself', async () => {
    const { page, bytes } = await open('01-digits.html', { saveData: true });
    const offer = page.locator('.run-offer');
    expect(await offer.textContent()).toMatch(
      /^This connection saves data: all digits are 11\.\d MB, the first 10,000 are 3\.\d MB\./,
    );
    expect(await page.getByRole('combobox', { name: 'Digits' }).inputValue()).toBe('');
    expect(await page.getByRole('combobox', { name: 'Digits' }).locator('option').allTextContents()).toEqual([
      expect.stringMatching(/^all \(11\.\d MB\)$/),
      expect.stringMatching(/^the first 10,000 \(3\.\d MB\)$/),
    ]);
    await screenshot(page, 'few-digits-offer');
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('combobox', { name: 'Digits' }).selectOption('first');
    expect(new URL(page.url()).search).toBe('?mnist=first');
    expect(await offer.isVisible()).toBe(false);
    expect(await status(page)).toBe('This notebook runs in your browser.');
    expect(bytes()).toBe(0);
    await page.context().close();
    const { page: other } = await open('01-digits.html');
    expect(await other.locator('.run-offer').isVisible()).toBe(false);
    expect(await other.getByRole('combobox', { name: 'Digits' }).isVisible()).toBe(true);
    await other.context().close();
  });

  it('is no choice where a notebook loads no digits, nor a way to compute where it has no tensors', async () => {
    const { page } = await open('02-plain.html', { saveData: true });
    expect(await page.locator('.run-bar select').count()).toBe(0);
    await page.goto(`${book.address}10-overfitting.html`);
    expect(await page.locator('.run-bar select').count()).toBe(2);
    await page.context().close();
  });

  it('is kept by no browser before it is chosen', async () => {
    expect(readdirSync(join(book.folder, 'run', 'data', 'few')).length).toBe(5);
    await writeServiceWorker(book.folder);
    const worker = readFileSync(join(book.folder, 'service-worker.js'), 'utf8');
    expect(worker).toContain('run/data/');
    expect(worker).not.toContain('run/data/few/');
  });
});
