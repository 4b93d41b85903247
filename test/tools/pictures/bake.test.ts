import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alternativeText, filmstripFigure, withSlider } from '../../../lib/figures';
import { describeFigure, plotlyMimeType } from '../../../lib/surroundings';
import { openBaker, whyNotBake } from '../../../tools/pictures';
import { type Baker, figureHash } from '../../../tools/pictures/bake';
import { openPlotlyPage } from '../../../tools/pictures/chromium';
import { gallery } from '../../samples/figures-gallery';

const reason = await whyNotBake();
const kinds = Object.entries(gallery);

/**
 * What Plotly.validate calls wrong although plotly.js draws it: a slider's arguments, which it
 * compares by identity; shared colour axes; and numbers packed as base64.
 */
const blindSpots =
  /args\[\d\] \(set to '(.*)'\) got reset to '\1'|key coloraxis is set to an invalid value \(coloraxis\)|key z must be linked to an array container/;

describe.skipIf(reason)(`drawing in Chromium${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let baker: Baker;
  beforeAll(async () => {
    baker = await openBaker();
  });
  afterAll(() => baker?.close());

  test.each(kinds)('%s is drawn small, and the same again', async (_, figure) => {
    const picture = await baker.draw(figure);
    const bytes = Buffer.from(picture, 'base64');
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    // One with frames is drawn as its filmstrip.
    const { layout } = filmstripFigure(figure);
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([layout.width, layout.height]);
    expect(bytes.length).toBeLessThan(100_000);
    expect(await baker.draw(figure)).toBe(picture);
  });

  test('hasLetters() knows letters that a font has from those that look all alike', async () => {
    expect(await baker.hasLetters('Descent')).toBe(true);
    // Of a private area, which no font fills.
    expect(await baker.hasLetters('\u{F1234}\u{F1235}')).toBe(false);
  });

  test('a picture keeps the colours of its lines, on white', async () => {
    const { lineFigure } = gallery;
    const lines = lineFigure.data.flatMap(({ line }) => String(line?.color ?? []).toLowerCase() || []);
    expect(new Set(lines).size).toBeGreaterThan(1);
    const { data, info } = await sharp(Buffer.from(await baker.draw(lineFigure), 'base64'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const counts = new Map<string, number>();
    for (let at = 0; at < data.length; at += info.channels) {
      const color = `#${data.toString('hex', at, at + 3)}`;
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    expect(counts.size).toBeLessThanOrEqual(256);
    expect(counts.get('#ffffff')).toBeGreaterThan(data.length / info.channels / 2);
    for (const color of lines) expect(counts.get(color)).toBeGreaterThan(20);
  });

  test('bake() draws what is new or changed and keeps the rest', async () => {
    const output = () => ({
      output_type: 'display_data',
      data: { [plotlyMimeType]: gallery.lineFigure } as Record<string, unknown>,
      metadata: {},
    });
    const notebook = { cells: [{ cell_type: 'code', outputs: [output(), output()] }] };
    expect(await baker.bake(notebook)).toEqual({ drawn: 2, kept: 0 });
    const once = JSON.stringify(notebook);
    expect(await baker.bake(notebook)).toEqual({ drawn: 0, kept: 2 });
    expect(JSON.stringify(notebook)).toBe(once);
    notebook.cells[0].outputs[1].data[plotlyMimeType] = gallery.barFigure;
    expect(await baker.bake(notebook)).toEqual({ drawn: 1, kept: 1 });
  });

  test('bake() stores the alternative text where nbconvert reads it, and what the author said before its own', async () => {
    const output = (text: string | string[]) => ({
      output_type: 'display_data',
      data: { [plotlyMimeType]: gallery.withSlider, 'text/plain': text } as Record<string, unknown>,
      metadata: { 'image/png': { width: 900 } } as Record<string, Record<string, unknown>>,
    });
    const outputs = [output(describeFigure(gallery.withSlider)), output(['Three ', 'paths.'])];
    await baker.bake({ cells: [{ cell_type: 'code', outputs }] });
    expect(outputs.map(({ metadata }) => metadata['image/png'])).toEqual([
      { width: 900, alt: alternativeText(gallery.withSlider) },
      { width: 900, alt: 'Three paths.' },
    ]);
    // Written anew where the words change, though the picture stays.
    outputs[1].data['text/plain'] = 'Three ways.';
    expect(await baker.bake({ cells: [{ cell_type: 'code', outputs }] })).toEqual({ drawn: 0, kept: 2 });
    expect(outputs[1].metadata['image/png'].alt).toBe('Three ways.');
  });

  test('a filmstrip shows its frames: what only one of them has is in the picture', async () => {
    const coloured = (color: string | undefined) => ({
      ...gallery.barFigure,
      data: gallery.barFigure.data.map((bar) => ({ ...bar, marker: { color: color ?? '#FFFFFF' } })),
    });
    const steps = ['#D55E00', '#009E73', '#0072B2'].map((color) => ({
      label: color,
      figure: coloured(color),
    }));
    const picture = await baker.draw(withSlider(steps, { name: 'colour' }));
    const { data, info } = await sharp(Buffer.from(picture, 'base64'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const seen = Array.from({ length: data.length / info.channels }, (_, pixel) => {
      const at = pixel * info.channels;
      return { color: `#${data.toString('hex', at, at + 3)}`, x: pixel % info.width };
    });
    const middles = steps.map(({ label }) => {
      const xs = seen.filter(({ color }) => color === label.toLowerCase()).map(({ x }) => x);
      expect(xs.length).toBeGreaterThan(100);
      return xs.reduce((sum, x) => sum + x, 0) / xs.length;
    });
    expect(middles).toEqual(middles.slice().sort((a, b) => a - b));
  });
});

