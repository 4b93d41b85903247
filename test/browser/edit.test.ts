import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRun } from '../../tools/book/run';
import { serveFolder } from '../../tools/book/serve';
import type { PagePassages } from '../../tools/book/shell/sections';
import { writeShell } from '../../tools/book/shell/write';
import { projectPython } from '../../tools/notebooks/execute';
import { writePages } from '../../tools/notebooks/pages';
import { openChromium } from '../../tools/pictures';
import { seriousFaults } from './axe';
import { screenshot } from './chromium';
import { compareCells } from './compare-cells';
import { noJupyter } from './jupyter';
import { notebookOf } from './small-notebook';

/** A notebook with what a reader edits: a knob, code that later cells use, an exercise. */
const small = notebookOf('01-edited', [
  [
    'knobs',
    `import { claim, is, knobs } from './lib/course';

const rate = 0.5; // 0.1 … 1: how far a step goes
knobs({ rate }, { rate: 0.5 });
claim('The rate is a half.', rate, is.equalTo(0.5));`,
  ],
  ['edit-function', 'function stepped(x: number): number {\n  return x - rate;\n}\nlet count = 0;'],
  ['edit-used', 'count += 1;\nconsole.log(stepped(3), count);'],
  ['edit-answer', 'const answer = undefined; // your answer: one number'],
  [
    'edit-check',
    `import { exercise } from './lib/course';
exercise('edit', answer, is.number(42));`,
  ],
  [
    'edit-experiment',
    `import { experiment } from './lib/course';
let measured = 0;
const slow = await experiment('edit-slow', { rate }, async () => {
  measured += 1;
  return stepped(10);
});
console.log(slow, measured);`,
  ],
]);

/** What a page and its worker may do at the most, where a server says it. */
const policy = "script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self'; connect-src 'self'";

