/** Notebooks as pages: HTML that needs no network and no script. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { escapeHtml, projectRoot } from '../../lib/surroundings';
import { htmlPage } from '../book/shell/frame';
import { type PagePassages, passagesOf } from '../book/shell/sections';
import { tidy, withFigureFiles } from '../book/shell/tidy';
import { questionOf } from './docs';
import { projectPython } from './execute';
import { type NotebookFile, readingMinutes, replaceFile, titleOf, writeNotebook } from './notebook-file';
import { pageStyle } from './page-style';
import { address, copyOf, isText, Places, pageOf } from './places';

/** A place that a page links to and that the pages do not lead to. */
export interface DeadLink {
  page: string;
  target: string;
  /** goes on from "which": `is not there` */
  why: string;
}

/**
 * Writes a page for each notebook and a table of contents, in HTML that is read without network and
 * scripts: figures as their stored pictures, formulas set by KaTeX, whose fonts are copied along. A page
 * that runs loads the script of the book, and lets no other run.
 * Files of the project that a notebook links to come along, below `source/`, if git tracks them: what
 * it ignores is nobody else's business.
 *
 * @param files - in their order; figures already have their pictures
 * @param folder - where the pages go
 * @param whyNotInPage - why a notebook does not run in its page, as a sentence, `undefined` where it does; without
 *   it none runs, and no page says anything about it
 * @param onPassages - is given what a search finds in each page; with it the pages load the scripts of the shell: search,
 *   and more
 * @returns the links that lead nowhere
 * @throws Error that names notebook and cell, if a formula cannot be set
 */
export async function writePages(
  files: readonly NotebookFile[],
  folder: string,
  whyNotInPage?: (file: NotebookFile) => string | undefined,
  onPassages?: (page: PagePassages) => void,
): Promise<DeadLink[]> {
  fs.mkdirSync(folder, { recursive: true });
  copyKatex(path.join(folder, 'katex'));
  replaceFile(path.join(folder, 'book.css'), pageStyle);
  const scripts = onPassages !== undefined;
  const places = new Places(files);
  const dead: DeadLink[] = [];
  for (const [index, body] of render(files).entries()) {
    const file = files[index];
    const linked = withLinks(body, (target) => {
      const place = places.of(target, file);
      if ('href' in place) return place.href;
      dead.push({ page: file.name, target, why: place.why });
      return target;
    });
    const cells = tidy(linked);
    const why = whyNotInPage?.(file);
    const page = {
      title: titleOf(file),
      main: withFigureFiles(await withFormulas(cells, file.name), folder),
      navigation: navigate(files[index - 1], files[index + 1]),
      note: why === undefined ? '' : `<p class="run-bar">${escapeHtml(why)}</p>`,
      scripts,
      runs: whyNotInPage && why === undefined ? file.name : undefined,
    };
    replaceFile(path.join(folder, pageOf(file.name)), htmlPage(page));
    if (onPassages) {
      const passages = passagesOf(await withFormulas(cells, file.name, textOfFormula));
      onPassages({ page: address(pageOf(file.name)), title: page.title, passages });
    }
  }
  for (const source of places.sources) writeSource(source, folder, scripts);
  replaceFile(path.join(folder, 'index.html'), await contents(files, scripts));
  return dead;
}

function render(files: readonly NotebookFile[]): string[] {
  const python = projectPython();
  if (!python) throw new Error('Cannot write pages: there is no .venv; run `npm run setup`');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-pages-'));
  const drafts = files.map((file) => {
    const draft = path.join(folder, `${file.name}.ipynb`);
    writeNotebook(draft, file.notebook);
    return draft;
  });
  try {
    const script = path.join(projectRoot(), 'tools', 'notebooks', 'render.py');
    const output = execFileSync(python, [script, ...drafts], {
      encoding: 'utf8',
      maxBuffer: 1 << 29,
    });
    return output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).body);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
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

