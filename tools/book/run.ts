/** Writes what makes pages run: compiled cells, and all that they share. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { NotebookFile } from '../notebooks/notebook-file';
import { writeBundles } from './bundles';
import { notebookCompiler } from './cells';
import { whyNotInPage } from './runnable';

/**
 * Writes, into the folder `run` of the book, the compiled cells of all notebooks that run in a page, and what their pages
 * load to run them.
 *
 * @param files - the book's notebooks
 * @param book - its folder
 * @throws Error that names notebook and cell, if one does not compile
 */
export async function writeRun(files: readonly NotebookFile[], book: string): Promise<void> {
  const folder = path.join(book, 'run');
  // Files of an earlier build have other names.
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(path.join(folder, 'cells'), { recursive: true });
  const doors = new Set<string>();
  const compiler = notebookCompiler();
  try {
    for (const file of files.filter((one) => whyNotInPage(one) === undefined)) {
      const { module, imports } = compiler.compile(file);
      for (const id of imports) if (id.startsWith('./lib/')) doors.add(id);
      fs.writeFileSync(path.join(folder, 'cells', `${file.name}.js`), module);
    }
  } finally {
    compiler.close();
  }
  await writeBundles([...doors], folder);
}
