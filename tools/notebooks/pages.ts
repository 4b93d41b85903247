/** Notebooks as pages: HTML that needs no network and no script. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { escapeHtml, projectRoot } from '../../lib/surroundings';
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

/** What pages may do: show themselves, their pictures and KaTeX's fonts. No script, no frame, no network. */
const policy =
  "default-src 'none'; img-src data: 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; base-uri 'none'; form-action 'none'";
/** What pages that run may do besides: run the book's own scripts and WebAssembly, and no text as code. */
const policyOfRun = `${policy.replace('img-src', 'img-src blob:')}; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'`;

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
 * @returns the links that lead nowhere
 * @throws Error that names notebook and cell, if a formula cannot be set
 */
export async function writePages(
  files: readonly NotebookFile[],
  folder: string,
  whyNotInPage?: (file: NotebookFile) => string | undefined,
): Promise<DeadLink[]> {
  fs.mkdirSync(folder, { recursive: true });
  copyKatex(path.join(folder, 'katex'));
  const places = new Places(files);
  const dead: DeadLink[] = [];
  for (const [index, { body, css }] of render(files).entries()) {
    const file = files[index];
    const html = withLinks(body, (target) => {
      const place = places.of(target, file);
      if ('href' in place) return place.href;
      dead.push({ page: file.name, target, why: place.why });
      return target;
    });
    const navigation = navigate(files[index - 1], files[index + 1]);
    const main = await withFormulas(html, file.name);
    const why = whyNotInPage?.(file);
    const note = why === undefined ? '' : `<p class="run-bar">${escapeHtml(why)}</p>`;
    const page = `<header>${navigation}</header>${note}<main>${main}</main><footer>${navigation}</footer>`;
    const runs = whyNotInPage && why === undefined ? file.name : undefined;
    replaceFile(path.join(folder, pageOf(file.name)), htmlPage(titleOf(file), page, css, runs));
  }
  for (const source of places.sources) writeSource(source, folder);
  replaceFile(path.join(folder, 'index.html'), await contents(files));
  return dead;
}

function render(files: readonly NotebookFile[]): { body: string; css: string }[] {
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
      .map((line) => JSON.parse(line));
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

function writeSource(source: string, folder: string): void {
  const bytes = fs.readFileSync(path.join(projectRoot(), source));
  const target = path.join(folder, copyOf(source, projectRoot()));
  fs.mkdirSync(path.dirname(target), { recursive: true });
  if (!isText(bytes)) {
    fs.writeFileSync(target, bytes);
    return;
  }
  const up = '../'.repeat(source.split('/').length);
  const body = `<header><a href="${up}index.html">Contents</a></header><main><h1><code>${escapeHtml(source)}</code></h1><pre>${escapeHtml(bytes.toString())}</pre></main>`;
  replaceFile(target, htmlPage(source, body, ''));
}

function navigate(before: NotebookFile | undefined, after: NotebookFile | undefined): string {
  const link = (other: NotebookFile | undefined, words: (title: string) => string, rel: string) =>
    other
      ? `<a rel="${rel}" href="${address(pageOf(other.name))}">${escapeHtml(words(titleOf(other)))}</a>`
      : '<span></span>';
  const previous = link(before, (title) => `← ${title}`, 'prev');
  const next = link(after, (title) => `${title} →`, 'next');
  return `<nav>${previous}<a href="index.html">Contents</a>${next}</nav>`;
}

async function contents(files: readonly NotebookFile[]): Promise<string> {
  const items: string[] = [];
  for (const file of files) {
    const minutes = readingMinutes(file);
    const time = minutes ? ` <small>${minutes} minutes</small>` : '';
    const question = questionOf(file);
    const asked = question ? `<br>${escapeHtml(question)}` : '';
    const link = `<a href="${address(pageOf(file.name))}">${escapeHtml(titleOf(file))}</a>`;
    items.push(`<li>${await withFormulas(withTex(link + time + asked), file.name)}</li>`);
  }
  const list = `<main><h1>Descent</h1><p>How large models learn, in TypeScript notebooks.</p><ul class="contents">${items.join('')}</ul></main>`;
  return htmlPage('Descent', list, '');
}

/** `$…$` in a line of plain text becomes a formula. */
function withTex(html: string): string {
  return html.replace(/\$([^$]+)\$/g, '<descent-tex display="inline">$1</descent-tex>');
}

/** @param runs - the notebook that runs in this page, if one does */
function htmlPage(title: string, body: string, css: string, runs?: string): string {
  const script = runs
    ? `<link rel="icon" href="data:,"><script src="run/page.js" defer data-notebook="${escapeHtml(runs)}"></script>`
    : '';
  const katex = body.includes('class="katex') ? '<link rel="stylesheet" href="katex/katex.min.css">' : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${runs ? policyOfRun : policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>${katex}<style>${css}${pageStyle}</style>${script}</head><body>${body}</body></html>
`;
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };

function withoutEntities(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name) return entities[name] ?? whole;
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

/** `render.py` leaves formulas as <descent-tex>; KaTeX sets them, with MathML inside for screen readers. */
async function withFormulas(html: string, name: string): Promise<string> {
  const { default: katex } = await import('katex');
  return html.replace(
    /<descent-tex display=["'](\w+)["']>([\s\S]*?)<\/descent-tex>/g,
    (_, display: string, tex: string, at: number) => {
      try {
        return katex.renderToString(withoutEntities(tex), {
          displayMode: display === 'block',
          throwOnError: true,
          strict: 'ignore',
        });
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
