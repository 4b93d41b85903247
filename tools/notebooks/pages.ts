/** Notebooks as pages: HTML that needs no network and no script. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { escapeHtml, projectRoot } from '../../lib/surroundings';
import { type BookEdition, editionsOf, nameInBook } from '../book/editions';
import { htmlPage, type PageParts } from '../book/shell/frame';
import { type PagePassages, passagesOf } from '../book/shell/sections';
import { tidy, withFigureFiles } from '../book/shell/tidy';
import { questionOf } from './docs';
import { documentKey, isDocument, readDocument } from './documents';
import { isExternal, linksOf } from './links';
import { type NotebookFile, readingMinutes, replaceFile, titleOf } from './notebook-file';
import { textOfFormula, withFormulas, withoutEntities, withTex } from './page-formulas';
import { pageStyle } from './page-style';
import { address, copyOf, isText, Places, pageOf } from './places';
import { render } from './render';

/** A place that a page links to and that the pages do not lead to. */
export interface DeadLink {
  page: string;
  target: string;
  /** goes on from "which": `is not there` */
  why: string;
}

/** A page of an edition, before it is written. */
interface Draft {
  file: NotebookFile;
  /** what the same page is called in every edition */
  key: string;
  /** its file, seen from the edition's folder */
  page: string;
  /** HTML of its cells, with links as the page has them */
  body: string;
}

/** An edition with all that its pages need. */
interface DraftedEdition extends BookEdition {
  notebooks: Draft[];
  documents: Draft[];
  /** files of the project that come along as they are */
  sources: string[];
}

/** How the pages are to be. */
interface Wishes {
  whyNotInPage?: (file: NotebookFile) => string | undefined;
  onPassages?: (page: PagePassages) => void;
  site?: string;
}

/**
 * Writes a page for each notebook and a table of contents, in HTML that is read without network and
 * scripts: figures as their stored pictures, formulas set by KaTeX, whose fonts are copied along. A page
 * that runs loads the script of the book, and lets no other run.
 * Files of the project that a notebook links to come along, below `source/`, if git tracks them: what
 * it ignores is nobody else's business. Notebooks of another language lie in a folder of their own, which is called as the
 * language is; each page leads to the same page in the other languages.
 *
 * @param files - in their order; figures already have their pictures
 * @param folder - where the pages go
 * @param whyNotInPage - why a notebook does not run in its page, as a sentence, `undefined` where it does; without
 *   it none runs, and no page says anything about it
 * @param onPassages - is given what a search finds in each page; with it the pages load the scripts of the shell: search,
 *   and more
 * @param site - the address at which the folder will be published, for search engines; with `/` at its end
 * @returns the links that lead nowhere
 * @throws Error that names notebook and cell, if a formula cannot be set
 */
export async function writePages(
  files: readonly NotebookFile[],
  folder: string,
  whyNotInPage?: (file: NotebookFile) => string | undefined,
  onPassages?: (page: PagePassages) => void,
  site?: string,
): Promise<DeadLink[]> {
  fs.mkdirSync(folder, { recursive: true });
  copyKatex(path.join(folder, 'katex'));
  replaceFile(path.join(folder, 'book.css'), pageStyle());
  const dead: DeadLink[] = [];
  const editions = editionsOf(files).map((edition) => drafted(edition, dead));
  for (const edition of editions)
    await writeEdition(edition, editions, folder, { whyNotInPage, onPassages, site });
  return dead;
}

/** Renders an edition's notebooks, and the documents that they lead to. */
function drafted(edition: BookEdition, dead: DeadLink[]): DraftedEdition {
  const { files, place, say } = edition;
  const places = new Places(files);
  const draft = (drafts: readonly Omit<Draft, 'body'>[]): Draft[] => {
    const bodies = render(
      drafts.map(({ file }) => file),
      say('show code'),
    );
    return drafts.map((one, index) => {
      const up = '../'.repeat(one.page.split('/').length - 1);
      const body = withLinks(bodies[index], (target) => {
        const found = places.of(target, one.file);
        if ('href' in found) return found.href.startsWith('#') ? found.href : up + found.href;
        dead.push({ page: place + one.file.name, target, why: found.why });
        return target;
      });
      return { ...one, body };
    });
  };
  const document = (source: string) => ({
    file: readDocument(source),
    key: documentKey(source, edition.language),
    page: copyOf(source, projectRoot()),
  });
  const drafts = draft([
    ...files.map((file) => ({ file, key: file.name, page: pageOf(file.name) })),
    ...documentsOf(files, places).map(document),
  ]);
  // A document may lead to others.
  for (;;) {
    const known = new Set(drafts.map(({ file }) => file.name));
    const next = [...places.sources].filter((source) => isDocument(source) && !known.has(source));
    if (next.length === 0) break;
    drafts.push(...draft(next.map(document)));
  }
  const sources = [...places.sources].filter((source) => !isDocument(source));
  return {
    ...edition,
    notebooks: drafts.slice(0, files.length),
    documents: drafts.slice(files.length),
    sources,
  };
}

/** The documents that notebooks lead to: known before, they are rendered together with them. */
function documentsOf(files: readonly NotebookFile[], places: Places): string[] {
  for (const file of files)
    for (const { target } of linksOf(file)) if (!isExternal({ target })) places.of(target, file);
  return [...places.sources].filter(isDocument);
}

