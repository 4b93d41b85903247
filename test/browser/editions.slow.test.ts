import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allNotebooks, languageOf, nameInBook } from '../../tools/book/editions';
import { writeBook } from '../../tools/book/write';
import { claimsOf } from '../../tools/notebooks/outcome';
import { screenshot } from './chromium';
import { noJupyter } from './jupyter';
import { type ServedBook, serveBook } from './served-book';

/** Some that read stored results, digits and what other notebooks claim. */
const wanted = ['00', '02', '05'];

describe.skipIf(noJupyter)(`notebooks of other editions run in their pages${noJupyter}`, () => {
  const files = allNotebooks(wanted);
  const translated = files.filter((file) => languageOf(file) !== 'en');
  let browser: Browser;
  let book: ServedBook;
  let address: string;

  beforeAll(async () => {
    book = await serveBook(async (folder) => {
      await writeBook(files, folder);
    });
    ({ address, browser } = book);
  });
  afterAll(() => book?.close());

  it.each(translated.map((file) => [nameInBook(file), file] as const))(
    '%s: its claims hold, and are said in its language',
    async (name, { notebook }) => {
      const page = await (await browser.newContext({ locale: 'zh-CN' })).newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.goto(`${address}${name}.html`);
      await page.locator('.run-bar button').first().click();
      await page.locator('html[data-run=idle]').waitFor({ timeout: 600_000 });
      expect(await page.locator('.run-error').allInnerTexts()).toEqual([]);
      const status = (await page.locator('.run-bar [role=status]').textContent()) ?? '';
      const counts = [...status.matchAll(/(\d+) 条论断中有 (\d+) 条/g)].map(([, of, met]) => [
        Number(of),
        Number(met),
      ]);
      expect(counts.length).toBeGreaterThan(0);
      for (const [of, met] of counts) expect(met).toBe(of);
      const none = Number(/(\d+) 条不适用/.exec(status)?.[1] ?? 0);
      expect(counts.reduce((sum, [of]) => sum + of, none)).toBe(claimsOf(notebook).length);
      const outputs = await page.locator('.output').allInnerTexts();
      expect(outputs.join('\n')).toContain('论断成立');
      expect(outputs.join('\n')).not.toMatch(/Claim (?:met|NOT met|does not apply)|Exercise open/);
      for (const note of await page.locator('.run-note').allInnerTexts())
        expect(note).toMatch(/\p{Script=Han}/u);
      await screenshot(page, `editions-${name.replace('/', '-')}`);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    700_000,
  );
});
