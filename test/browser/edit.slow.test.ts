import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { screenshot } from './chromium';
import { cell, type EditedBook, openEditedBook, run, shown, write } from './edited-book';
import { noJupyter } from './jupyter';

describe.skipIf(noJupyter)(
  `what a reader edits in a page of the book, and what may go wrong${noJupyter}`,
  () => {
    let book: EditedBook;
    beforeAll(async () => {
      book = await openEditedBook();
    });
    afterAll(() => book?.close());

    it('lets the cell with the knobs speak for itself where it is edited', async () => {
      const page = await book.open(undefined, '?rate=0.2');
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

    it('shows what was written into an older version of a cell beside it, with a choice', async () => {
      const page = await book.open();
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
      expect(await cell(page, 'edit-used').locator('pre').first().textContent()).toBe(
        'console.log("older");',
      );
      await page.context().close();
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
        const context = await book.newContext();
        await context.addInitScript(spoil);
        const page = await book.open(context);
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

    it('completes names and shows what is known of them', async () => {
      const page = await book.open();
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

    it('does not run in place of an edit what came with the page, where the compiler cannot be loaded', async () => {
      const context = await book.newContext();
      const page = await book.open(context);
      await context.route('**/types.bin', (route) => route.abort());
      await write(page, 'edit-used', 'console.log("mine");');
      await run(page, 'edit-used');
      expect(await shown(page, 'edit-used')).toContain('The compiler cannot be loaded: Failed to fetch');
      expect(await cell(page, 'edit-used').getAttribute('data-run')).toBe('failed');
      await context.close();
    });
  },
);
