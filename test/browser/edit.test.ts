import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectPython } from '../../tools/notebooks/execute';
import { seriousFaults } from './axe';
import { screenshot } from './chromium';
import { compareCells } from './compare-cells';
import { cell, type EditedBook, openEditedBook, run, shown, status, write } from './edited-book';
import { noJupyter } from './jupyter';

describe.skipIf(noJupyter)(`what a reader edits in a page of the book${noJupyter}`, () => {
  let book: EditedBook;
  beforeAll(async () => {
    book = await openEditedBook();
  });
  afterAll(() => book?.close());

  it('compiles each cell to what the build has made of it', async () => {
    const page = await book.open();
    for (const { id, shown, source, built, compiled, same } of await compareCells(page, '01-edited')) {
      expect({ id, ...compiled, same }).toEqual({ id, ...built, same: true });
      expect(shown.replace(/\n$/, '')).toBe(source);
    }
    await page.context().close();
  });

  it('runs an edited cell with the kernel’s compiler, and what later cells know is of it', async () => {
    const page = await book.open();
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
    expect(book.complaints).toEqual([]);
  });

  it("tells faults of types and errors with the reader's own lines", async () => {
    const page = await book.open();
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
    const page = await book.open();
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
    await page.goto(`${book.address}index.html`);
    await page.getByText('1 of 1 exercises solved').waitFor();
    await page.context().close();
  });

  it('measures an experiment again only where its own code has changed', async () => {
    const page = await book.open();
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

  it('keeps edits for the next visit, and puts the code back that came with the page', async () => {
    const page = await book.open();
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

  it('shows an edited cell in the colours of the editor also where that is closed, at the next visit too', async () => {
    const page = await book.open();
    const source = 'const mine: string = "<b>1</b>"; // kept\n\nconsole.log(mine);';
    await write(page, 'edit-used', source);
    const code = cell(page, 'edit-used').locator('.input_area pre').first();
    for (const again of [false, true]) {
      if (again) await page.reload();
      else await cell(page, 'edit-used').getByRole('button', { name: 'Close editor' }).click();
      await code.locator('.c').waitFor();
      const texts = await Promise.all(
        ['k', 's', 'c'].map((name) => code.locator(`.${name}`).first().textContent()),
      );
      expect(texts).toEqual(['const', '"<b>1</b>"', '// kept']);
      expect(await code.textContent()).toBe(source);
    }
    await page.context().close();
    expect(book.complaints).toEqual([]);
  });

  it('tells of another tab on the same notebook, and shows what is changed there', async () => {
    const context = await book.newContext();
    const here = await book.open(context);
    const there = await book.open(context);
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

  it('saves a notebook that nbformat finds valid, and loads it in another browser', async () => {
    const page = await book.open();
    await write(page, 'edit-answer', 'const answer = 42; // "mine"\n');
    await run(page, 'edit-check');
    await page.getByText('My work').click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a notebook' }).click();
    expect((await download).suggestedFilename()).toBe('01-edited.ipynb');
    const file = join(book.folder, 'saved.ipynb');
    await (await download).saveAs(file);
    const check = 'import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], as_version=4))';
    execFileSync(projectPython() as string, ['-W', 'error', '-c', check, file]);
    await page.context().close();

    const other = await book.open();
    await other.getByText('My work').click();
    await other.locator('input[type=file]').setInputFiles(file);
    await other.getByText('1 cells were taken over').waitFor();
    await run(other, 'edit-check');
    expect(await shown(other, 'edit-check')).toContain('Solved');
    await write(other, 'edit-answer', 'const answer = 1;');
    await other.locator('input[type=file]').setInputFiles(file);
    await cell(other, 'edit-answer').getByText('another edit of this cell').waitFor();
    await cell(other, 'edit-answer').getByRole('button', { name: 'Take it over' }).click();
    expect(await other.evaluate('JSON.stringify(Object.values(localStorage))')).toContain('mine');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/"id": "[^"]*"/g, '"id": "of-another"'));
    await other.locator('input[type=file]').setInputFiles(file);
    await other.getByText('has none of the cells of this page').waitFor();
    writeFileSync(file, 'no notebook');
    await other.locator('input[type=file]').setInputFiles(file);
    await other.getByText('is not a notebook').waitFor();
    await other.context().close();
  });

  it('is used by the keyboard, on a telephone too, and axe finds nothing serious', async () => {
    const context = await book.newContext({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
    const page = await book.open(context);
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
});
