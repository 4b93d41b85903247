import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { drawnDigits } from '../samples/drawn-digits';
import { drawWithMouse, folder, screenshot } from './chromium';
import { drag, titleOf } from './controls';
import {
  cellWith,
  choose,
  editCell,
  type Lab,
  noJupyter,
  openLab,
  runAll,
  runCell,
  shownNotebook,
  untilQuiet,
  untilRun,
  useTheme,
  writeCells,
} from './jupyter';

const source = (name: string) => join(projectRoot(), 'notebooks', name);
const fingerprint = (name: string) =>
  createHash('sha256')
    .update(readFileSync(source(name)))
    .digest('hex');

/** A copy to run and to edit, so that the committed notebook stays as it is. */
function copyNotebook(name: string): string {
  copyFileSync(source(name), join(folder, name));
  return `out/browser/${name}`;
}

describe.skipIf(noJupyter)(`the course in JupyterLab${noJupyter}`, () => {
  let lab: Lab;
  let page: Page;
  const names = ['00-start-here.ipynb', '02-gradient-descent.ipynb', '07-mnist-model.ipynb'].filter((name) =>
    existsSync(source(name)),
  );
  // The others are run as copies.
  const inPlace = names.filter((name) => name.startsWith('00-'));
  const before = inPlace.map(fingerprint);

  beforeAll(async () => {
    lab = await openLab({ width: 1400, height: 1000 });
    page = lab.page;
  });
  afterAll(() => lab?.close());

  it.skipIf(!names.includes('00-start-here.ipynb'))(
    'the address that npm start prints opens the start notebook',
    async () => {
      await page.goto(lab.address.href);
      const notebook = await shownNotebook(page);
      expect(await notebook.locator('h1').first().textContent()).toMatch(/start/i);
      await screenshot(page, 'start');
    },
  );

  it('shows the stored pictures whole before anything runs', async () => {
    const notebook = await lab.open(copyNotebook('08-choosing-a-loss.ipynb'));
    const picture = notebook.locator('img.plot-img').first();
    // JupyterLab draws the cells in sight only.
    for (let screens = 0; screens < 12 && (await picture.count()) === 0; screens++) {
      await notebook.hover();
      await page.mouse.wheel(0, 600);
      await page.waitForTimeout(200);
    }
    await picture.scrollIntoViewIfNeeded();
    const sizes = await notebook.locator('img.plot-img').evaluateAll((images) =>
      images.map((image) => {
        const { naturalWidth, clientWidth } = image as unknown as Record<string, number>;
        const output = image.closest('.jp-OutputArea-output') as unknown as Record<string, number>;
        return { naturalWidth, clientWidth, room: output.clientWidth };
      }),
    );
    expect(sizes.length).toBeGreaterThan(0);
    for (const { naturalWidth, clientWidth, room } of sizes) {
      expect(naturalWidth).toBeLessThanOrEqual(960);
      expect(clientWidth).toBe(naturalWidth);
      expect(clientWidth).toBeLessThanOrEqual(room);
    }
  });

  describe('notebook 02', () => {
    let notebook: Locator;
    const figures = () => notebook.locator('.js-plotly-plot');
    const figure = (title: string) =>
      figures()
        .filter({ has: page.locator('.gtitle', { hasText: title }) })
        .first();

    it('runs from top to bottom and draws its figures', async () => {
      notebook = await lab.open(copyNotebook('02-gradient-descent.ipynb'));
      await runAll(page, notebook);
      expect(await figures().count()).toBeGreaterThanOrEqual(5);
      expect(
        await notebook
          .locator(
            '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]',
          )
          .count(),
      ).toBe(0);
      await figures().first().scrollIntoViewIfNeeded();
      await screenshot(page, 'gradient-descent');
    });

    it('shows a value where the mouse hovers over a figure', async () => {
      const plot = figures().first();
      await plot.scrollIntoViewIfNeeded();
      const marker = await plot.locator('.scatterlayer .points path').first().boundingBox();
      if (!marker) throw new Error('the figure has no markers');
      const [x, y] = [marker.x + marker.width / 2, marker.y + marker.height / 2];
      await page.mouse.move(x + 20, y + 20);
      await page.mouse.move(x, y, { steps: 5 });
      await plot.locator('.hoverlayer text').filter({ hasText: /\d/ }).first().waitFor();
      expect(await plot.locator('.hoverlayer').textContent()).toMatch(/\d/);
      await screenshot(page, 'gradient-descent-hover');
    });

    it('moves the curve when the slider is moved', async () => {
      const cell = cellWith(notebook, "slider('learningRate')");
      await cell.scrollIntoViewIfNeeded();
      const curve = () => cell.locator('.scatterlayer path.js-line').last().getAttribute('d');
      const first = await curve();
      expect(await titleOf(cell)).toBe('Rate 0.15: slowest factor 0.850');
      await drag(page, cell.locator('.widget-slider'), [0.3, -0.2]);
      await expect.poll(() => titleOf(cell), { timeout: 30_000 }).toBe('Rate 0.001: slowest factor 0.999');
      expect(await curve()).not.toBe(first);
      await screenshot(page, 'gradient-descent-slider');
      await useTheme(page, 'Dark');
      await screenshot(page, 'gradient-descent-dark');
      await useTheme(page, 'Light');
    });

    it('draws another figure when learningRate is changed in the knobs and the cells below run again', async () => {
      expect(await figure('Rate 0.15: 40 steps lead').count()).toBe(1);
      const knobs = cellWith(notebook, 'const learningRate = ');
      await editCell(page, knobs, /learningRate = [\d.]+/, 'learningRate = 0.1');
      await choose(page, 'Run', 'Run Selected Cell and All Below');
      await figure('Rate 0.1: 40 steps lead').waitFor();
      await untilRun(notebook);
      expect(await figure('Rate 0.15: 40 steps lead').count()).toBe(0);
      await figure('Rate 0.1: 40 steps lead').scrollIntoViewIfNeeded();
      await screenshot(page, 'gradient-descent-knobs');
    });
  });

  describe.skipIf(!names.includes('07-mnist-model.ipynb'))('notebook 07, with two epochs', () => {
    let notebook: Locator;
    const training = () => codeCell('after } = await main();');
    const bar = () => training().getByRole('progressbar');
    const done = async () => Number(await bar().getAttribute('aria-valuenow', { timeout: 5_000 }));

    /** The code cell that holds a text: of a long cell the page itself shows only some lines. */
    function codeCell(text: string): Locator {
      const { cells } = JSON.parse(readFileSync(source('07-mnist-model.ipynb'), 'utf8'));
      const code = cells.filter((cell: { cell_type: string }) => cell.cell_type === 'code');
      const place = code.findIndex((cell: { source: string[] }) => cell.source.join('').includes(text));
      if (place < 0) throw new Error(`notebook 07 has no cell with ${text}`);
      return notebook.locator('.jp-CodeCell').nth(place);
    }

    /** Waits until the live view has moved from one share to a larger one. */
    async function untilMoved(): Promise<void> {
      await bar().waitFor({ timeout: 600_000 });
      const first = await done();
      await expect.poll(done, { timeout: 60_000, interval: 100 }).toBeGreaterThan(first);
    }

    it('shows the training while it runs, and a figure when it is done', async () => {
      notebook = await lab.open(fewEpochs());
      await choose(page, 'Edit', 'Clear Outputs of All Cells');
      // The program alone: the first cell after it.
      await codeCell('tf.tensor3d(train.images').locator('.jp-InputPrompt').click();
      await choose(page, 'Run', 'Run All Above Selected Cell');
      await untilMoved();
      await screenshot(page, 'mnist-training');
      await untilQuiet(notebook);
      await training().locator('.js-plotly-plot').scrollIntoViewIfNeeded();
      expect(await bar().count()).toBe(0);
      await screenshot(page, 'mnist-trained');
    });

    // Of 180 drawn digits a smaller network misread 2 at most in 8 trainings: of 3, one may be misread.
    it('reads digits drawn in its output', async () => {
      const drawing = codeCell('digitPad(model');
      await runCell(page, drawing);
      await untilRun(drawing);
      const pad = notebook.locator('.descent-digit-pad');
      let right = 0;
      for (const digit of [0, 3, 7]) {
        await pad.getByRole('button', { name: 'Clear' }).click();
        await drawWithMouse(page, pad, drawnDigits[digit][0]);
        expect(await pad.getByRole('status').textContent()).toMatch(/^I read \d, with probability/);
        if ((await pad.getAttribute('data-digit')) === String(digit)) right++;
      }
      await screenshot(page, 'mnist-drawn');
      expect(right).toBeGreaterThanOrEqual(2);
    });

    it('stops a training that is interrupted, and goes on with what it learnt', async () => {
      const knobs = codeCell('const epochs = ');
      await editCell(page, knobs, 'const epochs = 2;', 'const epochs = 50;');
      await runCell(page, knobs);
      await runCell(page, training());
      await untilMoved();
      await choose(page, 'Kernel', 'Interrupt Kernel');
      await untilQuiet(notebook);
      const title = training().locator('.js-plotly-plot .gtitle');
      expect(await title.textContent()).toMatch(/interrupted in epoch \d+/);
      await screenshot(page, 'mnist-interrupted');

      const test = codeCell('await library.evaluateModel(model, test)');
      await runCell(page, test);
      await untilRun(test);
      const printed = test.locator('.jp-OutputArea-output', { hasText: 'Accuracy:' }).first();
      expect(await printed.textContent()).toMatch(/Accuracy: 0\.9/);
    });
  });

  it('a digit drawn in an output is read by the network trained in the cell', async () => {
    const notebook = await lab.open(padNotebook());
    await runAll(page, notebook);
    const pad = notebook.locator('.descent-digit-pad');
    await drawWithMouse(page, pad, drawnDigits[0][2]);
    expect(await pad.getAttribute('data-digit')).toMatch(/^\d$/);
    expect(await pad.getByRole('status').textContent()).toMatch(/^I read \d, with probability [\d.]+ %\.$/);
    await screenshot(page, 'digit-pad-light');
    await useTheme(page, 'Dark');
    await screenshot(page, 'digit-pad-dark');
    await useTheme(page, 'Light');

    await pad.getByRole('button', { name: 'Clear' }).click();
    await pad.locator('[data-part=canvas]').focus();
    for (const key of ['Space', ...Array(14).fill('ArrowDown'), 'Space']) await page.keyboard.press(key);
    expect(await pad.getAttribute('data-digit')).toMatch(/^\d$/);

    await runAll(page, notebook);
    await expect.poll(() => pad.getAttribute('data-digit')).toBe('');
  });

  it('folds hidden code away, runs it all the same, shows its claims, and keeps it hidden when it saves', async () => {
    const cells = ["import { claim } from './lib/course';", "claim('One is one.', 1 === 1);"];
    const name = writeCells('hidden', cells, [1]);
    const notebook = await lab.open(name);
    await runAll(page, notebook);
    const [open, hidden] = [0, 1].map((index) => notebook.locator('.jp-CodeCell').nth(index));
    expect(await open.locator('.jp-InputArea-editor').isVisible()).toBe(true);
    expect(await hidden.locator('.jp-InputArea-editor').isVisible()).toBe(false);
    expect(await hidden.locator('.jp-Placeholder').first().isVisible()).toBe(true);
    await hidden.locator('.jp-OutputArea-output', { hasText: 'One is one.' }).waitFor();
    await choose(page, 'File', 'Save Notebook');
    const saved = () => JSON.parse(readFileSync(join(folder, 'hidden.ipynb'), 'utf8')).cells[1];
    await expect.poll(() => saved().outputs.length).toBeGreaterThan(0);
    expect(saved().metadata.jupyter).toEqual({ source_hidden: true });
    await screenshot(page, 'hidden-code');
    await hidden.locator('.jp-Placeholder').first().click();
    await hidden.locator('.jp-InputArea-editor').waitFor();
  });

  it('left the committed notebook that it opened as it was', () => {
    expect(inPlace.map(fingerprint)).toEqual(before);
  });
});

/** A copy of notebook 07 that trains for two epochs. */
function fewEpochs(): string {
  const text = readFileSync(source('07-mnist-model.ipynb'), 'utf8');
  const edited = text.replace(/const epochs = \d+;/, 'const epochs = 2;');
  if (edited === text) throw new Error('notebook 07 has no knob `epochs`');
  writeFileSync(join(folder, '07-mnist-model.ipynb'), edited);
  return 'out/browser/07-mnist-model.ipynb';
}

/** A notebook that trains for a moment and shows a pad. */
function padNotebook(): string {
  const code = `import { loadMnist } from './lib/data';
import { imagesToTensor, labelsToTensor, startTensorflow, tf } from './lib/tensorflow';
import { digitPad } from './lib/workshop';
await startTensorflow();
const mnist = await loadMnist({ limit: 8000 });
const model = tf.sequential({ layers: [
  tf.layers.dense({ units: 32, activation: 'relu', inputShape: [784] }),
  tf.layers.dense({ units: 10, activation: 'softmax' }),
] });
model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
await model.fit(imagesToTensor(mnist.train), labelsToTensor(mnist.train), { epochs: 1, verbose: 0 });
digitPad(model);`;
  return writeCells('digit-pad', [code]);
}
