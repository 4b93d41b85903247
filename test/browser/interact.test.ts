import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plotlyMimeType } from '../../lib/base/contract';
import { projectRoot } from '../../lib/base/project-root';
import { screenshot } from './chromium';
import { curveCell, drag, readout, sliderCell, titleOf, toAndFro, untilFollowed, watch } from './controls';
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

const manyControls = `interact(
  {
    rate: slider(0, 4, { value: 1 }),
    kind: ['sine', 'cosine'],
    fast: true,
    width: logSlider(0.01, 100),
    seed: button('Draw again'),
  },
  ({ rate, kind, fast, width, seed }) => {
    if (rate > 3) throw new RangeError('too fast: ' + rate);
    while (rate === 0);
    if (rate < 0.5) console.log('this slow:', rate);
    return curve(rate, [kind, fast, width, seed].join(' '));
  },
);`;
const path = writeCells('interact', [
  curveCell,
  sliderCell,
  manyControls,
  'console.log("computed", computed);',
]);

describe.skipIf(noJupyter)(`interact in JupyterLab${noJupyter}`, () => {
  let lab: Lab;
  let page: Page;
  let notebook: Locator;
  const one = () => cellWith(notebook, 'curve(rate, "alone")');
  const many = () => cellWith(notebook, 'logSlider(0.01');
  const press = async (cell: Locator, ...keys: string[]) => {
    await cell.locator('.noUi-handle').first().focus();
    for (const key of keys) await page.keyboard.press(key);
  };
  const pre = () => many().locator('.widget-html pre');

  beforeAll(async () => {
    lab = await openLab();
    page = lab.page;
    notebook = await lab.open(path);
  });
  afterAll(() => lab?.close());

  it('the figure follows a drag, is never blank and never rebuilt, and ends at the last value', async () => {
    await runAll(page, notebook);
    await one().scrollIntoViewIfNeeded();
    await untilFollowed(one());
    const before = await one().locator('.jp-OutputArea-child').count();
    const stop = await watch(one());
    await drag(page, one().locator('.widget-slider'), [...toAndFro(400), 1.2]);
    await untilFollowed(one());
    const seen = await stop();
    expect(await readout(one())).toBe('4.00');
    expect(await titleOf(one())).toBe('rate 4 alone');
    expect(seen).toMatchObject({ blank: 0, rebuilt: 0 });
    expect(seen.frames).toBeGreaterThan(50);
    expect(seen.heights).toHaveLength(1);
    expect(await one().locator('.jp-OutputArea-child').count()).toBe(before);
    await screenshot(page, 'interact-slider');
  });

  it('lists, check boxes, log sliders and buttons give their values', async () => {
    await many().scrollIntoViewIfNeeded();
    const becomes = (title: string) => expect.poll(() => titleOf(many()), { timeout: 30_000 }).toBe(title);
    await becomes('rate 1 sine true 1 0');
    await many().locator('select').selectOption('cosine');
    await becomes('rate 1 cosine true 1 0');
    await many().locator('input[type=checkbox]').click();
    await becomes('rate 1 cosine false 1 0');
    await many().getByRole('button', { name: 'Draw again' }).click();
    await becomes('rate 1 cosine false 1 1');
    await many().locator('.noUi-handle').last().focus();
    await page.keyboard.press('End');
    await becomes('rate 1 cosine false 100 1');
    await screenshot(page, 'interact-many');
    await useTheme(page, 'Dark');
    await screenshot(page, 'interact-many-dark');
    await useTheme(page, 'Light');
  });

  it('an error stands under the controls until the next good value', async () => {
    await press(many(), 'End');
    await pre().getByText('RangeError: too fast: 4').waitFor();
    await screenshot(page, 'interact-error');
    expect(
      await many().locator('.jp-OutputArea-output[data-mime-type*=stderr], .jp-RenderedText pre').count(),
    ).toBe(0);
    await drag(page, many().locator('.widget-slider').first(), [0.6, 0.5]);
    await expect.poll(() => pre().count(), { timeout: 30_000 }).toBe(0);
    await untilFollowed(many());
  });

  it('what the callback prints stands under the controls, and does not pile up', async () => {
    await press(many(), 'Home', 'ArrowRight');
    // At 0 the callback never ends.
    await choose(page, 'Kernel', 'Interrupt Kernel');
    await pre().getByText('this slow: 0.01').waitFor();
    await press(many(), 'ArrowRight');
    await pre().getByText('this slow: 0.02').waitFor();
    expect((await pre().textContent())?.trim()).toBe('this slow: 0.02');
  });

  it('an interrupt ends a callback that never ends, and the next move works', async () => {
    await press(many(), 'Home');
    await page.locator('#jp-main-statusbar').getByText('TypeScript | Busy').waitFor();
    await choose(page, 'Kernel', 'Interrupt Kernel');
    await pre().getByText('KeyboardInterrupt').waitFor();
    await screenshot(page, 'interact-interrupted');
    await press(many(), 'ArrowRight');
    await pre().getByText('this slow: 0.01').waitFor();
    const counting = cellWith(notebook, 'console.log("computed"');
    await runCell(page, counting);
    await untilRun(counting);
    expect(await counting.locator('.jp-OutputArea-output').textContent()).toMatch(/computed \d+/);
  });

  it('a cell that runs again has new controls, which work', async () => {
    await runCell(page, one());
    await untilRun(one());
    await expect.poll(() => one().locator('.widget-slider').count()).toBe(1);
    await press(one(), 'ArrowRight');
    await untilFollowed(one());
    expect(await titleOf(one())).toBe('rate 1.01 alone');
  });

  it('a saved notebook holds the figure as it is, and its picture', async () => {
    const stored = () => {
      const { cells } = JSON.parse(readFileSync(join(projectRoot(), path), 'utf8'));
      // biome-ignore lint/suspicious/noExplicitAny: JSON of a notebook
      return cells[1].outputs.map(({ data }: any) => data);
    };
    await press(one(), 'ArrowRight');
    await untilFollowed(one());
    await expect
      .poll(
        async () => {
          await page.keyboard.press('Control+s');
          const figure = stored().find((data: object) => plotlyMimeType in data);
          return `${figure?.[plotlyMimeType].layout.title.text} ${'image/png' in (figure ?? {})}`;
        },
        { timeout: 30_000, interval: 500 },
      )
      .toBe('rate 1.02 alone true');
    expect(stored()).toHaveLength(2);
  });

  it('after a reload the controls are back, and the figure follows them', async () => {
    await page.reload();
    notebook = await shownNotebook(page);
    await one().locator('.widget-slider').waitFor({ timeout: 60_000 });
    expect(await readout(one())).toBe('1.02');
    await press(one(), 'ArrowRight', 'ArrowRight');
    await expect.poll(() => titleOf(one()), { timeout: 30_000 }).toBe('rate 1.04 alone');
    expect(await one().locator('.js-plotly-plot').count()).toBe(1);
    await screenshot(page, 'interact-reloaded');
  });

  it('after a restart of the kernel a move shows no trace of errors, and the cell runs again', async () => {
    await choose(page, 'Kernel', 'Restart Kernel…');
    await page.getByRole('button', { name: 'Confirm Kernel Restart' }).click();
    await page.locator('#jp-main-statusbar').getByText('TypeScript | Idle').waitFor();
    await press(one(), 'ArrowRight');
    await screenshot(page, 'interact-restarted');
    expect(await one().locator('.jp-Cell-outputArea').textContent()).not.toMatch(/Error|\bat \S+:\d+/);
    await runAll(page, notebook);
    await press(one(), 'ArrowRight');
    await expect.poll(() => titleOf(one()), { timeout: 30_000 }).toBe('rate 1.01 alone');
  });

  it('an error at the first values is the error of the cell, without controls', async () => {
    await editCell(page, one(), 'curve(rate, "alone")', '{ throw new Error("no curve"); }');
    const failing = cellWith(notebook, 'no curve');
    await runCell(page, failing);
    await untilQuiet(failing);
    expect(await failing.locator('.widget-slider').count()).toBe(0);
    expect(await failing.locator('.jp-Cell-outputArea').textContent()).toContain('Error: no curve');
  });
});
