/** A minute of dragging and 2,000 moves: what a short test cannot see. Prints what it measured. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curveCell, drag, readout, sliderCell, titleOf, toAndFro, untilFollowed, watch } from './controls';
import { cellWith, type Lab, noJupyter, openLab, runAll, runCell, untilRun, writeCells } from './jupyter';

const measureCell = `for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 50));
console.log(JSON.stringify({ computed, rss: process.memoryUsage().rss / 1e6 }));`;
const path = writeCells('interact-slow', [curveCell, sliderCell, measureCell]);

describe.skipIf(noJupyter)(`interact over a long time${noJupyter}`, () => {
  let lab: Lab;
  let page: Page;
  let notebook: Locator;
  const cell = () => cellWith(notebook, 'curve(rate, "alone")');

  beforeAll(async () => {
    lab = await openLab();
    page = lab.page;
    notebook = await lab.open(path);
  });
  afterAll(() => lab?.close());

  /** Memory of page and kernel in megabytes, the page's after its garbage is collected; what was computed so far. */
  async function measure(): Promise<{ heap: number; rss: number; computed: number }> {
    const measuring = cellWith(notebook, 'memoryUsage()');
    await runCell(page, measuring);
    await untilRun(measuring);
    const printed = await measuring.locator('.jp-OutputArea-output').textContent();
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    await session.send('Performance.enable');
    const { metrics } = await session.send('Performance.getMetrics');
    await session.detach();
    const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
    return { heap: heap / 1e6, ...JSON.parse(printed ?? '') };
  }

  it('a key press reaches the figure; how long that takes is printed', async () => {
    await runAll(page, notebook);
    const times: number[] = [];
    await cell().locator('.noUi-handle').focus();
    for (let press = 0; press < 60; press++) {
      const key = press % 2 ? 'ArrowLeft' : 'ArrowRight';
      const time = await cell().evaluate((element, key) => {
        const scope = globalThis as unknown as {
          document: { activeElement: { dispatchEvent(event: object): void } };
          KeyboardEvent: new (type: string, options: object) => object;
          requestAnimationFrame(look: () => void): void;
        };
        const title = () =>
          (element as unknown as { querySelector(name: string): { textContent: string } }).querySelector(
            '.gtitle',
          ).textContent;
        const before = title();
        const start = performance.now();
        scope.document.activeElement.dispatchEvent(
          new scope.KeyboardEvent('keydown', { key, bubbles: true }),
        );
        return new Promise<number>((resolve) => {
          const look = () =>
            title() === before ? scope.requestAnimationFrame(look) : resolve(performance.now() - start);
          look();
        });
      }, key);
      times.push(time);
    }
    times.sort((a, b) => a - b);
    const at = (share: number) => Math.round(times[Math.floor(share * times.length)]);
    console.log(
      `slider to figure, 20 ms of computing: median ${at(0.5)} ms, p90 ${at(0.9)} ms, most ${at(0.999)} ms`,
    );
    await untilFollowed(cell());
  });

  it('2,000 moves leave memory flat, no frame blank, and end at the last value', async () => {
    const slider = cell().locator('.widget-slider');
    // The first thousand fill the caches.
    await drag(page, slider, toAndFro(1000));
    await untilFollowed(cell());
    const before = await measure();
    const stop = await watch(cell());
    for (let round = 0; round < 2; round++) {
      await drag(page, slider, toAndFro(1000));
      await untilFollowed(cell());
      console.log(`after ${(round + 1) * 1000} moves`, await measure());
    }
    const seen = await stop();
    const after = await measure();
    console.log('before', before, 'after', after, seen);
    expect(seen).toMatchObject({ blank: 0, rebuilt: 0 });
    expect(seen.heights).toHaveLength(1);
    expect(after.heap - before.heap).toBeLessThan(5);
    expect(after.rss - before.rss).toBeLessThan(60);
  });

  it('a minute of dragging ends at the last value', async () => {
    const end = Date.now() + 60_000;
    function* places() {
      for (let index = 0; Date.now() < end; index++) yield 0.5 + 0.45 * Math.sin(index / 15);
      // Beyond the end of the track, so that no pixel decides.
      yield 1.2;
    }
    const outputs = await cell().locator('.jp-OutputArea-child').count();
    await drag(page, cell().locator('.widget-slider'), places());
    await untilFollowed(cell());
    expect(await readout(cell())).toBe('4.00');
    expect(await titleOf(cell())).toBe('rate 4 alone');
    expect(await cell().locator('.jp-OutputArea-child').count()).toBe(outputs);
  });
});
