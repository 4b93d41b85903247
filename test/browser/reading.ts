/** What holds for every page of the book that is read. */
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { seriousFaults } from './axe';

/** How a reader may look at a page. */
export const ways = [
  { name: 'a wide screen', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { name: 'a telephone at night', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const;

/** What a page costs before anything is touched, as a server that compresses would send it. */
const compressed = ['.html', '.css', '.js', ''];

/**
 * @param address - of the book
 * @param folder - the files that it serves
 * @returns the bytes that a browser loads of a page until it rests, by file
 */
export async function bytesOf(
  browser: Browser,
  address: string,
  folder: string,
  name: string,
): Promise<Map<string, number>> {
  // What the service worker keeps afterwards is not what the reader waits for.
  const context = await browser.newContext({ serviceWorkers: 'block', viewport: ways[0].viewport });
  const page = await context.newPage();
  const files = new Map<string, number>();
  const missing: string[] = [];
  page.on('response', (response) => {
    if (!response.url().startsWith(address)) return;
    const file = decodeURIComponent(response.url().slice(address.length));
    if (!response.ok()) return missing.push(file);
    const bytes = readFileSync(join(folder, file));
    files.set(file, compressed.includes(extname(file)) ? gzipSync(bytes).length : bytes.length);
  });
  await page.goto(`${address}${name}.html`, { waitUntil: 'networkidle' });
  await page.evaluate('document.fonts.ready');
  await context.close();
  expect(missing).toEqual([]);
  return files;
}

/** @returns what is wrong with a page, seen in each of the {@link ways}; one line each */
export async function faultsOf(
  browser: Browser,
  url: string,
  see?: (page: Page, way: string) => Promise<void>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const { name, ...way } of ways) {
    const context = await browser.newContext({ ...way, serviceWorkers: 'block' });
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate('document.fonts.ready');
    // What follows the layout does so with the next picture.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    await see?.(page, name);
    const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    if (Number(wide) > 0) faults.push(`${name}: ${wide} pixels wider than the screen`);
    const wrong = await page.evaluate(
      "[...document.querySelectorAll('msub, msup, mfrac')].filter((one) => one.children.length !== 2).map((one) => one.outerHTML)",
    );
    for (const formula of wrong as string[]) faults.push(`${name}: not MathML: ${formula}`);
    for (const fault of await seriousFaults(page)) faults.push(`${name}: ${fault}`);
    await context.close();
  }
  return faults;
}