describe.skipIf(noJupyter)(`what a reader edits in a page of the book${noJupyter}`, () => {
  let folder: string;
  let browser: Browser;
  let server: Server;
  let address: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'descent-edit-'));
    const pages: PagePassages[] = [];
    await writePages(
      [small],
      folder,
      () => undefined,
      (page) => pages.push(page),
    );
    await writeShell(pages, folder);
    await writeRun([small], folder, () => undefined);
    ({ address, server } = await serveFolder(folder, {
      under: '/some/where/',
      headers: { 'content-security-policy': policy },
    }));
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  /** The book is not kept whole: that has tests of its own. */
  const newContext = (options: BrowserContextOptions = {}) =>
    browser.newContext({ ...options, serviceWorkers: 'block' });
  /** A page in a context of its own, with nothing kept, or in one that is given. */
  async function open(context?: BrowserContext, query = ''): Promise<Page> {
    const page = await (context ?? (await newContext())).newPage();
    page.setDefaultTimeout(120_000);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      const text = message.text();
      if (['error', 'warning'].includes(message.type()) && !text.startsWith('Service Worker'))
        complaints.push(text);
    });
    await page.goto(`${address}01-edited.html${query}`);
    return page;
  }
  const cell = (page: Page, id: string) => page.locator(`[id="cell-id=${id}"]`);
  const shown = async (page: Page, id: string) =>
    ((await cell(page, id).locator('.output').textContent()) ?? '').trimEnd();
  const status = (page: Page) => page.locator('.run-bar > [role=status]').textContent();
  async function run(page: Page, id: string): Promise<void> {
    await cell(page, id).locator('.run-cell').click();
    await page.locator('html[data-run=idle]').waitFor();
  }
  /** Opens the editor of a cell and writes a source in place of its own. */
  async function write(page: Page, id: string, source: string): Promise<void> {
    const place = cell(page, id);
    if ((await place.locator('.cm-content').count()) === 0) {
      await place.getByRole('button', { name: 'Edit this cell' }).click();
    }
    await place.locator('.cm-content').focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(source);
  }
  const kept = (page: Page) => page.evaluate('JSON.stringify(Object.values(localStorage))');

  it('compiles each cell to what the build has made of it', async () => {
    const page = await open();
    for (const { id, shown, source, built, compiled, same } of await compareCells(page, '01-edited')) {
      expect({ id, ...compiled, same }).toEqual({ id, ...built, same: true });
      expect(shown.replace(/\n$/, '')).toBe(source);
    }
    await page.context().close();
  });

  it('runs an edited cell with the kernel’s compiler, and what later cells know is of it', async () => {
    const page = await open();
    await run(page, 'edit-used');
    expect(await shown(page, 'edit-used')).toBe('2.5 1');
    await write(
      page,
      'edit-function',
      'function stepped(x: number) {\n  return [x, rate];\n}\nlet count = 5;',
    );
    await run(page, 'edit-used');
    expect(await shown(page, 'edit-used')).toBe('[ 3, 0.5 ] 6');
    await cell(page, 'edit-used').getByRole('button', { name: 'Edit this cell' }).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText("\nawait Promise.resolve(['later', count])");
    await page.keyboard.press('Shift+Enter');
    await cell(page, 'edit-used').getByText("[ 'later', 7 ]").waitFor();
    await screenshot(page, 'edit');
    await page.context().close();
    expect(complaints).toEqual([]);
  });

  it("tells faults of types and errors with the reader's own lines", async () => {
    const page = await open();
    await write(page, 'edit-function', 'const one = 1;\nconst text: string = one;');
    await page.locator('.cm-lintRange-error').waitFor();
    await run(page, 'edit-function');
    expect(await shown(page, 'edit-function')).toMatch(
      /Type 'number' is not assignable to type 'string'[\s\S]*2 \|/,
    );
    expect(await cell(page, 'edit-function').locator('.output').textContent()).toContain(
      'const text: string = one;',
    );
    await write(
      page,
      'edit-function',
      '\n\nfunction broken(): never {\n  throw new RangeError("mine");\n}\nbroken();',
    );
    await run(page, 'edit-function');
    expect(await shown(page, 'edit-function')).toMatch(
      /^RangeError: mine\n4 \| {3}throw new RangeError\("mine"\);\n[\s\S]*at broken \(Cell \[2\], line 4\)\n[\s\S]*at \(Cell \[2\], line 6\)/,
    );
    await page.context().close();
  });

  it('judges the answer to an exercise, and keeps what is solved', async () => {
    const page = await open();
    await run(page, 'edit-check');
    expect(await shown(page, 'edit-check')).toContain('Exercise open');
    await write(page, 'edit-answer', 'const answer = 41;');
    await run(page, 'edit-check');
    expect(await shown(page, 'edit-check')).toContain('Not yet');
    await write(page, 'edit-answer', 'const answer = 6 * 7;');
    await run(page, 'edit-check');
    expect(await shown(page, 'edit-check')).toContain('Solved');
    await page.reload();
    expect(await status(page)).toContain(
      '5 of 6 cells have run · 1 of 1 claims held · 1 of 1 exercises solved.',
    );
    await page.goto(`${address}index.html`);
    await page.getByText('1 of 1 exercises solved').waitFor();
    await page.context().close();
  });

  it('measures an experiment again only where its own code has changed', async () => {
    const page = await open();
    await write(page, 'edit-answer', 'const answer = 42;');
    await run(page, 'edit-experiment');
    expect(await shown(page, 'edit-experiment')).toContain('9.5 1');
    // The same code again: its result is kept.
    await run(page, 'edit-experiment');
    expect(await shown(page, 'edit-experiment')).toContain('9.5 0');
    await write(
      page,
      'edit-function',
      'function stepped(x: number): number {\n  return x + rate;\n}\nlet count = 0;',
    );
    await run(page, 'edit-experiment');
    expect(await shown(page, 'edit-experiment')).toContain('10.5 1');
    await page.context().close();
  });

  it('lets the cell with the knobs speak for itself where it is edited', async () => {
    const page = await open(undefined, '?rate=0.2');
    await run(page, 'edit-used');
    expect(await shown(page, 'edit-used')).toBe('2.8 1');
    await write(page, 'knobs', 'const rate = 0.25;\nconst is = 1;');
    expect(await page.getByLabel('rate').isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Run all cells' }).click();
    await cell(page, 'edit-used').getByText('2.75 1').waitFor();
    await cell(page, 'knobs').getByRole('button', { name: 'Reset cell' }).click();
    expect(await page.getByLabel('rate').isDisabled()).toBe(false);
    await page.context().close();
  });

  it('keeps edits for the next visit, and puts the code back that came with the page', async () => {
    const page = await open();
    const before = await cell(page, 'edit-used').locator('pre').first().innerHTML();
    await write(page, 'edit-used', 'console.log("<i>kept</i>");');
    await page.reload();
    expect(await cell(page, 'edit-used').locator('pre').first().textContent()).toBe(
      'console.log("<i>kept</i>");',
    );
    await run(page, 'edit-used');
    expect(await shown(page, 'edit-used')).toBe('<i>kept</i>');
    await cell(page, 'edit-used').getByRole('button', { name: 'Reset cell' }).click();
    expect(await cell(page, 'edit-used').locator('pre').first().innerHTML()).toBe(before);
    expect(await cell(page, 'edit-used').getByText('Edited by you').isVisible()).toBe(false);
    await page.reload();
    await run(page, 'edit-used');
    expect(await shown(page, 'edit-used')).toBe('2.5 1');
    await page.context().close();
  });

  it('shows what was written into an older version of a cell beside it, with a choice', async () => {
    const page = await open();
    await write(page, 'edit-used', 'console.log("older");');
    await write(page, 'edit-answer', 'const answer = 1;');
    // As if the page had then had other code.
    await page.evaluate(`for (const [key, text] of Object.entries(localStorage)) {
      localStorage[key] = text.replace(/("edit-used":{[^}]*"of":")[^"]*/, '$1other').replace('"edit-answer"', '"edit-gone"');
    }`);
    await page.reload();
    await cell(page, 'edit-used').getByText('has changed since you edited it').waitFor();
    expect(await cell(page, 'edit-used').locator('pre').first().textContent()).toContain('stepped(3)');
    await page.getByText('into the cell edit-gone, which this notebook no longer has').waitFor();
    await page.locator('.edit-notes').getByRole('button', { name: 'Drop it' }).click();
    await page.reload();
    expect(await page.getByText('edit-gone').count()).toBe(0);
    await cell(page, 'edit-used').getByRole('button', { name: 'Use what I had written' }).click();
    await run(page, 'edit-used');
    expect(await shown(page, 'edit-used')).toBe('older');
    await page.reload();
    expect(await cell(page, 'edit-used').locator('pre').first().textContent()).toBe('console.log("older");');
    await page.context().close();
  });

  it('tells of another tab on the same notebook, and shows what is changed there', async () => {
    const context = await newContext();
    const here = await open(context);
    const there = await open(context);
    for (const page of [here, there]) await page.getByText('is also open in another tab').waitFor();
    await write(there, 'edit-used', 'console.log("there");');
    await cell(here, 'edit-used').getByText('has been changed in another tab').waitFor();
    await cell(here, 'edit-used').getByRole('button', { name: "Keep this tab's" }).click();
    await cell(there, 'edit-used').getByText('has been changed in another tab').waitFor();
    await cell(there, 'edit-used').getByRole('button', { name: 'Take it over' }).click();
    expect(await cell(there, 'edit-used').locator('.cm-content').textContent()).toContain('stepped(3)');
    await there.close();
    await here.getByText('is also open in another tab').waitFor({ state: 'hidden' });
    await context.close();
  });

  it.each([
    [
      'full',
      "Object.defineProperty(Storage.prototype, 'setItem', { value() { throw new DOMException('no', 'QuotaExceededError'); } })",
      'storage is full',
    ],
    [
      'forbidden',
      "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })",
      'does not let the page',
    ],
  ])(
    'says that work is not kept where the storage is %s, and loses nothing before the page closes',
    async (_, spoil, why) => {
      const context = await newContext();
      await context.addInitScript(spoil);
      const page = await open(context);
      await write(page, 'edit-used', 'console.log("unkept");');
      await page.getByText(why).waitFor();
      await run(page, 'edit-used');
      expect(await shown(page, 'edit-used')).toBe('unkept');
      const asked = page.waitForEvent('dialog');
      void page.close({ runBeforeUnload: true });
      expect((await asked).type()).toBe('beforeunload');
      await (await asked).accept();
      await context.close();
    },
  );

  it('saves a notebook that nbformat finds valid, and loads it in another browser', async () => {
    const page = await open();
    await write(page, 'edit-answer', 'const answer = 42; // "mine"\n');
    await run(page, 'edit-check');
    await page.getByText('My work').click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a notebook' }).click();
    expect((await download).suggestedFilename()).toBe('01-edited.ipynb');
    const file = join(folder, 'saved.ipynb');
    await (await download).saveAs(file);
    const check = 'import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], as_version=4))';
    execFileSync(projectPython() as string, ['-W', 'error', '-c', check, file]);
    await page.context().close();

    const other = await open();
    await other.getByText('My work').click();
    await other.locator('input[type=file]').setInputFiles(file);
    await other.getByText('1 cells were taken over').waitFor();
    await run(other, 'edit-check');
    expect(await shown(other, 'edit-check')).toContain('Solved');
    await write(other, 'edit-answer', 'const answer = 1;');
    await other.locator('input[type=file]').setInputFiles(file);
    await cell(other, 'edit-answer').getByText('another edit of this cell').waitFor();
    await cell(other, 'edit-answer').getByRole('button', { name: 'Take it over' }).click();
    expect(await kept(other)).toContain('mine');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/"id": "[^"]*"/g, '"id": "of-another"'));
    await other.locator('input[type=file]').setInputFiles(file);
    await other.getByText('has none of the cells of this page').waitFor();
    writeFileSync(file, 'no notebook');
    await other.locator('input[type=file]').setInputFiles(file);
    await other.getByText('is not a notebook').waitFor();
    await other.context().close();
  });

  it('completes names and shows what is known of them', async () => {
    const page = await open();
    await write(page, 'edit-used', '');
    await page.keyboard.type('const half = step');
    await page.locator('.cm-tooltip-autocomplete').getByText('stepped').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('(1);\nhalf.toFix');
    await page.locator('.cm-tooltip-autocomplete').getByText('toFixed').waitFor();
    await screenshot(page, 'edit-completion');
    await page.keyboard.press('Escape');
    // The name has no element of its own.
    const { x, y } = (await page.evaluate(`(() => {
      const keyword = document.querySelector('.cm-line .k');
      const name = document.createRange();
      name.setStart(keyword.nextSibling, 1);
      name.setEnd(keyword.nextSibling, 5);
      const { left, right, top, bottom } = name.getBoundingClientRect();
      return { x: (left + right) / 2, y: (top + bottom) / 2 };
    })()`)) as { x: number; y: number };
    await page.mouse.move(x - 2, y);
    await page.mouse.move(x, y);
    await page.locator('.edit-tip').getByText('const half: number').waitFor();
    await page.context().close();
  });

  it('is used by the keyboard, on a telephone too, and axe finds nothing serious', async () => {
    const context = await newContext({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
    const page = await open(context);
    await cell(page, 'edit-used').getByRole('button', { name: 'Edit this cell' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Code of the cell edit-used' }).waitFor();
    await page.keyboard.type('0;');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Reset cell');
    await page.getByText('My work').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Save as a notebook' }).waitFor();
    await screenshot(page, 'edit-telephone');
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await page.keyboard.press('Enter');
    expect(await seriousFaults(page)).toEqual([]);
    await context.close();
  });

  it('does not run in place of an edit what came with the page, where the compiler cannot be loaded', async () => {
    const context = await newContext();
    const page = await open(context);
    await context.route('**/types.bin', (route) => route.abort());
    await write(page, 'edit-used', 'console.log("mine");');
    await run(page, 'edit-used');
    expect(await shown(page, 'edit-used')).toContain('The compiler cannot be loaded: Failed to fetch');
    expect(await cell(page, 'edit-used').getAttribute('data-run')).toBe('failed');
    await context.close();
  });
});
