/** Which notebooks run in a page, and why the others do not. */
import { joined, type NotebookFile } from '../notebooks/notebook-file';

/** Those that are tried in a browser, by number. */
const tried = ['01', '02', '03', '04', '05', '07', '14', '15', '16'];

/** What stands in the code of a notebook, and what a page does not offer it; the first that fits is told. */
const lacks: readonly [code: RegExp, reason: string][] = [
  [/\bstartWorkers\b/, 'it starts programs beside itself'],
  [/\bloadMnist\b/, 'its digits are not served here'],
  [/'\.\/lib\/(?:language|gpt)'/, 'its texts are not served here'],
  [/\bexamineEnvironment\b|'node:|\breadEvidence\b/, "it reads this project's files"],
];

/** @returns why a notebook does not run in a page, in one sentence; `undefined` if it does */
export function whyNotInPage({ name, notebook }: NotebookFile): string | undefined {
  if (tried.includes(name.slice(0, 2))) return undefined;
  const code = notebook.cells
    .filter(({ cell_type }) => cell_type === 'code')
    .map(({ source }) => joined(source))
    .join('\n');
  const reason = lacks.find(([sign]) => sign.test(code))?.[1] ?? 'it has not been tried in one';
  return `This notebook does not run in the page yet: ${reason}. It runs in JupyterLab.`;
}