describe.skipIf(reason)(`plotly.js${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let page: Page;
  let close: () => Promise<void>;
  const complaints: string[] = [];
  beforeAll(async () => {
    ({ page, close } = await openPlotlyPage());
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
  });
  afterAll(() => close?.());

  test.each(kinds)('knows every field of %s and draws it without complaint', async (_, figure) => {
    complaints.length = 0;
    const found = (await page.evaluate(`(async () => {
      const { data, layout, frames = [] } = ${JSON.stringify(figure)};
      const wrong = [Plotly.validate(data, layout)];
      for (const frame of frames) {
        const merged = data.map((trace, index) => {
          const at = frame.traces.indexOf(index);
          return at < 0 ? trace : { ...trace, ...frame.data[at] };
        });
        wrong.push(Plotly.validate(merged, { ...layout, ...frame.layout }));
      }
      await Plotly.newPlot('figure', { data, layout, frames });
      Plotly.purge('figure');
      return wrong.flatMap((list) => (list ?? []).map(({ code, msg }) => ({ code, msg })));
    })()`)) as { code: string; msg: string }[];
    const wrong = found.filter(({ code, msg }) => code !== 'unused' && !blindSpots.test(msg));
    expect(wrong.map(({ msg }) => msg)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test.each(kinds.filter(([, { frames }]) => frames))(
    'cuts no word of the filmstrip of %s off',
    async (_, figure) => {
      const { data, layout } = filmstripFigure(figure);
      const cut = (await page.evaluate(`(async () => {
      await Plotly.newPlot('figure', ${JSON.stringify({ data, layout })});
      const whole = document.querySelector('#figure .main-svg').getBoundingClientRect();
      const words = [...document.querySelectorAll('#figure text')].filter((word) => word.textContent);
      const out = words.filter((word) => {
        const { left, right, top, bottom } = word.getBoundingClientRect();
        return left < whole.left || right > whole.right || top < whole.top || bottom > whole.bottom;
      });
      return { words: words.length, cut: out.map((word) => word.textContent) };
    })()`)) as { words: number; cut: string[] };
      expect(cut.words).toBeGreaterThan(10);
      expect(cut.cut).toEqual([]);
    },
  );

  test('would report a field that plotly.js does not know', async () => {
    const found = (await page.evaluate(
      `Plotly.validate([{ y: [1], mod: 'lines' }], { titlefont: { size: 2 } }).map(({ code }) => code)`,
    )) as string[];
    expect(found).toEqual(['schema', 'schema']);
  });

  test('hovering shows the values of all series there', async () => {
    const { data, layout } = gallery.lineFigure;
    await page.evaluate(`Plotly.newPlot('figure', ${JSON.stringify({ data, layout })})`);
    const box = await page.locator('.nsewdrag').first().boundingBox();
    if (!box) throw new Error('the figure is not on the page');
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.4);
    await page.mouse.move(box.x + box.width * 0.25, box.y + box.height * 0.5, { steps: 8 });
    await page.locator('.hoverlayer', { hasText: /step \d+measured : 0\.\d+theory : / }).waitFor();
  });

  test('the slider moves the curve and the button plays to the last step', async () => {
    const { data, layout, frames } = gallery.withAnimation;
    const seen = (await page.evaluate(`(async () => {
      const figure = document.getElementById('figure');
      const field = () => JSON.stringify(figure.data[0].z);
      await Plotly.newPlot(figure, ${JSON.stringify({ data, layout, frames })});
      const start = field();
      await Plotly.animate(figure, ...figure.layout.sliders[0].steps[0].args);
      const first = field();
      await Plotly.animate(figure, ...figure.layout.updatemenus[0].buttons[0].args);
      return { moved: first !== start, returned: field() === start };
    })()`)) as Record<string, boolean>;
    expect(seen).toEqual({ moved: true, returned: true });
  });
});

test('figureHash() tells figures apart', () => {
  expect(figureHash(gallery.barFigure)).toBe(figureHash(structuredClone(gallery.barFigure)));
  expect(figureHash(gallery.barFigure)).not.toBe(figureHash(gallery.lineFigure));
  const { data, layout } = gallery.withSlider;
  expect(figureHash({ data, layout, frames: [] })).not.toBe(figureHash(gallery.withSlider));
});

test('a missing Chromium is named with its remedy', async () => {
  const before = process.env.CHROMIUM_PATH;
  process.env.CHROMIUM_PATH = '/nowhere/chromium';
  try {
    await expect(openBaker()).rejects.toThrow(
      'Cannot draw figures: CHROMIUM_PATH names no file: /nowhere/chromium',
    );
  } finally {
    if (before === undefined) delete process.env.CHROMIUM_PATH;
    else process.env.CHROMIUM_PATH = before;
  }
});
