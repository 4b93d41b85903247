import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folder, screenshot } from './chromium';
import { type EditedBook, openEditedBook, run, shown, write } from './edited-book';
import { type Lab, noJupyter, openLab, runAll } from './jupyter';

describe.skipIf(noJupyter)(`a notebook that was saved in a page${noJupyter}`, () => {
  let book: EditedBook;
  let lab: Lab;
  beforeAll(async () => {
    book = await openEditedBook();
    lab = await openLab();
  });
  afterAll(async () => {
    await lab?.close();
    await book?.close();
  });

  it('opens in JupyterLab with the TypeScript kernel, and runs there with what was written in the page', async () => {
    const page = await book.open();
    await write(page, 'edit-answer', 'const answer = 42; // "mine", größer\n');
    await write(
      page,
      'edit-function',
      'function stepped(x: number) {\n  return x + rate;\n}\nlet count = 0;',
    );
    await run(page, 'edit-check');
    await page.getByText('My work').click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a notebook' }).click();
    await (await download).saveAs(join(folder, 'saved-in-a-page.ipynb'));
    const inPage = await Promise.all(['edit-used', 'edit-check'].map((id) => shown(page, id)));
    await page.context().close();

    const notebook = await lab.open('out/browser/saved-in-a-page.ipynb');
    const cells = notebook.locator('.jp-CodeCell');
    expect(await cells.count()).toBe(6);
    expect(await cells.nth(3).locator('.cm-line').first().textContent()).toBe(
      'const answer = 42; // "mine", größer',
    );
    await runAll(lab.page, notebook);
    const output = async (index: number) =>
      ((await cells.nth(index).locator('.jp-OutputArea').textContent()) ?? '').trim();
    expect(await output(0)).toContain('The rate is a half.');
    expect(await output(2)).toBe(inPage[0]);
    expect(inPage[0]).toBe('3.5 1');
    for (const text of [inPage[1], await output(4)]) expect(text).toContain('Solved');
    expect(await output(5)).toContain('10.5');
    expect(await notebook.locator('[data-mime-type="application/vnd.jupyter.error"]').count()).toBe(0);
    await screenshot(lab.page, 'saved-in-a-page');
  });
});
