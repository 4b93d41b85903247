import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { projectRoot } from '../lib/project-root';
import { indexedPng } from './indexed-png';

/** The MIME type under which JupyterLab draws a figure itself. */
export const plotlyType = 'application/vnd.plotly.v1+json';

/** How a stored picture is drawn: change it when pictures must be drawn anew. */
const recipe = 'scale 1, 256 colours';
// JupyterLab shows a stored picture with as many pixels as it has: a larger one would be cut off.
const scale = 1;

interface Pixels {
  /** red, green, blue, alpha of every pixel, in base64 */
  pixels: string;
  width: number;
  height: number;
}

interface Output {
  output_type: string;
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
}

/** What the baker reads of a notebook: any object in the form of nbformat 4. */
export interface BakeableNotebook {
  cells: { cell_type: string; outputs?: unknown[] }[];
}

/** A browser that draws figures into PNG files: see {@link openBaker}. */
export interface Baker {
  /**
   * Draws one figure.
   *
   * @param figure - Plotly JSON: `data`, `layout` with `width` and `height`
   * @returns the PNG in base64
   */
  draw(figure: unknown): Promise<string>;
  /**
   * Puts `image/png` beside every figure of the notebook, in place. A figure that has not changed
   * since its picture was drawn keeps it.
   *
   * @returns how many pictures were drawn and how many were kept
   */
  bake(notebook: BakeableNotebook): Promise<{ drawn: number; kept: number }>;
  close(): Promise<void>;
}

/** @returns the path of an installed Chromium or Chrome; `undefined` if there is none */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PROGRAMFILES = 'C:\\Program Files' } = process.env;
  if (CHROMIUM_PATH) return existsSync(CHROMIUM_PATH) ? CHROMIUM_PATH : undefined;
  return [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/snap/bin/chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    join(PROGRAMFILES, 'Google', 'Chrome', 'Application', 'chrome.exe'),
  ].find((path) => existsSync(path));
}

/** @returns the path of the plotly.js that JupyterLab draws with; `undefined` before set-up */
export function findPlotly(): string | undefined {
  const packageFile = ['plotly', 'package_data', 'plotly.min.js'];
  const libraries = join(projectRoot(), '.venv', 'lib');
  const pythons = existsSync(libraries)
    ? readdirSync(libraries).map((python) => join(libraries, python, 'site-packages'))
    : [];
  return [...pythons, join(projectRoot(), '.venv', 'Lib', 'site-packages')]
    .map((folder) => join(folder, ...packageFile))
    .find((path) => existsSync(path));
}

/** @returns what is missing for drawing pictures, in one sentence; `undefined` if nothing is */
export function whyNotBake(): string | undefined {
  if (!findChromium()) {
    return process.env.CHROMIUM_PATH
      ? `CHROMIUM_PATH names no file: ${process.env.CHROMIUM_PATH}`
      : 'no Chromium or Chrome was found: install one, or name it in CHROMIUM_PATH';
  }
  if (!findPlotly()) return 'plotly.js is missing from .venv: run npm run setup';
  return undefined;
}

/**
 * Opens a headless Chromium with the same plotly.js that JupyterLab uses, so that a stored picture
 * equals the interactive figure. One baker draws any number of figures.
 *
 * @throws Error if Chromium or plotly.js is missing, naming the remedy
 */
export async function openBaker(): Promise<Baker> {
  const { page, close } = await openPage();
  return bakerOn(page, close);
}

/**
 * Opens a page of a headless Chromium, offline, with plotly.js in it.
 *
 * @throws Error if Chromium or plotly.js is missing, naming the remedy
 */
export async function openPage(): Promise<{ page: Page; close: () => Promise<void> }> {
  const reason = whyNotBake();
  if (reason) throw new Error(`Cannot draw figures: ${reason}`);
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync']
      .concat(['--disable-background-networking', '--disable-component-update'])
      // The same pixels whatever screen and colour profile the machine has.
      .concat(['--force-color-profile=srgb', '--font-render-hinting=none']),
  });
  try {
    return { page: await plotlyPage(browser), close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

async function plotlyPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ offline: true });
  await page.setContent('<!doctype html><meta charset="utf-8"><div id="figure"></div>');
  await page.addScriptTag({ path: findPlotly() });
  return page;
}

function bakerOn(page: Page, close: () => Promise<void>): Baker {
  const draw = async (figure: unknown): Promise<string> =>
    (await paint(page, figureUrl(figure))).toString('base64');
  return {
    draw,
    close,
    async bake(notebook) {
      const counts = { drawn: 0, kept: 0 };
      for (const output of figureOutputs(notebook)) {
        const data = output.data as Record<string, unknown>;
        const hash = figureHash(data[plotlyType]);
        const kept = data['image/png'] && output.metadata?.descent_figure === hash;
        counts[kept ? 'kept' : 'drawn'] += 1;
        if (kept) continue;
        data['image/png'] = await draw(data[plotlyType]);
        output.metadata = { ...output.metadata, descent_figure: hash };
      }
      return counts;
    },
  };
}

/** The page's own code as text: the project's types know no browser. */
function figureUrl(figure: unknown): string {
  return `(async () => {
    const { data, layout } = ${JSON.stringify(figure)};
    const { width = 700, height = 450 } = layout;
    return Plotly.toImage({ data, layout }, { format: 'png', width, height, scale: ${scale} });
  })()`;
}

/**
 * Paints a picture on white and writes it as a PNG of few colours.
 *
 * @param page - of {@link openPage}
 * @param url - code for that page, whose value is the picture's address
 * @param box - in which the picture stands, in the middle and as large as fits; without it, of its size
 * @returns the file
 */
export async function paint(
  page: Page,
  url: string,
  box?: { width: number; height: number },
): Promise<Buffer> {
  const { pixels, width, height } = (await page.evaluate(`(async () => {
    const image = new Image();
    image.src = await ${url};
    await image.decode();
    const { width, height } = ${JSON.stringify(box) ?? 'image'};
    const scale = Math.min(width / image.width, height / image.height);
    const [w, h] = [image.width * scale, image.height * scale];
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d');
    context.fillStyle = 'white';
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, (width - w) / 2, (height - h) / 2, w, h);
    const { data: bytes } = context.getImageData(0, 0, width, height);
    let text = '';
    for (let at = 0; at < bytes.length; at += 30000) {
      text += String.fromCharCode(...bytes.subarray(at, at + 30000));
    }
    return { pixels: btoa(text), width, height };
  })()`)) as Pixels;
  return indexedPng(Buffer.from(pixels, 'base64'), width, height);
}

/** @returns the notebook's outputs that hold a figure */
export function figureOutputs(notebook: BakeableNotebook): Output[] {
  return notebook.cells
    .flatMap((cell) => (cell.outputs ?? []) as Output[])
    .filter((output) => output.data?.[plotlyType] !== undefined);
}

/** @returns a short name for the figure's content; equal figures have equal names */
export function figureHash(figure: unknown): string {
  return createHash('sha256')
    .update(recipe)
    .update(JSON.stringify(figure))
    .digest('hex')
    .slice(0, 16);
}

/**
 * Bakes one notebook with a baker of its own: see {@link Baker.bake}.
 *
 * @throws Error if Chromium or plotly.js is missing, naming the remedy
 */
export async function bakeNotebook(
  notebook: BakeableNotebook,
): Promise<{ drawn: number; kept: number }> {
  if (figureOutputs(notebook).length === 0) return { drawn: 0, kept: 0 };
  const baker = await openBaker();
  try {
    return await baker.bake(notebook);
  } finally {
    await baker.close();
  }
}
