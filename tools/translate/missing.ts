/** What an edition still lacks, beside the notebooks that it has begun. Nothing of it is a fault: it is what comes next. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';
import type { Contents, Edition } from './edition';
import { notationPage } from './notation';

/** How many of a list are named. */
const named = 4;

/** @returns a line for each kind of thing that is still to be done, such as `notebooks not begun: 00-start-here, …` */
export function missingIn(edition: Edition, { pairs }: Contents): string[] {
  const { language, settings } = edition;
  const stays = new Set(settings.verbatim);
  const asInEnglish = (words: Readonly<Record<string, string>>) =>
    Object.entries(words).flatMap(([english, own]) => (own === english && !stays.has(own) ? [own] : []));
  const terms = Object.fromEntries(Object.entries(settings.glossary).map(([term, { word }]) => [term, word]));
  const files = [
    [`lib/base/words/${language}.ts`, 'what the course itself says'],
    [`tools/book/page/words/${language}.ts`, "what the book's pages say"],
    [notationPage(language), 'notation and glossary'],
    [`README.${language}.md`, 'what a visitor reads first'],
  ] as const;
  return [
    ...line(
      'notebooks not begun',
      pairs.flatMap(({ english, translated }) => (translated ? [] : [english.name])),
    ),
    ...(settings.name === language ? ["edition.json: the language's name in itself"] : []),
    ...line('phrases as in English', asInEnglish(settings.phrases)),
    ...line('words of written pages as in English', asInEnglish(settings.documents ?? {})),
    ...line('terms as in English, and no names that stay', asInEnglish(terms)),
    ...files.flatMap(([file, what]) => (isThere(file) ? [] : [`${file}: ${what}`])),
  ];
}

const isThere = (file: string) => fs.existsSync(path.join(projectRoot(), file));

function line(what: string, list: readonly string[]): string[] {
  if (list.length === 0) return [];
  const more = list.length > named ? `, and ${list.length - named} more` : '';
  return [`${what}: ${list.slice(0, named).join(', ')}${more}`];
}
