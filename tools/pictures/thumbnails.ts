/** Small pictures of the notebooks for the README: of each, one of its stored figures. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';
import type { NotebookFile } from '../notebooks/notebook-file';
import { smallPng } from './png';

/** Whose figure stands for a notebook, by the cell's id: one without frames, since a filmstrip is too fine for the size. */
const chosen: Record<string, string> = {
  '00': 'start-digits',
  '01': 'nn-decision',
  '02': 'gd-contour',
  '03': 'sgd-paths-near',
  '04': 'bp-two-ways-figure',
  '05': 'scratch-inside-show',
  '06': 'data-means',
  '07': 'model-confusion-figure',
  '08': 'loss-margin',
  '09': 'opt-race-figure',
  '10': 'over-curve-figure',
  '11': 'interp-three-show',
  '12': 'fast-roofline',
  '13': 'scale-published-figure',
  '14': 'mm-map-figure',
  '15': 'letters-map',
  '16': 'at-hand-figure',
  '17': 'gpt-heads-figure',
  '18': 'large-ways-figure',
  '19': 'faq-mistakes-figure',
};

const size = { width: 210, height: 140 };

/**
 * Writes `NN.png` for each notebook, 210 × 140 pixels.
 *
 * @param files - the course's notebooks, with their stored pictures
 * @param folder - where; the README's `docs/pictures` unless told
 * @throws Error if a notebook's figure is missing
 */
export async function writeThumbnails(
  files: readonly NotebookFile[],
  folder = path.join(projectRoot(), 'docs', 'pictures'),
): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  for (const { name, notebook } of files) {
    const number = name.slice(0, 2);
    const cell = notebook.cells.find(({ id }) => id === chosen[number]);
    const picture = cell?.outputs?.flatMap(({ data }) => data?.['image/png'] ?? [])[0];
    if (!picture) {
      throw new Error(`Cannot draw ${name}: cell '${chosen[number]}' has no stored picture`);
    }
    const bytes = Buffer.from([picture].flat().join(''), 'base64');
    fs.writeFileSync(path.join(folder, `${number}.png`), await smallPng(bytes, size));
  }
}
