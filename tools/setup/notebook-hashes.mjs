/** `notebooks/SHA256SUMS`: what the notebooks were when they were published, so that only those are signed. */
import fs from 'node:fs';
import path from 'node:path';
import { hashFile, paths } from './project.mjs';

/** @returns {string[]} all notebooks below a folder, relative to it and with slashes, in order; links are not followed */
function notebooksIn(folder = paths.notebooks) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      if (entry.name.startsWith('.')) return [];
      if (entry.isFile() && entry.name.endsWith('.ipynb')) return [entry.name];
      if (!entry.isDirectory()) return [];
      return notebooksIn(path.join(folder, entry.name)).map((name) => `${entry.name}/${name}`);
    })
    .sort();
}

/** @returns {string} the list as it must be: one line a notebook, which `sha256sum --check` reads, too */
export function notebookHashes() {
  return notebooksIn()
    .map((name) => `${hashFile(path.join(paths.notebooks, name))}  ${name}\n`)
    .join('');
}

/** Writes the list anew from the notebooks as they are. */
export function writeNotebookHashes() {
  fs.writeFileSync(paths.notebookHashes, notebookHashes());
}

/** @returns {Record<string, string>} the notebooks that are as they are in the list, with their SHA-256 */
export function unmodifiedNotebooks() {
  const text = fs.existsSync(paths.notebookHashes) ? fs.readFileSync(paths.notebookHashes, 'utf8') : '';
  const listed = [...text.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)].map(([, hash, name]) => [name, hash]);
  return Object.fromEntries(
    listed.filter(([name, hash]) => hashFile(path.join(paths.notebooks, name)) === hash),
  );
}
