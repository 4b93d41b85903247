/** Finds passages of the book by the words of a reader. */
import MiniSearch, { type Query } from 'minisearch';
import type { PagePassages } from '../../shell/sections';
import { stem, wordsOf } from './words';

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
      boost: { heading: 4, text: 2 },
      prefix: (term) => term.length > 1 || /\p{Script=Han}/u.test(term),
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
  return (words) => {
    if (wordsOf(words).length === 0) return [];
    const all: Query = { combineWith: 'AND', queries: [words] };
    const found = index.search(all);
    // Rather some of the words than nothing.
    const hits = found.length > 0 ? found : index.search(words);
    return hits.map(({ id, terms }) => {
      const { page, cell, title, heading, text, code } = passages[id];
      return {
        address: `${page}#cell-id=${cell}`,
        title,
        heading,
        excerpt: excerptOf(text || code || heading, terms),
      };
    });
  };
}

/** A piece of a text around the first of some terms. */
function excerptOf(text: string, terms: readonly string[]): Found['excerpt'] {
  const marks = placesOf(text, terms);
  const from = Math.max(0, (marks[0]?.[0] ?? 0) - 70);
  const start = from === 0 ? 0 : text.indexOf(' ', from) + 1 || from;
  const most = start + 220;
  const end = most < text.length ? Math.max(text.lastIndexOf(' ', most), start + 110) : text.length;
  const parts: Found['excerpt'] = [{ text: start > 0 ? '… ' : '', found: false }];
  let at = start;
  for (const [first, last] of marks) {
    if (first < at || last > end) continue;
    parts.push({ text: text.slice(at, first), found: false }, { text: text.slice(first, last), found: true });
    at = last;
  }
  parts.push({ text: text.slice(at, end) + (end < text.length ? ' …' : ''), found: false });
  return parts.filter((part) => part.text);
}

/** Where a text has the terms: words that would be kept under one of them. */
function placesOf(text: string, terms: readonly string[]): [first: number, last: number][] {
  const words = text.matchAll(/\p{Script=Han}{1,2}|[\p{L}\p{N}_](?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}_])*/gu);
  const places: [number, number][] = [];
  for (const { 0: word, index } of words) {
    const kept = wordsOf(word).map(stem);
    if (kept.some((term) => terms.includes(term))) places.push([index, index + word.length]);
  }
  return places;
}
