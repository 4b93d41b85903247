/** What pages say in other languages than English: a file for each, that its own pages load and no other. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Plugin } from 'esbuild';
import { translations as ofCourse } from '../../lib/page';
import { fileOfWords, translations as ofBook } from './page/say';

/** Where all bundles of a page look for the words of a language: empty until its file has come. */
const table = (language: string) => `((globalThis.__words__ ??= {}).${language} ??= {})`;

/**
 * Writes the words of languages: a script for the page, and a module for its worker.
 *
 * @param languages - those of the book
 * @param folder - of the runtime
 */
export function writeWords(languages: Iterable<string>, folder: string): void {
  for (const language of new Set(languages)) {
    const name = fileOfWords(language);
    if (name === undefined) continue;
    const file = path.join(folder, name);
    const words = { ...ofCourse[language], ...ofBook[language] };
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `Object.assign(${table(language)}, ${JSON.stringify(words)});\n`);
  }
}

/** Keeps the words of other languages out of a bundle. */
export const wordsApart: Plugin = {
  name: 'words-apart',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]words[/\\]\w+\.ts$/ }, ({ path: file }) => {
      const { name } = path.parse(file);
      return { contents: `export const ${name} = ${table(name)};`, loader: 'js' };
    });
  },
};
