/** What stands around the text of every page: its head, the way to the other pages, the contents at its side. */
import { escapeHtml } from '../../../lib/surroundings';
import { type PageLanguage, pageLanguage } from '../editions';
import { original } from '../page/edition';
import { fileOfWords } from '../page/say';
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
  /** the notebook that runs in this page, if one does: `02-gradient-descent`, `zh/02-gradient-descent` */
  runs?: string;
  /** English unless told */
  language?: PageLanguage;
  /** the address of the page, seen from its folder; without it the page stands alone */
  address?: string;
  /** where the page will be published, if that is known */
  site?: string;
  /** the same page in other languages, with its address seen from this one */
  others?: readonly { language: PageLanguage; address: string }[];
  /** whether its text stays English whatever the language */
  englishText?: boolean;
}

const english = pageLanguage(original);

/** @returns the whole of a page */
export function htmlPage(parts: PageParts): string {
  const { title, main, navigation, note = '', up = '', scripts, runs, language = english } = parts;
  const { say } = language;
  const book = scripts ? `<script src="${up}shell/shell.js" defer></script>` : '';
  const run = runs ? scriptsOfRun(runs, `${up}run/`, language.language) : '';
  const katex = main.includes('class="katex')
    ? `<link rel="stylesheet" href="${up}katex/katex.min.css">`
    : '';
  const icon = scripts || runs ? '<link rel="icon" href="data:,">' : '';
  const allowed = runs ? policyOfRun : scripts ? policyOfBook : policy;
  const side = sideContents(main, say);
  const mainLanguage = parts.englishText && language.language !== original ? ` lang="${original}"` : '';
  return `<!doctype html>
<html lang="${language.tag}" data-edition="${language.language}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${allowed}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>${alternates(parts)}${katex}<link rel="stylesheet" href="${up}book.css">${icon}${book}${run}</head><body${side && ' class="with-side"'}>
<a class="skip" href="#page-text">${say('To the text')}</a>
<header>${navigation && `<nav aria-label="${say('Pages')}">${navigation}</nav>`}${languageLinks(parts)}</header>
${side}
${note}<main id="page-text" tabindex="-1"${mainLanguage}>${main}</main>
<footer>${navigation && `<nav aria-label="${say('Pages, below')}">${navigation}</nav>`}</footer>
</body></html>
`;
}

/** What makes a page run: its words, where they are not English, and its script. */
function scriptsOfRun(notebook: string, folder: string, language: string): string {
  const words = fileOfWords(language);
  const said = words ? `<script src="${folder}${words}" defer></script>` : '';
  return `${said}<script src="${folder}page.js" defer data-notebook="${escapeHtml(notebook)}"></script>`;
}

/** Tells search engines where the page is, and where it is in other languages. */
function alternates({ address, site, language = english, others = [] }: PageParts): string {
  if (address === undefined) return '';
  const whole = (href: string) => (site ? new URL(href, site).href : href);
  const link = (tag: string, href: string) =>
    `<link rel="alternate" hreflang="${tag}" href="${whole(href)}">`;
  const all = [{ language, address }, ...others];
  const first = all.find((one) => one.language.language === original) ?? all[0];
  const each = all.map((one) => link(one.language.tag, one.address));
  const links = others.length > 0 ? [...each, link('x-default', first.address)] : [];
  return `<link rel="canonical" href="${whole(address)}">${links.join('')}`;
}

/** The way to the same page in other languages, each called as it calls itself. */
function languageLinks({ language = english, others = [] }: PageParts): string {
  if (others.length === 0) return '';
  const links = others.map(({ language: { tag, name }, address }) => {
    return `<a class="language" lang="${tag}" hreflang="${tag}" href="${address}">${escapeHtml(name)}</a>`;
  });
  return `<nav class="languages" aria-label="${language.say('Languages')}">${links.join('')}</nav>`;
}
