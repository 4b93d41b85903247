/** Writes the book's shell: search, and what keeps the whole book in a reader's browser. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { projectRoot } from '../../../lib/surroundings';
import { editionOf, original, placeOf } from '../page/edition';
import { isOnRequest } from '../page/shell/on-request';
import { fewFolder } from '../site-files';
import type { PagePassages } from './sections';

const source = path.join(projectRoot(), 'tools', 'book', 'page', 'shell');

/** A browser loads no module from a disk. */
const classicScript: BuildOptions = {
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  charset: 'utf8',
  minify: true,
  logLevel: 'error',
};

/**
 * Writes the scripts that all pages load, and beside the pages of each edition what their search finds.
 *
 * @param pages - with their passages
 * @param book - the book's folder
 */
export async function writeShell(pages: readonly PagePassages[], book: string): Promise<void> {
  const folder = path.join(book, 'shell');
  fs.rmSync(folder, { recursive: true, force: true });
  await build({
    ...classicScript,
    entryPoints: ['shell', 'search'].map((name) => path.join(source, `${name}.ts`)),
    outdir: folder,
  });
  const languages = languagesOf(book);
  for (const language of [original, ...languages]) {
    const own = JSON.stringify(pages.filter(({ page }) => editionOf(page, languages) === language));
    const file = path.join(book, placeOf(language), 'passages.js');
    fs.writeFileSync(file, `window.descentPassages=${own};\n`);
  }
}

/** The languages of a book besides English: folders with contents of their own. */
function languagesOf(book: string): string[] {
  return fs.readdirSync(book).filter((name) => fs.existsSync(path.join(book, name, 'index.html')));
}

/** Data of more bytes than this, such as MNIST's pictures, a browser does not keep before a cell asks for them. */
const mostOfData = 1.5e6;

/** What a browser keeps of one edition, with what all have in common. */
export interface KeptFiles {
  language: string;
  count: number;
  bytes: number;
}

/** Whether a browser keeps a file of the book before it is asked for. */
function isKept(book: string, name: string): boolean {
  const found = fs.statSync(path.join(book, name));
  const large = /(?:^|\/)data\//.test(name) && found.size > mostOfData;
  const chosen = name.includes(`/data/${fewFolder}`);
  return found.isFile() && !large && !chosen && name !== 'service-worker.js';
}

/**
 * Writes the service worker, with the name and hash of every file that it keeps: the last thing to be written.
 *
 * @param book - the book's folder
 * @returns how many files it keeps for who reads one language, and their bytes
 */
export async function writeServiceWorker(book: string): Promise<KeptFiles[]> {
  const languages = languagesOf(book);
  const kept = fs
    .readdirSync(book, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll(path.sep, '/'))
    .filter((name) => isKept(book, name))
    .sort();
  const sums = [original, ...languages].map((language) => ({ language, count: 0, bytes: 0 }));
  const hashes = kept.map((name) => {
    const content = fs.readFileSync(path.join(book, name));
    const owner = editionOf(name, languages);
    const keepers = isOnRequest(name) ? [] : sums;
    for (const sum of keepers.filter(({ language }) => (owner ?? language) === language)) {
      sum.count += 1;
      sum.bytes += content.length;
    }
    return [name, createHash('sha256').update(content).digest('hex').slice(0, 32)];
  });
  await build({
    ...classicScript,
    entryPoints: [path.join(source, 'service-worker.ts')],
    outfile: path.join(book, 'service-worker.js'),
    define: {
      files: JSON.stringify(Object.fromEntries(hashes)),
      languages: JSON.stringify(languages),
    },
  });
  return sums;
}
