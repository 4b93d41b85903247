/** Sliders in a notebook: cells that have some, what moves them, and a watch over the figure under them. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** A curve of 200 points that takes 20 ms; at its title the values can be read, and how often it was computed. */
export const curveCell = `import { button, interact, logSlider, slider } from './lib/course';
import { lineFigure } from './lib/figures';
let computed = 0;
function curve(rate: number, words: string) {
  const end = performance.now() + 20;
  while (performance.now() < end);
  computed++;
  const x = Array.from({ length: 200 }, (_, index) => index / 20);
  const y = x.map((x) => Math.sin(rate * x));
  return lineFigure({ title: \`rate \${rate} \${words}\`, xAxis: 'x', yAxis: 'y', series: [{ name: 'sine', x, y }] });
}`;

/** The cell with one slider under which the curve follows. */
export const sliderCell =
  'interact({ rate: slider(0, 4, { value: 1 }) }, ({ rate }) => curve(rate, "alone"));';

/** Presses the mouse on the handle of a slider, moves it and lets go. @param to - from 0 to 1, places on the track */
export async function drag(page: Page, slider: Locator, to: Iterable<number>): Promise<void> {
  const handle = await slider.locator('.noUi-handle').boundingBox();
  const track = await slider.locator('.noUi-target').boundingBox();
  if (!handle || !track) throw new Error('the slider is not on the page');
  const y = handle.y + handle.height / 2;
  // On the track it would jump there, and not follow the mouse.
  await page.mouse.move(handle.x + handle.width / 2, y);
  await page.mouse.down();
  for (const share of to) await page.mouse.move(track.x + share * track.width, y);
  await page.mouse.up();
}

/** Places that go to and fro over the middle of a track. */
export function* toAndFro(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield 0.5 + 0.4 * Math.sin(index / 20);
}

/** The title of the figure in a cell. */
export const titleOf = (cell: Locator): Promise<string | null> =>
  cell.locator('.js-plotly-plot .gtitle').first().textContent();

/** What the slider says that it stands at. */
export const readout = (cell: Locator): Promise<string | null> =>
  cell.locator('.widget-readout').first().textContent();

/** Waits until the figure's rate is what the slider says. */
export async function untilFollowed(cell: Locator): Promise<void> {
  const both = async () =>
    Number(/rate ([\d.]+)/.exec((await titleOf(cell)) ?? '')?.[1]) - Number(await readout(cell));
  await expect.poll(both, { timeout: 60_000 }).toBe(0);
}

/** What a watch over a figure saw, frame by frame. */
export interface Seen {
  frames: number;
  /** frames without a drawn line */
  blank: number;
  /** the heights that the cell's outputs had */
  heights: number[];
  /** how often the graph was made anew instead of changed */
  rebuilt: number;
}

/** Looks at the outputs of a cell at each frame of the page. @returns ends it and says what was seen */
export async function watch(cell: Locator): Promise<() => Promise<Seen>> {
  await cell.evaluate((element) => {
    const scope = globalThis as unknown as {
      seen: Seen & { graph?: unknown; stop?: boolean };
      requestAnimationFrame(look: () => void): void;
    };
    const seen: typeof scope.seen = { frames: 0, blank: 0, heights: [], rebuilt: 0 };
    scope.seen = seen;
    const look = () => {
      const area = element.querySelector('.jp-OutputArea') as unknown as { offsetHeight: number };
      const graph = element.querySelector('.js-plotly-plot .plot-container');
      const line = graph?.querySelector('path.js-line')?.getAttribute('d');
      seen.frames++;
      if (!line) seen.blank++;
      if (seen.graph && graph !== seen.graph) seen.rebuilt++;
      seen.graph = graph;
      if (!seen.heights.includes(area.offsetHeight)) seen.heights.push(area.offsetHeight);
      if (!seen.stop) scope.requestAnimationFrame(look);
    };
    scope.requestAnimationFrame(look);
  });
  return () =>
    cell.evaluate(() => {
      const { seen } = globalThis as unknown as { seen: Seen & { graph?: unknown; stop?: boolean } };
      seen.stop = true;
      const { frames, blank, heights, rebuilt } = seen;
      return { frames, blank, heights, rebuilt };
    });
}
