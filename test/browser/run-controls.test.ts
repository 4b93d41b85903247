import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stroke } from '../../lib/data/digit-drawing';
import { writeRun } from '../../tools/book/run';
import { writePages } from '../../tools/notebooks/pages';
import { seriousFaults } from './axe';
import { drawWithMouse, screenshot } from './chromium';
import { noJupyter } from './jupyter';
import { type ServedBook, serveBook } from './served-book';
import { notebookOf } from './small-notebook';

/** Knobs, controls, a digit pad and a text of the project's, each in a cell. */
const moving = notebookOf('01-moving', [
  [
    'knobs',
    `import { claim, is, knobs } from './lib/course';

const rate = 0.5; // 0.1 … 1: how far a step goes
const kind: string = 'plain'; // plain | round: how it looks
const sizes = [1, 2]; // 0 … 9: two numbers
knobs(
  { rate, kind, sizes },
  { rate: 0.5, kind: 'plain', sizes: [1, 2] },
);
console.log(JSON.stringify({ rate, kind, sizes }));
claim('The rate is a half.', rate, is.equalTo(0.5));`,
  ],
  [
    'moving-interact',
    `import { checkbox, interact, slider } from './lib/course';
import { lineFigure } from './lib/figures';
interact({ height: slider(1, 9, { value: 3, step: 1 }), shade: ['light', 'dark'], doubled: checkbox() }, (values) => {
  console.log(JSON.stringify(values));
  if (values.height === 9) throw new RangeError('too high');
  return lineFigure({ title: \`Height \${values.height}\`, xAxis: 'x', yAxis: 'y', series: [{ name: 'line', y: [0, values.height] }] });
});`,
  ],
  [
    'moving-pad',
    `import { startTensorflow } from './lib/tensorflow';
import { createModel } from './lib/model';
import { digitPad } from './lib/workshop';
await startTensorflow();
digitPad(createModel({ seed: 1 }), { title: 'Draw' });`,
  ],
  [
    'moving-text',
    `import { loadCorpus } from './lib/language';
console.log((await loadCorpus('quatrains')).description);`,
  ],
]);

