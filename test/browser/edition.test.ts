import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { joined, type Notebook } from '../../tools/notebooks/notebook-file';
import { folder, screenshot } from './chromium';
import { cellWith, type Lab, noJupyter, openLab, runAll } from './jupyter';

/** What a reader writes into cells of the Chinese notebook 02. */
const written: Record<string, [from: string, to: string][]> = {
  'gd-imports': [],
  'gd-knobs': [
    ['learningRate = 0.15', 'learningRate = 5'],
    ['steps = 40', 'steps = 2.5'],
  ],
  'gd-best-answer': [['undefined', '1 / 20']],
  'gd-best-check': [],
};

/** A copy with these cells alone, in a folder that is called as the edition: that is how the kernel knows the language. */
function copyOfCells(): string {
  const file = join(projectRoot(), 'notebooks', 'zh', '02-gradient-descent.ipynb');
  const notebook = JSON.parse(readFileSync(file, 'utf8')) as Notebook;
  const cells = notebook.cells
    .filter(({ id }) => id in written)
    .map((cell) => ({
      ...cell,
      outputs: [],
      source: written[cell.id].reduce((source, [from, to]) => source.replace(from, to), joined(cell.source)),
    }));
  mkdirSync(join(folder, 'zh'), { recursive: true });
  writeFileSync(join(folder, 'zh', 'answers.ipynb'), JSON.stringify({ ...notebook, cells }));
  return 'out/browser/zh/answers.ipynb';
}

describe.skipIf(noJupyter)(`the Chinese edition in JupyterLab${noJupyter}`, () => {
  let lab: Lab;
  let notebook: Locator;
  const outputOf = (text: string) =>
    cellWith(notebook, text).locator('.jp-OutputArea-output').allInnerTexts();

  beforeAll(async () => {
    lab = await openLab();
    notebook = await lab.open(copyOfCells());
    await runAll(lab.page, notebook);
  });
  afterAll(() => lab?.close());

  it('warns of knobs in Chinese', async () => {
    const warnings = (await outputOf('learningRate = 5')).join('\n');
    await screenshot(lab.page, 'zh-knobs');
    expect(warnings).toContain('learningRate = 5 超出了它的范围 0.001 … 0.3；可以继续，但结果可能出人意料。');
    expect(warnings).toContain('steps 必须是整数，现在是 2.5。');
  });

  it('answers an exercise in Chinese', async () => {
    const answer = (await outputOf("'gd-best'")).join('\n').replace(/\s+/g, ' ');
    await cellWith(notebook, "'gd-best'").scrollIntoViewIfNeeded();
    await screenshot(lab.page, 'zh-exercise');
    expect(answer).toMatch(/还不对：gd-best。\s?这是 1\/L：稳妥，但有一个学习率快将近一倍。/);
  });
});