async function writeEdition(
  edition: DraftedEdition,
  editions: readonly DraftedEdition[],
  book: string,
  { whyNotInPage, onPassages, site }: Wishes,
): Promise<void> {
  const { place, files, notebooks, documents, sources, say } = edition;
  const scripts = onPassages !== undefined;
  const folder = path.join(book, place);
  fs.mkdirSync(folder, { recursive: true });

  /** Writes a page of the edition, with the way to it in the others. */
  function write(page: string, key: string, parts: PageParts): void {
    const up = '../'.repeat((place + page).split('/').length - 1);
    const others = editions
      .filter((other) => other !== edition)
      .map((other) => ({ language: other, address: up + address(other.place + pageIn(other, key)) }));
    const own = { up, scripts, language: edition, address: address(path.posix.basename(page)), others };
    const there = site && new URL(address(place + page), site).href;
    const target = path.join(folder, page);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    replaceFile(target, htmlPage({ ...own, site: there, ...parts }));
  }

  async function writeText({ file, key, page, body }: Draft, parts: Omit<PageParts, 'title' | 'main'>) {
    const cells = tidy(body, say);
    const title = titleOf(file);
    const where = place + file.name;
    write(page, key, { title, main: withFigureFiles(await withFormulas(cells, where), folder), ...parts });
    if (!onPassages) return;
    const passages = passagesOf(await withFormulas(cells, where, textOfFormula));
    onPassages({ page: address(place + page), title, passages });
  }

  for (const [index, draft] of notebooks.entries()) {
    const why = whyNotInPage?.(draft.file);
    await writeText(draft, {
      navigation: navigate(edition, files[index - 1], files[index + 1]),
      note: why === undefined ? '' : `<p class="run-bar">${escapeHtml(why)}</p>`,
      runs: whyNotInPage && why === undefined ? nameInBook(draft.file) : undefined,
    });
  }
  const toContents = (page: string) =>
    `<a href="${'../'.repeat(page.split('/').length - 1)}index.html">${say('Contents')}</a>`;
  for (const draft of documents) await writeText(draft, { navigation: toContents(draft.page) });
  for (const source of sources) {
    const page = copyOf(source, projectRoot());
    const bytes = fs.readFileSync(path.join(projectRoot(), source));
    if (isText(bytes)) {
      const main = `<h1><code>${escapeHtml(source)}</code></h1><pre>${escapeHtml(bytes.toString())}</pre>`;
      write(page, source, { title: source, main, navigation: toContents(page), englishText: true });
    } else {
      fs.mkdirSync(path.dirname(path.join(folder, page)), { recursive: true });
      fs.writeFileSync(path.join(folder, page), bytes);
    }
  }
  write('index.html', 'index', { title: 'Descent', main: await contents(edition), navigation: '' });
}

/** The page of an edition that a key stands for; its contents where it has none. */
function pageIn({ notebooks, documents, sources }: DraftedEdition, key: string): string {
  const draft = [...notebooks, ...documents].find((one) => one.key === key);
  if (draft) return draft.page;
  return sources.includes(key) ? copyOf(key, projectRoot()) : 'index.html';
}

/** Copies KaTeX's style sheet and the fonts that today's browsers read. */
function copyKatex(target: string): void {
  const katex = path.join(projectRoot(), 'node_modules', 'katex', 'dist');
  const fonts = path.join(target, 'fonts');
  fs.mkdirSync(fonts, { recursive: true });
  fs.copyFileSync(path.join(katex, 'katex.min.css'), path.join(target, 'katex.min.css'));
  for (const font of fs.readdirSync(path.join(katex, 'fonts'))) {
    if (font.endsWith('.woff2')) fs.copyFileSync(path.join(katex, 'fonts', font), path.join(fonts, font));
  }
}

/** An element's attributes, as `render.py` writes them. */
const attributes = String.raw`(?:\s+[\w:-]+(?:=(?:"[^"]*"|'[^']*'))?)*`;

/** Replaces what links and pictures lead to, addresses of the web and pictures in the page itself aside. */
function withLinks(html: string, place: (target: string) => string): string {
  return html.replace(new RegExp(`<(?:a|img)${attributes}\\s*/?>`, 'g'), (element) =>
    element.replace(/\s(href|src)=(?:"([^"]*)"|'([^']*)')/, (whole, name, double, single) => {
      const target = withoutEntities(double ?? single);
      if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return whole;
      return ` ${name}="${escapeHtml(place(target))}"`;
    }),
  );
}

function navigate({ say }: BookEdition, before?: NotebookFile, after?: NotebookFile): string {
  const title = (file: NotebookFile) => `<span>${escapeHtml(titleOf(file))}</span>`;
  const link = (file: NotebookFile, rel: string, words: string) =>
    `<a rel="${rel}" href="${address(pageOf(file.name))}">${words}</a>`;
  const previous = before ? link(before, 'prev', `← ${title(before)}`) : '<span></span>';
  const next = after ? link(after, 'next', `${title(after)} →`) : '<span></span>';
  return `${previous}<a href="index.html">${say('Contents')}</a>${next}`;
}

async function contents({ files, say }: BookEdition): Promise<string> {
  const items: string[] = [];
  for (const file of files) {
    const minutes = readingMinutes(file);
    const time = minutes ? ` <small>${say('{count} minutes', { count: minutes })}</small>` : '';
    const question = questionOf(file);
    const asked = question ? `<br>${escapeHtml(question)}` : '';
    const link = `<a href="${address(pageOf(file.name))}">${escapeHtml(titleOf(file))}</a>`;
    items.push(`<li>${await withFormulas(withTex(link + time + asked), file.name)}</li>`);
  }
  const what = say('How large models learn, in TypeScript notebooks.');
  return `<h1>Descent</h1><p>${what}</p><ul class="contents">${items.join('')}</ul>`;
}
