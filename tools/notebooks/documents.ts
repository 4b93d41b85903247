/** Documents of the project that are pages of the book, such as the glossary. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';
import type { NotebookFile } from './notebook-file';

/** @returns whether a file of the project, seen from its folder, is set like the text of a notebook */
export const isDocument = (source: string): boolean => /^docs\/.+\.md$/.test(source);

/** @returns what a document is called in every language: that of `docs/zh/notation.md` is `docs/notation.md` */
export function documentKey(source: string, language: string): string {
  const own = `docs/${language}/`;
  return source.startsWith(own) ? `docs/${source.slice(own.length)}` : source;
}

/** @returns a document as a notebook, one cell a section, so that a search leads to the section */
export function readDocument(source: string): NotebookFile {
  const file = path.join(projectRoot(), source);
  const sections = fs
    .readFileSync(file, 'utf8')
    .split(/^(?=#{1,3} )/m)
    .filter((text) => text.trim());
  const cells = sections.map((text, index) => ({
    cell_type: 'markdown' as const,
    id: `section-${index + 1}`,
    metadata: {},
    source: text,
  }));
  return { file, name: source, notebook: { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 } };
}
