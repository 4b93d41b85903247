/** Notebooks as HTML, as `render.py` writes it. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';
import { Remembered } from '../book/remembered';
import { hashOfFiles } from '../hashes';
import { projectPython } from './execute';
import { type NotebookFile, notebookText, writeNotebook } from './notebook-file';

const script = path.join('tools', 'notebooks', 'render.py');

/**
 * What was rendered before is not rendered again.
 *
 * @param fold - the words behind which hidden code is folded away
 * @returns HTML of the cells of each notebook, with formulas as `<descent-tex>`
 * @throws Error if there is no Python for it
 */
export function render(files: readonly NotebookFile[], fold: string): string[] {
  const program = hashOfFiles([script, path.join('tools', 'setup', 'python', 'requirements.txt')]);
  const bodies = new Remembered<string>('pages', program);
  const from = files.map(({ notebook }) => [fold, notebookText(notebook)]);
  const known = from.map((one) => bodies.recall(one));
  const places = [...files.keys()].filter((place) => known[place] === undefined);
  const fresh = renderFresh(
    places.map((place) => files[place]),
    fold,
  );
  for (const [index, place] of places.entries()) known[place] = bodies.remember(from[place], fresh[index]);
  return known as string[];
}

function renderFresh(files: readonly NotebookFile[], fold: string): string[] {
  if (files.length === 0) return [];
  const python = projectPython();
  if (!python) throw new Error('Cannot write pages: there is no .venv; run `npm run setup`');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-pages-'));
  const drafts = files.map((file, index) => {
    const draft = path.join(folder, `${index}.ipynb`);
    writeNotebook(draft, file.notebook);
    return draft;
  });
  try {
    const output = execFileSync(python, [path.join(projectRoot(), script), fold, ...drafts], {
      encoding: 'utf8',
      env: { ...process.env, PYTHONUTF8: '1' },
      maxBuffer: 1 << 29,
    });
    return output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).body);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
