/** What a translated cell shows, labels of figures, tables, lines that are printed: English words left in it, foreign signs. */
import { plotlyMimeType } from '../../lib/surroundings';
import { type Cell, joined, type Output } from '../notebooks/notebook-file';
import { type Fault, typographyFaults, valueSign, wordsLeft } from './cell-text';
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
    if (Array.isArray(value)) {
      // Columns of numbers are long, and none of them is a word.
      if (typeof value[0] !== 'number') for (const item of value) visit(item, field);
    } else if (value && typeof value === 'object') {
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
    .replace(/“[^”]*”|‘[^’]*’|"[^"]*"|`[^`]*`/g, ' ')
    .replace(/https?:\S+/g, ' ')
    .replace(/[A-Za-z_]\w*(?=\()/g, ' ')
    .replace(/[A-Za-z0-9_.-]*(?:[_/\\]|\d|\.(?=\w)|[a-z](?=[A-Z]))[\w./\\-]*/g, ' ')
    .replace(/\b[A-Z]{2,}s?\b(?!-[a-z])/g, ' ');
}

/** The English words in a text that are neither names nor stay as they are. */
function englishIn(text: string, edition: Edition, names: ReadonlySet<string>): string[] {
  const rest = withoutNames(text).replace(/[A-Za-z][\w-]*/g, (word) => (names.has(word) ? ' ' : word));
  return wordsLeft(rest, edition);
}

/** In Latin script a word may be the language's own: so many of them, as they are in English, are not. */
const mostAlike = 2;

/**
 * Looks for labels that nobody has translated, and for signs set as in English.
 *
 * @param names - words that are names of the notebook's code, as those of its knobs
 * @returns a fault that names the words, if there are any, and one for each of the first signs
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
  const list = [...new Set(words)].slice(0, 8).map((word) => `'${word}'`);
  const be = list.length > 1 ? 'are' : 'is';
  return [
    ...(list.length > 0
      ? [['labels', `${list.join(', ')} ${be} shown in English: translate where the code says it`] as Fault]
      : []),
    ...signFaults(shown, edition),
  ];
}

/** Signs that are not the language's, by those of its rules that hold of what is shown, too. */
function signFaults(shown: readonly string[], edition: Edition): Fault[] {
  const typography = edition.settings.typography.filter((rule) => rule.shown);
  const faults = [...new Set(shown)].flatMap((text) =>
    typographyFaults(text.replace(/ *%\{[^}]*\}/g, valueSign), {
      ...edition,
      settings: { ...edition.settings, typography },
    }),
  );
  return faults.slice(0, 3).map(([, what]): Fault => ['labels', `${what}, in what it shows`]);
}
