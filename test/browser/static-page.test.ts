import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { figurePage, plotlySource } from '../../lib/course/static-page';
import { lineFigure } from '../../lib/figures/lines';
import { openChromium, whyNotBake } from '../../tools/pictures/chromium';

const reason = await whyNotBake();
const folder = mkdtempSync(join(tmpdir(), 'descent-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(reason)(
  `a page of figures draws from its file alone, and runs nothing that stands in them${reason ? ` (skipped: ${reason})` : ''}`,
  async () => {
    const hostile = '</script><script>window.caught = 1</script><img src=x onerror="window.caught = 1">';
    const figure = lineFigure({
      title: `Loss ${hostile}`,
      xAxis: 'step',
      yAxis: hostile,
      series: [{ name: hostile, y: [3, 2, 1] }],
    });
    const text = `Figure: ${hostile}`;
    const shown = { figure: { ...figure, config: { displaylogo: false } }, text };
    const file = join(folder, 'figure.html');
    writeFileSync(file, figurePage([shown, shown], (await plotlySource()) as string));
    const browser = await openChromium();
    try {
      const page = await browser.newPage();
      const asked: string[] = [];
      const faults: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(pathToFileURL(file).href);
      await page.locator('.main-svg').first().waitFor();
      expect(await page.locator('#figure-0 .scatterlayer .trace').count()).toBe(1);
      expect(await page.locator('#figure-1 .scatterlayer .trace').count()).toBe(1);
      expect(await page.locator('#figure-0').getAttribute('aria-label')).toBe(text);
      expect(await page.title()).toBe(text);
      expect(await page.evaluate('window.caught')).toBeUndefined();
      expect(faults).toEqual([]);
      expect(asked.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
      // The policy is the page's: a script that comes in later does not run.
      await page.evaluate(`document.body.innerHTML += '<img src=x onerror="window.caught = 1">'`);
      await page.evaluate(
        `document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.caught = 1' }))`,
      );
      expect(await page.evaluate('window.caught')).toBeUndefined();
    } finally {
      await browser.close();
    }
  },
);
