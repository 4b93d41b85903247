import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { screenshot } from './chromium';
import { type Lab, noJupyter, openLab, runAll, writeCells } from './jupyter';

const cells = [
  '1 + 2',
  '[{ epoch: 1, loss: 0.31 }, { epoch: 2, loss: 0.24 }]',
  "import { startTensorflow, tf } from './lib/tensorflow';\nawait startTensorflow();\ntf.tensor2d([[1, 2], [3, 4.5]])",
  "import { matrix } from 'mathjs';\nmatrix([[1, 2], [3, 4]])",
  "({ data: [{ x: [1, 2, 3], y: [1, 4, 9] }], layout: { title: { text: 'Squares' } } })",
  "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b id=\"own\">my own</b>' }) })",
  'Promise.resolve(4)',
  "throw new Error('on purpose')",
];

describe.skipIf(noJupyter)(`the values of cells in JupyterLab${noJupyter}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab({ width: 1100, height: 1700 });
  });
  afterAll(() => lab?.close());

  it('stand beside Out[n], each in the form that suits it', async () => {
    const notebook = await lab.open(writeCells('results', cells));
    await runAll(lab.page, notebook);
    const output = (index: number) => notebook.locator('.jp-CodeCell').nth(index).locator('.jp-OutputArea');
    await expect.poll(() => output(0).locator('.jp-OutputPrompt').textContent()).toBe('[1]:');
    expect((await output(0).locator('.jp-OutputArea-output').textContent())?.trim()).toBe('3');
    await expect.poll(() => output(1).locator('th').allTextContents()).toEqual(['epoch', 'loss']);
    await expect.poll(() => output(2).locator('td').allTextContents()).toEqual(['1', '2', '3', '4.5']);
    await expect.poll(() => output(3).locator('mjx-container, .MathJax').count()).toBeGreaterThan(0);
    await expect.poll(() => output(4).locator('.gtitle').textContent()).toBe('Squares');
    await expect.poll(() => output(5).locator('#own').textContent()).toBe('my own');
    expect((await output(6).locator('.jp-OutputArea-output').textContent())?.trim()).toBe('Promise { 4 }');
    await expect.poll(() => output(7).textContent()).toContain('Error: on purpose');
    await screenshot(lab.page, 'results');
  });
});
