/** Which notebooks run in a page, and why the others do not. */
import type { NotebookFile } from '../notebooks/notebook-file';
import { languageOf } from './editions';
import { sayIn } from './page/say';

/** Those that have run in a browser from the first cell to the last, with every claim, by number. */
const tried = ['00', '01', '02', '03', '04', '05', '07', '08', '09', '14', '15', '16'];

/** What keeps the others from it, as far as it is known. */
const reasons: Readonly<Record<string, string>> = {
  '06': 'to find the nearest neighbour of each test digit takes minutes there',
  '10': "one of its cells needs more of the stack than a page's worker has",
  '13': 'it has not been tried to its end in one',
};

/** @returns why a notebook does not run in a page, in one sentence of its language; `undefined` if it does */
export function whyNotInPage(file: NotebookFile): string | undefined {
  const number = file.name.slice(0, 2);
  if (tried.includes(number)) return undefined;
  const reason = reasons[number] ?? 'it has not been tried in one';
  const say = sayIn(languageOf(file));
  return say('This notebook does not run in the page yet: {reason}. It runs in JupyterLab.', {
    reason: say(reason),
  });
}
