import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../../lib/project-root';
import { findNotebooks, type NotebookFile } from './notebook-file';
import { claimsOf } from './outcome';

/** @returns `docs/claims.md`: all claims that the notebooks' outputs hold, with their figures */
export function claimsTable(files: readonly NotebookFile[]): string {
  const rows = files.flatMap(({ name, notebook }) =>
    claimsOf(notebook).map(({ sentence, measured, bound, met }) => {
      const link = `[${name.slice(0, 2)}](../notebooks/${name}.ipynb)`;
      return `| ${[link, ...[sentence, measured, bound, met ? 'yes' : 'NO'].map(escapeCell)].join(' | ')} |`;
    }),
  );
  return [
    '# What the notebooks claim',
    '',
    'Written by `npm run notebooks -- claims` and by `run --save` from the committed outputs; the tests measure every figure anew.',
    '',
    '| notebook | claim | measured | claimed | met |',
    '|-|-|-|-|-|',
    ...rows,
    '',
  ].join('\n');
}

function escapeCell(text: unknown): string {
  return String(text).replace(/[|\\]/g, '\\$&').replace(/\n/g, ' ');
}

/** Writes the table of the notebooks in `folder` into the docs. */
export function writeClaimsTable(folder: string): void {
  const docs = path.join(projectRoot(), 'docs');
  fs.mkdirSync(docs, { recursive: true });
  fs.writeFileSync(path.join(docs, 'claims.md'), claimsTable(findNotebooks(folder)));
}
