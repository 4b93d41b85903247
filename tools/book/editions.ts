/** The editions of the book: each language's notebooks, and what their pages say besides. */
import * as path from 'node:path';
import { findNotebooks, type NotebookFile } from '../notebooks/notebook-file';
import { englishFolder, languagesIn, readEdition } from '../translate/edition';
import { original, placeOf } from './page/edition';
import { type Say, sayIn } from './page/say';

/** What pages need to know of a language. */
export interface PageLanguage {
  /** called as its folder of notebooks is: `zh` */
  language: string;
  /** for HTML: `zh-Hans` */
  tag: string;
  /** the language's name in itself */
  name: string;
  /** where the pages lie, seen from the book's folder */
  place: string;
  say: Say;
}

/** An edition of the book. */
export interface BookEdition extends PageLanguage {
  files: readonly NotebookFile[];
}

/** @returns the language of a notebook, by its folder */
export function languageOf(file: NotebookFile): string {
  const { dir, base } = path.parse(path.dirname(path.resolve(file.file)));
  return dir === englishFolder && languagesIn().includes(base) ? base : original;
}

/**
 * @param wanted - names or numbers of the English ones; all, if left out
 * @returns the notebooks of all editions, the English ones first; those that an edition has not begun are left out
 */
export function allNotebooks(wanted?: readonly string[], course = englishFolder): NotebookFile[] {
  const english = findNotebooks(course, wanted);
  const names = new Set(english.map(({ name }) => name));
  const others = languagesIn(course).flatMap((language) =>
    findNotebooks(readEdition(language, course).folder),
  );
  return [...english, ...others.filter(({ name }) => names.has(name))];
}

/** @returns what a page's runtime calls a notebook: `02-gradient-descent`, `zh/02-gradient-descent` */
export const nameInBook = (file: NotebookFile): string => placeOf(languageOf(file)) + file.name;

/** @returns what pages need to know of a language */
export function pageLanguage(language: string): PageLanguage {
  const { tag, name } =
    language === original ? { tag: original, name: 'English' } : readEdition(language).settings;
  return { language, tag, name, place: placeOf(language), say: sayIn(language) };
}

/** @returns notebooks by their language, English first */
export function editionsOf(files: readonly NotebookFile[]): BookEdition[] {
  return [original, ...languagesIn()].flatMap((language) => {
    const own = files.filter((file) => languageOf(file) === language);
    return own.length > 0 ? [{ ...pageLanguage(language), files: own }] : [];
  });
}
