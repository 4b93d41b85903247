/** What stands around the text of every page: its head, the way to the other pages, the contents at its side. */
import { escapeHtml } from '../../../lib/surroundings';
import { sideContents } from './sections';

/** What pages may do: show themselves, their pictures and KaTeX's fonts. No script, no frame, no network. */
const policy =
  "default-src 'none'; img-src data: 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; base-uri 'none'; form-action 'none'";
/** What pages with the book's scripts may do besides: run those, and no others. */
const policyOfBook = `${policy}; script-src 'self'; worker-src 'self'; connect-src 'self'`;
/** And pages that run: WebAssembly too, but no text as code. */
const policyOfRun = policyOfBook
  .replace('img-src', 'img-src blob:')
  .replace("'self'; worker", "'self' 'wasm-unsafe-eval'; worker");

/** A page, and what is to stand in it. */
export interface PageParts {
  title: string;
  /** HTML of the text */
  main: string;
  /** HTML of links to other pages, for its head and foot */
  navigation: string;
  /** HTML between head and text */
  note?: string;
  /** the way to the book's folder: `../` */
  up?: string;
  /** whether the book's scripts come along: search, and keeping it for reading without a network */
  scripts?: boolean;
  /** the notebook that runs in this page, if one does */
  runs?: string;
}

/** @returns the whole of a page */
export function htmlPage({ title, main, navigation, note = '', up = '', scripts, runs }: PageParts): string {
  const book = scripts ? `<script src="${up}shell/shell.js" defer></script>` : '';
  const run = runs
    ? `<script src="${up}run/page.js" defer data-notebook="${escapeHtml(runs)}"></script>`
    : '';
  const katex = main.includes('class="katex')
    ? `<link rel="stylesheet" href="${up}katex/katex.min.css">`
    : '';
  const icon = scripts || runs ? '<link rel="icon" href="data:,">' : '';
  const allowed = runs ? policyOfRun : scripts ? policyOfBook : policy;
  const side = sideContents(main);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${allowed}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>${katex}<link rel="stylesheet" href="${up}book.css">${icon}${book}${run}</head><body${side && ' class="with-side"'}>
<a class="skip" href="#page-text">To the text</a>
<header>${navigation && `<nav aria-label="Pages">${navigation}</nav>`}</header>
${side}
${note}<main id="page-text" tabindex="-1">${main}</main>
<footer>${navigation && `<nav aria-label="Pages, below">${navigation}</nav>`}</footer>
</body></html>
`;
}
