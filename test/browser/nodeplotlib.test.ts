import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cellWith, type Lab, noJupyter, openLab, runAll, writeCells } from './jupyter';

/** Programs as users of nodeplotlib write them. */
const programs = {
  single: `import { plot, type Plot } from 'nodeplotlib';
const data: Plot[] = [{ x: [1, 3, 4, 5], y: [3, 12, 1, 4], type: 'scatter' }];
plot(data);`,
  titles: `plot(
  [{ y: [1, 2], name: 'first' }, { y: [2, 1], name: 'second', type: 'bar' }],
  { title: 'Two kinds', xaxis: { title: 'step' }, yaxis: { title: 'loss' } },
);`,
  grid: `const corners = [1, 2, 3, 4].map((n): Plot => ({ y: [n, 2 * n], xaxis: \`x\${n}\` as 'x', yaxis: \`y\${n}\` as 'y' }));
plot(corners, { grid: { rows: 2, columns: 2, pattern: 'independent' } });`,
  typed: `plot([{ x: new Float64Array([0, 1, 2]), y: Float32Array.of(0, 1, 4), mode: 'markers' }]);
plot([{ z: [[1, 2], [3, 4]], type: 'heatmap', colorbar: { title: 'ink' } }]);`,
  stream: `import { interval, map, take, tap, lastValueFrom } from 'rxjs';
const stream = interval(60).pipe(take(6), map((step): Plot[] => [{ y: [0, step], name: \`step \${step}\`, showlegend: true }]));
plot(stream, { title: 'Live' });
await lastValueFrom(stream);`,
};
const path = writeCells('nodeplotlib', Object.values(programs));

describe.skipIf(noJupyter)(`nodeplotlib in JupyterLab${noJupyter}`, () => {
  let lab: Lab;
  let page: Page;
  let notebook: Locator;
  const graphs = (text: string) => cellWith(notebook, text).locator('.js-plotly-plot');
  const texts = (text: string, part: string) => graphs(text).first().locator(part).allTextContents();

  beforeAll(async () => {
    lab = await openLab();
    page = lab.page;
    notebook = await lab.open(path);
  });
  afterAll(() => lab?.close());

  it('draws one figure for each call, and prints nothing', async () => {
    await runAll(page, notebook);
    for (const [text, count] of Object.entries({
      'const data': 1,
      'Two kinds': 1,
      corners: 1,
      Float64Array: 2,
      interval: 1,
    })) {
      await expect.poll(() => graphs(text).count(), { timeout: 60_000 }).toBe(count);
    }
    expect(await notebook.locator('.jp-OutputArea-output[data-mime-type*="stdout"]').count()).toBe(0);
  });

  it('shows titles that are plain strings, names, and several plots in one', async () => {
    expect(await texts('Two kinds', '.gtitle, .xtitle, .ytitle, .legendtext')).toEqual(
      expect.arrayContaining(['Two kinds', 'step', 'loss', 'first', 'second']),
    );
    expect(await graphs('corners').locator('.subplot').count()).toBe(4);
    const colorbar = graphs('Float64Array').nth(1).locator('.cbtitle');
    expect(await colorbar.allTextContents()).toEqual(['ink']);
    expect(await graphs('Float64Array').first().locator('.points path').count()).toBe(3);
  });

  it('lets an Observable change its figure in place, to the last state', async () => {
    await expect.poll(() => texts('interval', '.legendtext'), { timeout: 60_000 }).toEqual(['step 5']);
    expect(await texts('interval', '.gtitle')).toEqual(['Live']);
  });
});
