import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cellWith, choose, type Lab, noJupyter, openLab, runCell, untilRun, writeCells } from './jupyter';

const cells = [
  "console.log('Hello, ' + prompt('Your name?'));",
  "console.log('Hello, ' + (await input('Your secret?', { password: true })).length);",
  `import { createInterface } from 'node:readline/promises';
const reader = createInterface({ input: process.stdin, output: process.stdout });
console.log('Hello, ' + (await reader.question('Which city?')));
reader.close();`,
];
const path = writeCells('questions', cells);

describe.skipIf(noJupyter)(`questions in JupyterLab${noJupyter}`, () => {
  let lab: Lab;
  let page: Page;
  let notebook: Locator;
  const boxOf = (cell: Locator) => cell.locator('.jp-Stdin-input');

  beforeAll(async () => {
    lab = await openLab();
    page = lab.page;
    notebook = await lab.open(path);
  });
  afterAll(() => lab?.close());

  it.each([
    ['Your name?', 'Zoë', 'Hello, Zoë'],
    ['Your secret?', 'abcde', 'Hello, 5'],
    ['Which city?', 'Köln', 'Hello, Köln'],
  ])('%s opens a box under its cell; Enter answers', async (question, answer, printed) => {
    const cell = cellWith(notebook, question);
    await runCell(page, cell);
    await cell.locator('.jp-Stdin-prompt', { hasText: question }).waitFor();
    await boxOf(cell).fill(answer);
    await boxOf(cell).press('Enter');
    await untilRun(cell);
    const text = await cell.locator('[data-mime-type="application/vnd.jupyter.stdout"]').last().textContent();
    expect(text?.trim()).toBe(printed);
  });

  it('an interrupt ends a question that holds the kernel; the next one works', async () => {
    const cell = cellWith(notebook, 'Your name?');
    await runCell(page, cell);
    await boxOf(cell).waitFor();
    await choose(page, 'Kernel', 'Interrupt Kernel');
    await cell
      .locator('[data-mime-type="application/vnd.jupyter.stderr"]', { hasText: 'KeyboardInterrupt' })
      .waitFor();
    await runCell(page, cell);
    await boxOf(cell).last().waitFor();
    await boxOf(cell).last().fill('again');
    await boxOf(cell).last().press('Enter');
    await cell.locator('.jp-OutputArea', { hasText: 'Hello, again' }).first().waitFor();
  });
});
