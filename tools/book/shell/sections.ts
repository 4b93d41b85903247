/** What stands where in a page: its sections, for the contents at the side, and its passages, for the search. */
import { type Say, sayIn } from '../page/say';

/** A heading of a page. */
export interface Section {
  level: number;
  id: string;
  /** HTML */
  title: string;
}

/** @returns the headings of a page below its title, in their order */
export function sectionsOf(html: string): Section[] {
  const headings = html.matchAll(/<h([23]) id="([^"]*)">([\s\S]*?)<\/h\1>/g);
  return [...headings].map(([, level, id, title]) => ({ level: Number(level), id, title }));
}

/** @returns the contents of a page, to stand at its side; nothing for a page of one section */
export function sideContents(html: string, say: Say = sayIn('en')): string {
  const sections = sectionsOf(html);
  if (sections.length < 2) return '';
  const items = sections.map(({ level, id, title }) => {
    const words = title.replace(/<\/?a\b[^>]*>/g, '');
    return `<li class="level-${level}"><a href="#${id}">${words}</a></li>`;
  });
  const name = say('On this page');
  return `<nav class="side" aria-label="${name}"><details class="side-list"><summary>${name}</summary><ol>${items.join('')}</ol></details></nav>`;
}

/** What a search finds: a cell. */
export interface Passage {
  cell: string;
  /** the heading that it stands under, and whether it begins there */
  heading: string;
  begins: boolean;
  text: string;
  code: string;
}

/** What a search finds in one page. */
export interface PagePassages {
  /** its address, seen from the book's folder */
  page: string;
  title: string;
  passages: Passage[];
}

/**
 * @param html - the cells of a page, formulas as plain text
 * @returns the passages of the page, those of one cell together; outputs are left out: they are numbers and pictures
 */
export function passagesOf(html: string): Passage[] {
  const cells = html.split(/<div class="cell [^"]*" id="cell-id=/).slice(1);
  let heading = '';
  return cells.flatMap((cell) => {
    const id = cell.slice(0, cell.indexOf('"'));
    const shown = cell.slice(cell.indexOf('>') + 1).replace(/<div class="output_wrapper">[\s\S]*$/, '');
    const input = shown.replace(/<a class="cell-link"[\s\S]*?<\/a>/, '');
    const isCode = input.includes('class="input_area"');
    const [whole, found] = /<h[1-6][^>]*>([\s\S]*?)<\/h[1-6]>/.exec(input) ?? [];
    if (found !== undefined) heading = plain(found);
    const words = plain(whole === undefined ? input : input.replace(whole, ' '));
    const passage = { cell: id, heading, begins: found !== undefined };
    if (!words && !passage.begins) return [];
    return [{ ...passage, text: isCode ? '' : words, code: isCode ? words : '' }];
  });
}

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  '#39': "'",
  nbsp: ' ',
};

/** @returns the words of a piece of HTML, in one line */
export function plain(html: string): string {
  return html
    .replace(/<\/?(?:p|div|li|ul|ol|h\d|pre|table|tr|td|th|br|blockquote|details|summary)\b[^>]*>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&(#?\w+);/g, (whole, name) => entities[name] ?? whole)
    .replace(/\s+/g, ' ')
    .trim();
}
