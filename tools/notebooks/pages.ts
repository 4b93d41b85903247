import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { escapeHtml } from '../../lib/display';
import { projectRoot } from '../../lib/project-root';
import { projectPython } from './execute';
import { type NotebookFile, readingMinutes, titleOf, writeNotebook } from './notebook-file';

const style = `
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fff; --quiet: #5f6670; --box: #f4f5f7; --link: #0b62a8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e6ea; --paper: #16181b; --quiet: #a0a7b1; --box: #22252a; --link: #6cb6f5; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 17px/1.6 system-ui, sans-serif; }
main, header, footer { max-width: 50rem; margin: 0 auto; padding: 0 1rem; }
header, footer { display: flex; justify-content: space-between; gap: 1rem; padding-block: 1rem; font-size: .9rem; }
a { color: var(--link); }
.anchor-link, .jp-InputPrompt, .jp-OutputPrompt, .prompt { display: none; }
pre { overflow-x: auto; padding: .7rem .9rem; border-radius: 6px; background: var(--box); font-size: .85rem; line-height: 1.45; }
.jp-OutputArea-output pre, .output_area pre { background: none; border-left: 3px solid var(--box); }
img { max-width: 100%; height: auto; background: #fff; border-radius: 6px; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--box); text-align: left; }
math[display="block"] { margin: 1rem 0; overflow-x: auto; }
details { margin: .6rem 0; padding: .4rem .9rem; border-radius: 6px; background: var(--box); }
summary { cursor: pointer; font-weight: 600; }
`;

/**
 * Writes a page for each notebook and a table of contents, in HTML that needs no network and no
 * script: figures as their stored pictures, formulas as MathML.
 *
 * @param files - in their order; figures already have their pictures
 * @param folder - where the pages go
 */
export async function writePages(files: readonly NotebookFile[], folder: string): Promise<void> {
  const python = projectPython();
  if (!python) throw new Error('Cannot write pages: there is no .venv; run `npm run setup`');
  fs.mkdirSync(folder, { recursive: true });
  const script = path.join(projectRoot(), 'tools', 'notebooks', 'render.py');
  for (const [index, file] of files.entries()) {
    const draft = path.join(folder, `.${file.name}.ipynb`);
    writeNotebook(draft, file.notebook);
    const rendered = execFileSync(python, [script, draft], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    fs.unlinkSync(draft);
    const { body, css } = JSON.parse(rendered) as { body: string; css: string };
    const link = (other: NotebookFile | undefined, words: string) =>
      other
        ? `<a href="${other.name}.html">${words} ${escapeHtml(titleOf(other))}</a>`
        : '<span></span>';
    const navigation = `${link(files[index - 1], '←')}<a href="index.html">Contents</a>${link(files[index + 1], '→')}`;
    const page = `<header>${navigation}</header><main>${await withFormulas(linked(body))}</main><footer>${navigation}</footer>`;
    fs.writeFileSync(path.join(folder, `${file.name}.html`), htmlPage(titleOf(file), page, css));
  }
  fs.writeFileSync(path.join(folder, 'index.html'), contents(files));
}

function contents(files: readonly NotebookFile[]): string {
  const items = files.map((file) => {
    const minutes = readingMinutes(file);
    const time = minutes ? ` <small>${minutes} minutes</small>` : '';
    return `<li><a href="${file.name}.html">${escapeHtml(titleOf(file))}</a>${time}</li>`;
  });
  const list = `<main><h1>Descent</h1><p>How large models learn, in TypeScript notebooks.</p><ol start="0">${items.join('')}</ol></main>`;
  return htmlPage('Descent', list, '');
}

/** Links between notebooks become links between pages. */
function linked(html: string): string {
  return html.replace(/href="(?:\.\/)?(\d\d-[\w-]+)\.ipynb(#[^"]*)?"/g, 'href="$1.html$2"');
}

function htmlPage(title: string, body: string, css: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${css}${style}</style></head><body>${body}</body></html>
`;
}

/** `render.py` leaves formulas as <descent-tex>; MathML shows them without a script or a font. */
async function withFormulas(html: string): Promise<string> {
  const { default: katex } = await import('katex');
  const entities: Record<string, string> = {
    lt: '<',
    gt: '>',
    amp: '&',
    quot: '"',
    '#39': "'",
    '#x27': "'",
  };
  return html.replace(
    /<descent-tex display="(\w+)">([\s\S]*?)<\/descent-tex>/g,
    (_, display: string, escaped: string) => {
      const tex = escaped.replace(/&([#\w]+);/g, (whole, name) => entities[name] ?? whole);
      return katex.renderToString(tex, {
        displayMode: display === 'block',
        output: 'mathml',
        throwOnError: true,
      });
    },
  );
}
