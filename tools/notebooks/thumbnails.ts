/** Small pictures of the notebooks for the README: of each, one of its stored figures. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot } from '../../lib/project-root';
import { openPage } from '../bake';
import { indexedPng } from '../indexed-png';
import type { NotebookFile } from './notebook-file';

/** Whose figure stands for a notebook, by the cell's id. */
const chosen: Record<string, string> = {
  '00': 'start-figure',
  '01': 'nn-decision',
  '02': 'gd-contour',
  '03': 'sgd-paths-near',
  '04': 'bp-two-ways-figure',
  '05': 'scratch-boundary',
  '06': 'data-grid',
  '07': 'model-confusion-figure',
  '08': 'loss-margin',
  '09': 'opt-race-figure',
  '10': 'over-curve-figure',
  '11': 'interp-three-figure',
  '12': 'fast-roofline',
  '13': 'scale-published-figure',
  '14': 'mm-map-figure',
  '15': 'faq-mistakes-figure',
};

const width = 210;
const height = 140;

/**
 * Writes `docs/pictures/NN.png` for each notebook, 210 × 140 pixels.
 *
 * @param files - the course's notebooks, with their stored pictures
 * @throws Error if a notebook's figure is missing, or there is no Chromium
 */
export async function writeThumbnails(files: readonly NotebookFile[]): Promise<void> {
  const folder = path.join(projectRoot(), 'docs', 'pictures');
  fs.mkdirSync(folder, { recursive: true });
  const { page, close } = await openPage();
  try {
    for (const { name, notebook } of files) {
      const number = name.slice(0, 2);
      const cell = notebook.cells.find(({ id }) => id === chosen[number]);
      const picture = cell?.outputs?.flatMap(({ data }) => data?.['image/png'] ?? [])[0];
      if (!picture) {
        throw new Error(`Cannot draw ${name}: cell '${chosen[number]}' has no stored picture`);
      }
      const png = await shrink(page, [picture].flat().join(''));
      fs.writeFileSync(path.join(folder, `${number}.png`), png);
    }
  } finally {
    await close();
  }
}

/** Draws a picture as large as fits, on white, in the middle. */
async function shrink(page: Page, png: string): Promise<Buffer> {
  const pixels = (await page.evaluate(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${png.replace(/\s/g, '')}';
    await image.decode();
    const scale = Math.min(${width} / image.width, ${height} / image.height);
    const canvas = Object.assign(document.createElement('canvas'), { width: ${width}, height: ${height} });
    const context = canvas.getContext('2d');
    context.fillStyle = 'white';
    context.fillRect(0, 0, ${width}, ${height});
    context.imageSmoothingQuality = 'high';
    const [w, h] = [image.width * scale, image.height * scale];
    context.drawImage(image, (${width} - w) / 2, (${height} - h) / 2, w, h);
    return Array.from(context.getImageData(0, 0, ${width}, ${height}).data).join();
  })()`)) as string;
  return indexedPng(Uint8Array.from(pixels.split(','), Number), width, height);
}
