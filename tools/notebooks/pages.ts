/** Notebooks as pages: HTML that needs no network and no script. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { escapeHtml, projectRoot } from '../../lib/surroundings';
import { questionOf } from './docs';
import { projectPython } from './execute';
import { type NotebookFile, readingMinutes, titleOf, writeNotebook } from './notebook-file';
import { pageStyle } from './page-style';

/** A place that a page links to and that is not there. */
export interface DeadLink {
  page: string;
  target: string;
}

/**
 * Writes a page for each notebook and a table of contents, in HTML that needs no network and no
 * script: figures as their stored pictures, formulas set by KaTeX, whose fonts are copied along. Files
 * of the project that a notebook links to get a page each, below `source/`.
 *
 * @param files - in their order; figures already have their pictures
 * @param folder - where the pages go
 * @returns the links that lead nowhere
 */
export async function writePages(files: readonly NotebookFile[], folder: string): Promise<DeadLink[]> {
  fs.mkdirSync(folder, { recursive: true });
  copyKatex(path.join(folder, 'katex'));
  const names = new Set(files.map(({ name }) => name));
  const dead: DeadLink[] = [];
  const sources = new Set<string>();
  for (const [index, { body, css }] of render(files, folder).entries()) {
    const file = files[index];
    const html = withLinks(body, (target) => {
      const place = placeOf(target, names, sources);
      if (!place) dead.push({ page: file.name, target });
      return place;
    });
    const navigation = navigate(files[index - 1], files[index + 1]);
    const page = `<header>${navigation}</header><main>${await withFormulas(html)}</main><footer>${navigation}</footer>`;
    fs.writeFileSync(path.join(folder, `${file.name}.html`), htmlPage(titleOf(file), page, css));
  }
  for (const source of sources) writeSource(source, folder);
  fs.writeFileSync(path.join(folder, 'index.html'), await contents(files));
  return dead;
}

function render(files: readonly NotebookFile[], folder: string): { body: string; css: string }[] {
  const python = projectPython();
  if (!python) throw new Error('Cannot write pages: there is no .venv; run `npm run setup`');
  const drafts = files.map((file) => {
    const draft = path.join(folder, `.${file.name}.ipynb`);
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
    for (const draft of drafts) fs.unlinkSync(draft);
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

/**
 * Where a page finds what a notebook links to: another page, or the page of a file of the project.
 *
 * @returns the new target; undefined if there is nothing
 */
function placeOf(target: string, names: ReadonlySet<string>, sources: Set<string>): string | undefined {
  const [file, anchor] = target.split('#');
  const hash = anchor ? `#${anchor}` : '';
  if (file === '') return hash;
  const notebook = /^(?:\.\/)?(\d\d-[\w-]+)\.ipynb$/.exec(file)?.[1];
  if (notebook) return names.has(notebook) ? `${notebook}.html${hash}` : undefined;
  const found = path.resolve(projectRoot(), 'notebooks', decodeURIComponent(file));
  // notebooks/lib is a link to lib.
  const source = path
    .relative(projectRoot(), found)
    .replace(/^notebooks[\\/]lib(?=[\\/])/, 'lib')
    .replace(/\\/g, '/');
  const whole = path.join(projectRoot(), source);
  if (source.startsWith('..') || !fs.existsSync(whole)) return undefined;
  if (!fs.statSync(whole).isFile()) return undefined;
  sources.add(source);
  return `source/${source}.html`;
}

function withLinks(html: string, place: (target: string) => string | undefined): string {
  return html.replace(/ href="([^"]*)"/g, (whole, target: string) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return whole;
    return ` href="${place(target.replace(/&amp;/g, '&')) ?? target}"`;
  });
}

function writeSource(source: string, folder: string): void {
  const text = fs.readFileSync(path.join(projectRoot(), source), 'utf8');
  const target = path.join(folder, 'source', `${source}.html`);
  const up = '../'.repeat(source.split('/').length);
  const body = `<header><a href="${up}index.html">Contents</a></header><main><h1><code>${escapeHtml(source)}</code></h1><pre>${escapeHtml(text)}</pre></main>`;
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, htmlPage(source, body, ''));
}

function navigate(before: NotebookFile | undefined, after: NotebookFile | undefined): string {
  const link = (other: NotebookFile | undefined, words: (title: string) => string, rel: string) =>
    other
      ? `<a rel="${rel}" href="${other.name}.html">${escapeHtml(words(titleOf(other)))}</a>`
      : '<span></span>';
  const previous = link(before, (title) => `← ${title}`, 'prev');
  const next = link(after, (title) => `${title} →`, 'next');
  return `<nav>${previous}<a href="index.html">Contents</a>${next}</nav>`;
}

async function contents(files: readonly NotebookFile[]): Promise<string> {
  const items = files.map((file) => {
    const minutes = readingMinutes(file);
    const time = minutes ? ` <small>${minutes} minutes</small>` : '';
    const question = questionOf(file);
    const asked = question ? `<br>${escapeHtml(question)}` : '';
    return `<li><a href="${file.name}.html">${escapeHtml(titleOf(file))}</a>${time}${asked}</li>`;
  });
  const list = `<main><h1>Descent</h1><p>How large models learn, in TypeScript notebooks.</p><ul class="contents">${items.join('')}</ul></main>`;
  return htmlPage('Descent', await withFormulas(withTex(list)), '');
}

/** `$…$` in a line of plain text becomes a formula. */
function withTex(html: string): string {
  return html.replace(/\$([^$]+)\$/g, '<descent-tex display="inline">$1</descent-tex>');
}

function htmlPage(title: string, body: string, css: string): string {
  const katex = body.includes('class="katex') ? '<link rel="stylesheet" href="katex/katex.min.css">' : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>${katex}<style>${css}${pageStyle}</style></head><body>${body}</body></html>
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
async function withFormulas(html: string): Promise<string> {
  const { default: katex } = await import('katex');
  return html.replace(
    /<descent-tex display="(\w+)">([\s\S]*?)<\/descent-tex>/g,
    (_, display: string, tex: string) =>
      katex.renderToString(withoutEntities(tex), {
        displayMode: display === 'block',
        throwOnError: true,
        strict: 'ignore',
      }),
  );
}
