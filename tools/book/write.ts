/** Writes the book: pages, what runs in them, and what stands around them. */
import * as fs from 'node:fs';
import type { NotebookFile } from '../notebooks/notebook-file';
import { writePages } from '../notebooks/pages';
import { compileAhead } from './compile-ahead';
import { writeRun } from './run';
import { whyNotInPage } from './runnable';
import type { PagePassages } from './shell/sections';
import { type KeptFiles, writeServiceWorker, writeShell } from './shell/write';

/** What came of writing the book. */
export interface WrittenBook {
  /** for each language, what a browser keeps of it */
  kept: KeptFiles[];
  /** links that lead nowhere */
  dead: Awaited<ReturnType<typeof writePages>>;
  /** a sentence for each notebook whose stored results are of other code */
  warnings: string[];
}

/** How a book is written. */
export interface WritingOptions {
  /** the address at which it will be published, with `/` at its end, for search engines */
  site?: string;
  /** is told what goes on, a line at a time, where it takes long */
  onProgress?: (line: string) => void;
}

/**
 * @param files - the notebooks, the English ones first; figures already have their pictures
 * @param folder - where the book goes; what is in it is lost
 * @throws Error that names notebook and cell, if a formula cannot be set or a cell does not compile
 */
export async function writeBook(
  files: readonly NotebookFile[],
  folder: string,
  { site, onProgress = () => {} }: WritingOptions = {},
): Promise<WrittenBook> {
  // What an earlier book published may not be meant for it any more.
  fs.rmSync(folder, { recursive: true, force: true });
  const compiled = compileAhead(
    files.filter((file) => whyNotInPage(file) === undefined),
    (done, of) => onProgress(`${done} of ${of} notebooks are compiled.`),
  );
  // Whoever waits for it hears of a fault; until then it is nobody's.
  compiled.catch(() => {});
  const pages: PagePassages[] = [];
  const dead = await writePages(files, folder, whyNotInPage, (page) => pages.push(page), site);
  onProgress(`${pages.length} pages are written.`);
  await compiled;
  const warnings = await writeRun(files, folder);
  await writeShell(pages, folder);
  return { kept: await writeServiceWorker(folder), dead, warnings };
}
