/** The book's own words to a reader, in the language of the edition that he reads: in its pages, and where they are written. */
import { placeOf } from './edition';
import { zh } from './words/zh';

/** What a language says for each English sentence; `{name}` stands for a value. */
export type Words = Readonly<Record<string, string>>;

/** The languages besides English, each called as its folder of notebooks is. */
export const translations: Readonly<Record<string, Words>> = { zh };

/** @returns the file of a language's words, seen from the runtime's folder: `zh/words.js`; nothing where it has none */
export function fileOfWords(language: string): string | undefined {
  return Object.hasOwn(translations, language) ? `${placeOf(language)}words.js` : undefined;
}

/** @param english - the sentence, with names of values in braces @returns it in a language; in English where that has no words for it */
export type Say = (english: string, values?: Readonly<Record<string, string | number>>) => string;

/** @returns what says a sentence in a language: `sayIn('zh')('{count} passages.', { count: 3 })` */
export function sayIn(language: string): Say {
  const words = Object.hasOwn(translations, language) ? translations[language] : {};
  return (english, values = {}) =>
    (words[english] ?? english).replace(/\{(\w+)\}/g, (whole, name) =>
      Object.hasOwn(values, name) ? String(values[name]) : whole,
    );
}

let inPage = sayIn('en');

/** Says what the language of this page is, before anything is said. */
export function speak(language: string): void {
  inPage = sayIn(language);
}

/** Says a sentence in the language of this page. */
export const say: Say = (english, values) => inPage(english, values);
