/** Editions of the course in other languages: where they lie, and what is told of each language in its `edition.json`. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';
import { findNotebooks, type NotebookFile } from '../notebooks/notebook-file';

/** A word of the glossary in another language. */
export interface Term {
  word: string;
  /** other words for it, which the edition does not use */
  not?: string[];
  /** whether the English word has other meanings too, so that a cell that has it need not have this word */
  loose?: boolean;
}

/** A rule of typography: what it finds is a fault. */
export interface TypographyRule {
  pattern: string;
  why: string;
  /** whether it also holds of what cells show, where blanks may align columns */
  shown?: boolean;
}

/** What `notebooks/LANGUAGE/edition.json` says of a language; nothing else in the tools knows one. */
export interface EditionSettings {
  /** for HTML: `zh-Hans` */
  tag: string;
  /** the language's name in itself */
  name: string;
  /** fonts that have its letters, as systems bring them: the pages of the book ask for the first that is there */
  fonts?: string[];
  /** JupyterLab's name of the language, `zh_CN`, where `tools/setup/python/language-packs/` locks its pack */
  jupyterlab?: string;
  /** Unicode's name of the script in which its prose is written; in Latin script nothing is counted */
  script: string;
  /** words behind a number that multiply it */
  magnitudes: Record<string, number>;
  /** the sign before a number's decimals, where it is the comma: then a point parts the thousands */
  decimal?: ',';
  /** what every notebook says in the same words, from English; `{n}` is a number */
  phrases: Record<string, string>;
  /** what the pages say that are written from the notebooks, as `docs/claims.md`, besides the notebooks' text, from English */
  documents?: Record<string, string>;
  /** words in Latin script that stay as they are */
  verbatim: string[];
  typography: TypographyRule[];
  glossary: Record<string, Term>;
}

/** An edition of the course. */
export interface Edition {
  /** the folder's name: `zh` */
  language: string;
  folder: string;
  settings: EditionSettings;
}

/** The folder of the English notebooks. */
export const englishFolder = path.join(projectRoot(), 'notebooks');
const settingsFile = 'edition.json';

/** @returns the languages of which there is an edition in a folder of notebooks, in order */
export function languagesIn(folder = englishFolder): string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => fs.existsSync(path.join(folder, name, settingsFile)))
    .sort();
}

/**
 * Reads what is told of a language.
 *
 * @throws Error if there is no edition in it
 */
export function readEdition(language: string, english = englishFolder): Edition {
  const folder = path.join(english, language);
  const file = path.join(folder, settingsFile);
  if (!fs.existsSync(file)) {
    const there = languagesIn(english).join(', ') || 'none';
    throw new Error(
      `Cannot find an edition '${language}'; there are: ${there}. \`npm run translate -- start ${language}\` begins one`,
    );
  }
  return { language, folder, settings: JSON.parse(fs.readFileSync(file, 'utf8')) };
}

/** An English notebook and its translation. */
export interface Pair {
  english: NotebookFile;
  /** undefined where it is not begun */
  translated?: NotebookFile;
}

/** What an edition holds. */
export interface Contents {
  pairs: Pair[];
  /** notebooks of the edition that the course has not */
  orphans: NotebookFile[];
}

/**
 * Reads an edition beside the English course.
 *
 * @param wanted - numbers or names; all notebooks if empty
 */
export function readContents(
  edition: Edition,
  wanted: readonly string[] = [],
  english = englishFolder,
): Contents {
  const own = findNotebooks(edition.folder);
  const course = findNotebooks(english, wanted);
  const pairs = course.map((file) => ({
    english: file,
    translated: own.find(({ name }) => name === file.name),
  }));
  const names = new Set(findNotebooks(english).map(({ name }) => name));
  return { pairs, orphans: own.filter(({ name }) => !names.has(name)) };
}

const begun: EditionSettings = {
  tag: '',
  name: '',
  script: 'Latin',
  magnitudes: {},
  phrases: {},
  documents: {},
  verbatim: [],
  typography: [],
  glossary: {},
};

/**
 * Begins an edition without notebooks: its folder with an `edition.json` in which phrases and terms stand for themselves until they
 * are translated, and the link by which a stock kernel finds `lib`.
 *
 * @param terms - the words of the glossary
 * @param like - of another edition: its phrases and those of its pages, the terms that it has besides and those with several
 * meanings, its names
 * @throws Error if the edition is there, or its name is no language's
 */
export function startEdition(
  language: string,
  terms: readonly string[],
  like: Partial<EditionSettings> = {},
  english = englishFolder,
): string {
  if (!/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(language)) {
    throw new Error(`Cannot begin an edition: '${language}' is no language's code, such as de or pt-BR`);
  }
  const folder = path.join(english, language);
  if (fs.existsSync(folder)) throw new Error(`Cannot begin an edition: ${folder} is there already`);
  fs.mkdirSync(folder);
  fs.symlinkSync(path.join('..', '..', 'lib'), path.join(folder, 'lib'));
  const { phrases = {}, documents = {}, glossary = {}, verbatim = [] } = like;
  const asTheyAre = (words: object) => Object.fromEntries(Object.keys(words).map((one) => [one, one]));
  const ownTerm = (term: string): [string, Term] => [
    term,
    { word: term, ...(glossary[term]?.loose && { loose: true }) },
  ];
  const settings: EditionSettings = {
    ...begun,
    tag: language,
    name: language,
    phrases: asTheyAre(phrases),
    documents: asTheyAre(documents),
    verbatim: [...verbatim],
    glossary: Object.fromEntries([...new Set([...terms, ...Object.keys(glossary)])].map(ownTerm)),
  };
  fs.writeFileSync(path.join(folder, settingsFile), `${JSON.stringify(settings, null, 2)}\n`);
  return folder;
}

/** @returns the words of the glossary in `docs/notation.md` */
export function glossaryTerms(): string[] {
  const page = fs.readFileSync(path.join(projectRoot(), 'docs', 'notation.md'), 'utf8');
  const table = page.slice(page.indexOf('\n## Glossary'));
  return [...table.matchAll(/^\| ([^|]+?) \|/gm)].map(([, word]) => word).filter((word) => word !== 'word');
}
