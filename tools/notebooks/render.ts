/** Notebooks as HTML, as `render.py` writes it. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';
import { projectPython } from './execute';
import { type NotebookFile, writeNotebook } from './notebook-file';

/**
 * @param fold - the words behind which hidden code is folded away
 * @returns HTML of the cells of each notebook, with formulas as `<descent-tex>`
 * @throws Error if there is no Python for it
 */
export function render(files: readonly NotebookFile[], fold: string): string[] {
  const python = projectPython();
  if (!python) throw new Error('Cannot write pages: there is no .venv; run `npm run setup`');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-pages-'));
  const drafts = files.map((file, index) => {
    const draft = path.join(folder, `${index}.ipynb`);
    writeNotebook(draft, file.notebook);
    return draft;
  });
  try {
    const script = path.join(projectRoot(), 'tools', 'notebooks', 'render.py');
    const output = execFileSync(python, [script, fold, ...drafts], {
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
