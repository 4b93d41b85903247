/** Whether an edition's page of notation and glossary says what the English one says, in the edition's own words. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';
import { type Fault, glossaryFaults, markdownFaults } from './cell-text';
import { type Edition, glossaryTerms } from './edition';
import type { Finding } from './findings';
import { markdownParts } from './markdown-parts';

/** The page, seen from the project's folder. */
export const notationPage = (language?: string): string =>
  ['docs', language, 'notation.md'].filter(Boolean).join('/');

const read = (file: string) => fs.readFileSync(path.join(projectRoot(), file), 'utf8');
const sectionsOf = (text: string) => text.split(/^(?=#{1,3} )/m).filter((section) => section.trim());
const rowsOf = (section: string) => section.split('\n').filter((line) => /^\| (?!-)/.test(line));
/** A bar within a formula parts nothing. */
const cellsOf = (row: string) => row.split(/ \| /).map((cell) => cell.replace(/^\| | \|$/g, ''));

/** @returns what is wrong with the page, of an edition that has one */
export function notationFindings(edition: Edition): Finding[] {
  const file = notationPage(edition.language);
  if (!fs.existsSync(path.join(projectRoot(), file))) return [];
  return notationFaults(edition, read(notationPage()), read(file)).map(([kind, what]) => {
    return { notebook: file, cell: '', kind, what };
  });
}

/**
 * Compares the two pages, section by section. In the glossary of a translation a second column holds the English term.
 *
 * @param english - the text of the English page
 * @param translated - that of the edition's
 */
export function notationFaults(edition: Edition, english: string, translated: string): Fault[] {
  const [one, other] = [sectionsOf(english), sectionsOf(translated)];
  if (one.length !== other.length)
    return [['form', `${other.length} sections; the English page has ${one.length}`]];
  return one.flatMap((section, index): Fault[] => {
    const isGlossary = section.startsWith('## Glossary');
    const own = isGlossary ? withoutEnglish(other[index]) : other[index];
    const place = section.split('\n', 1)[0];
    const faults = [
      ...markdownFaults(section, own, edition, (target) => linkTo(edition, target)),
      ...glossaryFaults(markdownParts(section).prose, own, edition),
      ...(isGlossary ? termFaults(edition, section, other[index]) : rowFaults(section, own)),
    ];
    return faults.map(([kind, what]) => [kind, `${place}: ${what}`]);
  });
}

/** From the page a link leads one folder further up, and to the edition's own notebooks. */
const linkTo = ({ language }: Edition, target: string) =>
  `../${target.replace(/^\.\.\/notebooks\//, `../notebooks/${language}/`)}`;

/** The glossary without the column of the English terms. */
function withoutEnglish(section: string): string {
  const shorter = (line: string) => {
    const cells = cellsOf(line);
    return `| ${[cells[0], ...cells.slice(2)].join(' | ')} |`;
  };
  return section.replace(/^\| .*$/gm, shorter).replace('|-|-|-|-|', '|-|-|-|');
}

/** Each term has its row, in the order of the English page, under the edition's word for it, and says it in its words. */
function termFaults({ settings }: Edition, english: string, section: string): Fault[] {
  const rows = rowsOf(section).slice(1).map(cellsOf);
  const before = rowsOf(english).slice(1).map(cellsOf);
  const terms = rows.map(([, term]) => term);
  if (terms.join() !== glossaryTerms().join())
    return [['form', 'the English terms are not those of the English page, in their order']];
  return rows.flatMap(([word, term, meaning], index): Fault[] => {
    const known = settings.glossary[term]?.word;
    if (meaning === before[index][1] && /[a-z]{2,} [a-z]{2,}/i.test(meaning))
      return [['untranslated', `what '${term}' means is as in English`]];
    // That a term has none is told of the edition itself.
    return known === undefined || word === known
      ? []
      : [['glossary', `'${term}' is '${known}', here '${word}'`]];
  });
}

/** Row by row, the symbols, their shapes and their names in code. */
function rowFaults(english: string, translated: string): Fault[] {
  const signs = (row: string) => {
    const { formulas, spans } = markdownParts(row);
    return [...formulas, ...spans].sort().join(' ');
  };
  const own = rowsOf(translated);
  return rowsOf(english).flatMap((row, index): Fault[] =>
    own[index] !== undefined && signs(row) === signs(own[index])
      ? []
      : [['formulas', `the row of ${cellsOf(row)[0]} holds other symbols or names`]],
  );
}
