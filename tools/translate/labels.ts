/** English words that are left in what a translated cell shows: labels of figures, tables, lines that are printed. */
import { plotlyMimeType } from '../../lib/surroundings';
import { type Cell, joined, type Output } from '../notebooks/notebook-file';
import { type Fault, wordsLeft } from './cell-text';
import type { Edition } from './edition';

/** Fields of a figure whose texts a reader sees; on an axis of names `x` and `y` hold them. */
const shownFields =
  /^(text|title|name|label|prefix|suffix|ticktext|hovertemplate|hovertext|x|y|labels|categoryarray)$/;
/** Parts of a figure in which nothing is shown. */
const silentParts = /^(template|config|args|marker|line|font)$/;

/** @returns the texts of a figure that are drawn, or shown where the mouse rests, each once */
function textsOfFigure(figure: unknown): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, field: string) => {
    if (typeof value === 'string' && shownFields.test(field)) found.add(value);
    if (Array.isArray(value)) for (const item of value) visit(item, field);
    else if (value && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) if (!silentParts.test(key)) visit(inner, key);
    }
  };
  visit(figure, '');
  return [...found];
}

/** The text of a page: without scripts, styles and tags. */
function textOfPage(html: string): string {
  return html
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^<>]*>/g, '\n')
    .replace(/&(lt|gt|amp|quot|#39);/g, ' ');
}

/** @returns what an output shows, text by text; formulas are left out */
function shownIn({ text, data = {} }: Output): string[] {
  const plain = 'text/latex' in data ? '' : joined(data['text/plain'] as string | string[] | undefined);
  const page = textOfPage(joined(data['text/html'] as string | string[] | undefined));
  const lines = [joined(text), plain, page].flatMap((one) => one.split('\n'));
  return [...lines, ...textsOfFigure(data[plotlyMimeType])].filter((one) => one.trim() !== '');
}

/** A text without what stands for values, is quoted, or is a name of code, a path or an address. */
function withoutNames(text: string): string {
  return text
    .replace(/%\{[^}]*\}|<[^<>]*>|&#?\w+;/g, ' ')
    .replace(/“[^”]*”|‘[^’]*’|"[^"]*"/g, ' ')
    .replace(/https?:\S+/g, ' ')
    .replace(/[A-Za-z0-9_.-]*(?:[_/\\]|\d|\.(?=\w)|[a-z](?=[A-Z]))[\w./\\-]*/g, ' ')
    .replace(/\b[A-Z]{2,}s?\b/g, ' ');
}

/** The English words in a text that are neither names nor stay as they are. */
function englishIn(text: string, edition: Edition, names: ReadonlySet<string>): string[] {
  return wordsLeft(withoutNames(text), edition).filter((word) => !names.has(word));
}

/** In Latin script a word may be the language's own: so many of them, as they are in English, are not. */
const mostAlike = 2;

/**
 * Looks for labels that nobody has translated.
 *
 * @param names - words that are names of the notebook's code, as those of its knobs
 * @returns a fault that names the words, if there are any
 */
export function labelFaults(
  edition: Edition,
  english: Cell,
  translated: Cell,
  names: ReadonlySet<string>,
): Fault[] {
  const shown = (translated.outputs ?? []).flatMap(shownIn);
  const isLatin = edition.settings.script === 'Latin';
  const original = new Set(isLatin ? (english.outputs ?? []).flatMap(shownIn) : []);
  const words = shown.flatMap((text) => {
    const left = englishIn(text, edition, names);
    return !isLatin || (original.has(text) && left.length > mostAlike) ? left : [];
  });
  if (words.length === 0) return [];
  const list = [...new Set(words)].slice(0, 8).map((word) => `'${word}'`);
  return [
    ['labels', `${list.join(', ')} ${list.length > 1 ? 'are' : 'is'} shown in English: translate where the code says it`],
  ];
}
