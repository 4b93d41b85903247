import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium } from '../../tools/pictures';
import { writeCells } from './controls';
import {
  cellWith,
  choose,
  isolate,
  noJupyter,
  openNotebook,
  runCell,
  type Server,
  startJupyter,
  untilRun,
} from './jupyter';

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
  let server: Server;
  let browser: Browser;
  let page: Page;
  let notebook: Locator;
  const boxOf = (cell: Locator) => cell.locator('.jp-Stdin-input');

  beforeAll(async () => {
    server = await startJupyter();
    browser = await openChromium();
    page = await browser.newPage();
    await isolate(page);
    notebook = await openNotebook(page, server, path);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

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
