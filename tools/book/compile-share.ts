/** A process that compiles the cells of the notebooks that its arguments name, and tells of each that it keeps: `compile-ahead.ts`. */
import process from 'node:process';
import { readNotebook } from '../notebooks/notebook-file';
import { notebookCompiler } from './cells';

// Who builds the book has ended, so nobody needs it any more.
process.on('disconnect', () => process.exit());
const compiler = notebookCompiler([]);
for (const file of process.argv.slice(2)) {
  try {
    compiler.prepare(readNotebook(file));
  } catch {
    // The build meets the same fault, and says where it is.
    continue;
  }
  process.send?.(file);
}
compiler.close();
process.disconnect?.();
