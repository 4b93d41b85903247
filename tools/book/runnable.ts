/** Which notebooks run in a page, and why one does not. */
import type { NotebookFile } from '../notebooks/notebook-file';
import { languageOf } from './editions';
import { sayIn } from './page/say';

/** Those that have run in a browser from the first cell to the last, with every claim that applies there, by number. */
const tried = '00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19'.split(' ');

/** @returns why a notebook does not run in a page, in one sentence of its language; `undefined` if it does */
export function whyNotInPage(file: NotebookFile): string | undefined {
  const number = file.name.slice(0, 2);
  if (tried.includes(number)) return undefined;
  const say = sayIn(languageOf(file));
  return say('This notebook has not been tried in a page yet. It runs in JupyterLab.');
}
