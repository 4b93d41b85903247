/** The course's own words to a reader, in the language of the notebook. Errors that only a developer meets stay English. */
import { host } from './host';
import { zh } from './words/zh';

/** What a language says for each English sentence; `{name}` stands for a value. */
export type Words = Readonly<Record<string, string>>;

/** The languages besides English, each called as its folder of notebooks is. */
export const translations: Readonly<Record<string, Words>> = { zh };

/** The setting that names the language where the notebook's place does not. */
export const languageSetting = 'DESCENT_LANGUAGE';
/** Where Jupyter tells a kernel which notebook it serves. */
const sessionSetting = 'JPY_SESSION_NAME';

/**
 * The language in which the course speaks.
 *
 * @returns what the setting says; else the folder of the notebook, where it is a language's; else `en`
 */
export function language(): string {
  const told = host().environment(languageSetting);
  if (told) return told;
  const folder = host().environment(sessionSetting)?.split(/[\\/]/).at(-2) ?? '';
  return folder in translations ? folder : 'en';
}

/**
 * Says a sentence in the language of the notebook.
 *
 * @param english - the sentence, with names of values in braces
 * @param values - what they are
 * @returns in English where the language has no words for it
 *
 * @example
 * say('{value} is too large.', { value: 3 });
 */
export function say(english: string, values: Readonly<Record<string, string | number>> = {}): string {
  const words = translations[language()]?.[english] ?? english;
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * Per cent as the language writes it.
 *
 * @param number - as it is to be shown
 * @returns `97.1 %`, in Chinese `97.1%`
 */
export function inPercent(number: string | number): string {
  return say('{number} %', { number });
}

/**
 * A large number in the words that the language counts by.
 *
 * @param value - any number
 * @returns four digits and the word: `175 billion`, in Chinese `1750 亿`; below 10⁹ all its digits
 */
export function inWords(value: number): string {
  if (Math.abs(value) < 1e9) return value.toLocaleString('en');
  const format = { notation: 'compact', compactDisplay: 'long', maximumSignificantDigits: 4 } as const;
  const counted = new Intl.NumberFormat(language(), { ...format, useGrouping: false }).format(value);
  return counted.replace(/(\d)(\p{Lo})/u, '$1 $2');
}
