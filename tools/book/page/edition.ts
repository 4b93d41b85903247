/** Where each edition of the book lies among its files: the English one in the book's folder, the others in folders of it. */

/** The language that the course is written in. */
export const original = 'en';

/** @returns the place of an edition's pages, seen from the book's folder: `zh/`; nothing of the English ones */
export const placeOf = (language: string): string => (language === original ? '' : `${language}/`);

/** What all editions have in common: fonts, scripts, data, but not the cells. */
const shared = /^(?:katex|shell|run)\/(?!cells\/)|^[^/]+\.css$/;

/**
 * Whose file it is.
 *
 * @param file - seen from the book's folder
 * @param languages - of the editions besides the English one
 * @returns the language of its edition; `undefined` if they share it
 */
export function editionOf(file: string, languages: readonly string[]): string | undefined {
  const own = (language: string) =>
    ['', 'run/', 'run/cells/', 'run/data/'].map((folder) => `${folder}${language}/`);
  const other = languages.find((language) => own(language).some((folder) => file.startsWith(folder)));
  return other ?? (shared.test(file) ? undefined : original);
}
