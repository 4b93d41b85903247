/** Compiles the cells of notebooks side by side, before a book needs them one after the other. */
import { fork } from 'node:child_process';
import * as os from 'node:os';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';
import { freeMemory } from '../notebooks/execute';
import { codeCells, type NotebookFile } from '../notebooks/notebook-file';
import { notCompiled } from './cells';

/** What a compiler takes, measured: 0.6 GB with the types of TensorFlow.js and mathjs, and room. */
const bytesEach = 1e9;

/**
 * What earlier builds have compiled is left out. A notebook that does not compile is no error here: whoever builds the book
 * compiles it again, and says which cell it is.
 *
 * @param files - the notebooks
 * @param onNotebook - is told how many are done, of how many
 * @param jobs - how many processes at most; where memory is short, fewer
 */
export async function compileAhead(
  files: readonly NotebookFile[],
  onNotebook: (done: number, of: number) => void,
  jobs = os.availableParallelism(),
): Promise<void> {
  const waiting = notCompiled(files);
  const count = Math.min(jobs, waiting.length, Math.floor(freeMemory() / bytesEach));
  if (count < 2) return;
  let done = 0;
  const onDone = () => onNotebook(++done, waiting.length);
  await Promise.all(sharesOf(waiting, count).map((share) => compileShare(share, onDone)));
}

/** Shares notebooks out, those of the most cells first, each to who has least. */
function sharesOf(files: readonly NotebookFile[], count: number): NotebookFile[][] {
  const shares = Array.from({ length: count }, () => ({ size: 0, files: [] as NotebookFile[] }));
  const sized = files.map((file) => ({ file, size: codeCells(file.notebook).length }));
  for (const { file, size } of sized.sort((a, b) => b.size - a.size)) {
    const [least] = shares.sort((a, b) => a.size - b.size);
    least.size += size;
    least.files.push(file);
  }
  return shares.map((share) => share.files);
}

/** In a process of its own, since a compiler takes all of one. */
function compileShare(files: readonly NotebookFile[], onDone: () => void): Promise<void> {
  const script = path.join(projectRoot(), 'tools', 'book', 'compile-share.ts');
  const child = fork(
    script,
    files.map(({ file }) => path.resolve(file)),
    { cwd: projectRoot(), execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
  );
  child.on('message', onDone);
  return new Promise((resolve) => {
    child.on('error', () => resolve());
    // Not at 'exit', after which its last messages may still come.
    child.on('close', () => resolve());
  });
}
