/** Finds passages of the book by the words of a reader. */
import MiniSearch, { type SearchResult } from 'minisearch';
import type { PagePassages } from '../../shell/sections';
import { askedWords, han, placesOf, stem, wordsOf } from './words';

/** A passage that was found. */
export interface Found {
  /** its address, seen from the book's folder */
  address: string;
  title: string;
  heading: string;
  /** a piece of it around the first word found, in parts, those found marked */
  excerpt: { text: string; found: boolean }[];
}

/** @returns what finds, for a reader's words, the passages that hold them, the best first */
export function finderOf(pages: readonly PagePassages[]): (words: string) => Found[] {
  const passages = pages.flatMap(({ page, title, passages }) =>
    passages.map((passage) => ({ ...passage, page, title })),
  );
  const index = new MiniSearch({
    fields: ['heading', 'text', 'code'],
    tokenize: wordsOf,
    processTerm: stem,
    searchOptions: {
      tokenize: (words) => Object.values(askedWords(words)).flat(),
      boost: { heading: 4, text: 2 },
      prefix: (term) => term.length > 1 || han.test(term),
      fuzzy: (term) => (term.length > 5 ? 0.17 : false),
      weights: { fuzzy: 0.2, prefix: 0.5 },
    },
  });
  index.addAll(
    passages.map(({ heading, begins, text, code }, id) => ({
      id,
      heading: begins ? heading : '',
      text,
      code,
    })),
  );
  /** Those first on whose page most of the words stand, wherever there; else in their order. */
  function fullestPagesFirst(hits: readonly SearchResult[], needed: readonly string[]): SearchResult[] {
    const held = new Map<string, Set<string>>();
    for (const { id, queryTerms } of hits) {
      const { page } = passages[id];
      const terms = queryTerms.filter((term) => needed.includes(term));
      held.set(page, new Set([...(held.get(page) ?? []), ...terms]));
    }
    const countAt = ({ id }: SearchResult) => held.get(passages[id].page)?.size ?? 0;
    return [...hits].sort((a, b) => countAt(b) - countAt(a));
  }
  return (words) => {
    if (wordsOf(words).length === 0) return [];
    const some = index.search(words);
    const needed = askedWords(words).needed.map(stem);
    const all = some.filter(({ queryTerms }) => needed.every((term) => queryTerms.includes(term)));
    // Rather some of the words than nothing.
    const hits = all.length > 0 ? all : fullestPagesFirst(some, needed);
    return hits.map(({ id, terms, queryTerms }) => {
      const { page, cell, title, heading, text, code } = passages[id];
      return {
        address: `${page}#cell-id=${cell}`,
        title,
        heading,
        // Of Chinese what was asked for is marked, not the longer term that begins with it.
        excerpt: excerptOf(text || code || heading, [
          ...terms.filter((term) => !han.test(term)),
          ...queryTerms.filter((term) => han.test(term)),
        ]),
      };
    });
  };
}

/** A piece of a text around the first of some terms. */
function excerptOf(text: string, terms: readonly string[]): Found['excerpt'] {
  const marks = placesOf(text, new Set(terms));
  // Chinese letters are twice as wide as Latin ones.
  const width = (letters: number) => (hanShare(text) > 0.2 ? letters / 2 : letters);
  const first = marks[0]?.[0] ?? 0;
  const start = first <= width(70) ? 0 : breakIn(text, first - width(70), first);
  const most = start + width(220);
  const end = most < text.length ? lastBreakIn(text, start + width(110), most) : text.length;
  const parts: Found['excerpt'] = [{ text: start > 0 ? '… ' : '', found: false }];
  let at = start;
  for (const [from, to] of marks) {
    if (from < at || to > end) continue;
    parts.push({ text: text.slice(at, from), found: false }, { text: text.slice(from, to), found: true });
    at = to;
  }
  parts.push({ text: text.slice(at, end) + (end < text.length ? ' …' : ''), found: false });
  return parts.filter((part) => part.text);
}

const hanShare = (text: string) => (text.match(/\p{Script=Han}/gu) ?? []).length / text.length;
const breaks = /[\s，。；：、！？]/;

/** The first place in a stretch of text behind which it may be cut; the beginning of the stretch where there is none. */
function breakIn(text: string, from: number, to: number): number {
  const place = text.slice(from, to).search(breaks);
  return place < 0 ? from : from + place + 1;
}

/** The last such place; the end of the stretch where there is none. */
function lastBreakIn(text: string, from: number, to: number): number {
  for (let place = to; place > from; place--) if (breaks.test(text[place])) return place;
  return to;
}