function writeSource(source: string, folder: string, scripts: boolean): void {
  const bytes = fs.readFileSync(path.join(projectRoot(), source));
  const target = path.join(folder, copyOf(source, projectRoot()));
  fs.mkdirSync(path.dirname(target), { recursive: true });
  if (!isText(bytes)) {
    fs.writeFileSync(target, bytes);
    return;
  }
  const up = '../'.repeat(source.split('/').length);
  const main = `<h1><code>${escapeHtml(source)}</code></h1><pre>${escapeHtml(bytes.toString())}</pre>`;
  const navigation = `<a href="${up}index.html">Contents</a>`;
  replaceFile(target, htmlPage({ title: source, main, navigation, up, scripts }));
}

function navigate(before: NotebookFile | undefined, after: NotebookFile | undefined): string {
  const title = (file: NotebookFile) => `<span>${escapeHtml(titleOf(file))}</span>`;
  const link = (file: NotebookFile, rel: string, words: string) =>
    `<a rel="${rel}" href="${address(pageOf(file.name))}">${words}</a>`;
  const previous = before ? link(before, 'prev', `← ${title(before)}`) : '<span></span>';
  const next = after ? link(after, 'next', `${title(after)} →`) : '<span></span>';
  return `${previous}<a href="index.html">Contents</a>${next}`;
}

async function contents(files: readonly NotebookFile[], scripts: boolean): Promise<string> {
  const items: string[] = [];
  for (const file of files) {
    const minutes = readingMinutes(file);
    const time = minutes ? ` <small>${minutes} minutes</small>` : '';
    const question = questionOf(file);
    const asked = question ? `<br>${escapeHtml(question)}` : '';
    const link = `<a href="${address(pageOf(file.name))}">${escapeHtml(titleOf(file))}</a>`;
    items.push(`<li>${await withFormulas(withTex(link + time + asked), file.name)}</li>`);
  }
  const main = `<h1>Descent</h1><p>How large models learn, in TypeScript notebooks.</p><ul class="contents">${items.join('')}</ul>`;
  return htmlPage({ title: 'Descent', main, navigation: '', scripts });
}

/** `$…$` in a line of plain text becomes a formula. */
function withTex(html: string): string {
  return html.replace(/\$([^$]+)\$/g, '<descent-tex display="inline">$1</descent-tex>');
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };

function withoutEntities(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name) return entities[name] ?? whole;
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

/** What KaTeX made of a formula before, by its TeX: most stand more than once. */
const formulasSet = new Map<string, string>();

/**
 * `render.py` leaves formulas as <descent-tex>; KaTeX sets them, with MathML inside for screen readers.
 *
 * @param form - what stands for the formula, of what KaTeX makes of it
 */
async function withFormulas(html: string, name: string, form = withoutSource): Promise<string> {
  const { default: katex } = await import('katex');
  return html.replace(
    /<descent-tex display=["'](\w+)["']>([\s\S]*?)<\/descent-tex>/g,
    (_, display: string, tex: string, at: number) => {
      const displayMode = display === 'block';
      const known = formulasSet.get(`${displayMode} ${tex}`);
      if (known) return form(known);
      try {
        const options = { displayMode, throwOnError: true, strict: 'ignore' } as const;
        const formula = katex.renderToString(withoutEntities(tex), options);
        formulasSet.set(`${displayMode} ${tex}`, formula);
        return form(formula);
      } catch (error) {
        const cell = html
          .slice(0, at)
          .match(/ id="cell-id=([^"]*)"/g)
          ?.at(-1)
          ?.slice(13, -1);
        const where = cell ? `${name}, cell '${cell}'` : name;
        throw new Error(`Cannot set a formula in ${where}: ${(error as Error).message}`);
      }
    },
  );
}

/** A formula without its TeX, which no browser shows, and as MathML wants it. */
function withoutSource(formula: string): string {
  return (
    formula
      .replace(/<annotation[\s\S]*?<\/annotation>/g, '')
      // KaTeX writes the index of $\lambda_{\max}$ as two elements, where there is room for one.
      .replace(/<mi[^>]*>[^<]*<\/mi><mo[^>]*>\u2061<\/mo>/g, '<mrow>$&</mrow>')
  );
}

/** A formula as a reader would type it into a search. */
function textOfFormula(formula: string): string {
  return (/<math[\s\S]*?<\/math>/.exec(withoutSource(formula))?.[0] ?? '').replace(/<[^>]*>/g, '');
}
