/** Which notebooks run in a page, and why one does not. */
import type { NotebookFile } from '../notebooks/notebook-file';
import { languageOf } from './editions';
import { sayIn } from './page/say';

/** Those that have run in a browser from the first cell to the last, with every claim that applies there, by number. */
const tried = '00 01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 18 19'.split(' ');

/** What keeps others from it, as far as it is known. */
const reasons: Readonly<Record<string, string>> = {
  '11': 'all its claims are met there, but it takes minutes',
};

/** @returns why a notebook does not run in a page, in one sentence of its language; `undefined` if it does */
export function whyNotInPage(file: NotebookFile): string | undefined {
  const number = file.name.slice(0, 2);
  if (tried.includes(number)) return undefined;
  const say = sayIn(languageOf(file));
  return say('This notebook does not run in the page yet: {reason}. It runs in JupyterLab.', {
    reason: say(reasons[number] ?? 'it has not been tried in one'),
  });
}