describe.skipIf(noJupyter)(`what a reader moves in a page of the book${noJupyter}`, () => {
  let folder: string;
  let browser: Browser;
  let context: BrowserContext;
  let book: ServedBook;
  let address: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    book = await serveBook(async (folder) => {
      await writePages([moving], folder, () => undefined);
      await writeRun([moving], folder, () => undefined);
    });
    ({ folder, address, browser } = book);
    context = await browser.newContext();
  });
  afterAll(() => book?.close());

  async function open(query = '', where = context): Promise<Page> {
    const page = await where.newPage();
    page.setDefaultTimeout(120_000);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${address}01-moving.html${query}`);
    return page;
  }
  const cell = (page: Page, id: string) => page.locator(`[id="cell-id=${id}"]`);
  async function run(page: Page, id: string): Promise<void> {
    await cell(page, id).locator('.run-cell').click();
    await page.locator('html[data-run=idle]').waitFor();
  }
  const shown = (page: Page, id: string) => cell(page, id).locator('.output').textContent();
  const status = (page: Page) => page.locator('.run-bar [role=status]').textContent();

  it('turns knobs by controls, keeps them in the address, and says that claims do not apply', async () => {
    const page = await open();
    await run(page, 'knobs');
    expect(await shown(page, 'knobs')).toContain('{"rate":0.5,"kind":"plain","sizes":[1,2]}');
    expect(await status(page)).toContain('1 of 1 claims hold in your browser');
    await page.getByLabel('rate').fill('0.7');
    await page.getByLabel('rate').press('Enter');
    await page.getByLabel('kind').selectOption('round');
    await page.getByLabel('sizes').fill('3, 4');
    await page.getByLabel('sizes').press('Enter');
    expect(await status(page)).toContain('A knob is turned');
    expect(new URL(page.url()).search).toBe('?rate=0.7&kind=round&sizes=3%2C+4');
    await run(page, 'knobs');
    expect(await shown(page, 'knobs')).toContain('{"rate":0.7,"kind":"round","sizes":[3,4]}');
    expect(await status(page)).toContain('1 do not apply');
    await screenshot(page, 'run-knobs');
    await page.getByLabel('sizes').fill('3, 4, 5');
    await page.getByLabel('sizes').press('Enter');
    expect(await cell(page, 'knobs').locator('.run-knob-message').textContent()).toBe(
      'sizes must be a list of 2 numbers.',
    );
    await page.close();
  });

  it('takes knobs from the address that somebody sent, and none that does not fit', async () => {
    const page = await open('?rate=0.2&kind=square');
    expect(await page.getByLabel('rate').inputValue()).toBe('0.2');
    expect(await page.getByLabel('kind').inputValue()).toBe('plain');
    await run(page, 'knobs');
    expect(await shown(page, 'knobs')).toContain('{"rate":0.2,"kind":"plain","sizes":[1,2]}');
    await page.close();
  });

  it('moves sliders, lists and boxes, puts the new figure in the place of the old, and tells errors under them', async () => {
    const page = await open();
    await run(page, 'moving-interact');
    const place = cell(page, 'moving-interact');
    await place.getByText('Height 3').waitFor();
    await place.getByRole('slider').press('ArrowRight');
    await place.getByText('Height 4').waitFor();
    expect(await place.locator('.main-svg').first().isVisible()).toBe(true);
    expect(await place.locator('.run-figure').count()).toBe(1);
    await place.getByRole('combobox').selectOption('dark');
    await place.getByText('{"height":4,"shade":"dark","doubled":false}').waitFor();
    await place.getByRole('checkbox').check();
    await place.getByText('"doubled":true').waitFor();
    await screenshot(page, 'run-interact');
    await place.getByRole('slider').press('End');
    await place.getByText('RangeError: too high').waitFor();
    await place.getByRole('slider').press('Home');
    await place.getByText('Height 1').waitFor();
    expect(await place.getByText('RangeError: too high').count()).toBe(0);
    await page.close();
  });

  it('reads a digit that is drawn on the pad, whose own script does not run', async () => {
    const page = await open();
    await run(page, 'moving-pad');
    const pad = cell(page, 'moving-pad').locator('.descent-digit-pad');
    const stroke: Stroke = Array.from({ length: 20 }, (_, index) => ({ x: 0.5, y: 0.2 + 0.03 * index }));
    await drawWithMouse(page, pad, [stroke]);
    await pad.getByText(/^I read \d, with probability/).waitFor();
    await screenshot(page, 'run-pad');
    expect(await page.locator('.run-backend').textContent()).toMatch(/^wasm \d/);
    await page.close();
  });

  it('computes in plain JavaScript where the address asks for it, or the reader in the bar', async () => {
    const page = await open('?backend=js&rate=0.7');
    const on = page.locator('.run-backend');
    const way = page.getByRole('combobox', { name: 'Compute' });
    expect(await way.locator('option').allTextContents()).toEqual([
      'the fastest way',
      'in WebAssembly',
      'in plain JavaScript',
    ]);
    expect(await way.inputValue()).toBe('js');
    await run(page, 'moving-pad');
    expect(await on.textContent()).toMatch(/^js \d/);
    await way.selectOption('in WebAssembly');
    expect(new URL(page.url()).search).toBe('?backend=wasm&rate=0.7');
    expect(await status(page)).toBe('Another way to compute is chosen: run the cells again.');
    expect(await on.textContent()).toBe('');
    await run(page, 'moving-pad');
    expect(await on.textContent()).toMatch(/^wasm \d/);
    await way.selectOption('the fastest way');
    expect(new URL(page.url()).search).toBe('?rate=0.7');
    await screenshot(page, 'run-way');
    await page.setViewportSize({ width: 390, height: 844 });
    await screenshot(page, 'run-way-telephone');
    expect(await page.locator('.run-bar').evaluate((bar) => bar.scrollWidth - bar.clientWidth)).toBe(0);
    const faults = await seriousFaults(page);
    expect(faults.filter((fault) => /select|\.run-/.test(fault))).toEqual([]);
    await page.close();
  });

  it('keeps a text that it has fetched, and takes none that is damaged', async () => {
    const data = join(folder, 'run', 'data');
    const { files, blobs } = JSON.parse(readFileSync(join(folder, 'run', 'files.json'), 'utf8'));
    const text = blobs[files['data/tang-quatrains.txt']].at.replace('data/', '');
    const page = await open();
    await run(page, 'moving-text');
    expect(await shown(page, 'moving-text')).toContain('Tang quatrains: ');
    await page.close();
    const sound = readFileSync(join(data, text));
    renameSync(join(data, text), join(data, 'away'));
    const again = await open();
    await run(again, 'moving-text');
    expect(await shown(again, 'moving-text')).toContain('Tang quatrains: ');
    await again.close();
    const other = await browser.newContext();
    writeFileSync(join(data, text), sound.fill(0, 1000, 1001));
    const damaged = await open('', other);
    await run(damaged, 'moving-text');
    expect(await shown(damaged, 'moving-text')).toContain('is damaged: its SHA-256 is not the one');
    await other.close();
  });

  it('complained of nothing else', () => {
    expect(complaints).toEqual([]);
  });
});
