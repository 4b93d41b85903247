import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { projectPython } from '../../tools/notebooks/execute';
import { findNotebooks, joined, titleOf } from '../../tools/notebooks/notebook-file';
import { type DeadLink, writePages } from '../../tools/notebooks/pages';

const files = findNotebooks(path.join(projectRoot(), 'notebooks'));
const reason = projectPython() ? '' : ' (skipped: there is no .venv; run npm run setup)';

describe.skipIf(reason)(`the book${reason}`, () => {
  let folder: string;
  let dead: DeadLink[];
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'descent-book-'));
    dead = await writePages(files, folder);
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('has no link that leads nowhere', () => {
    expect(dead).toEqual([]);
    const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    for (const page of pages.filter((name) => name.endsWith('.html'))) {
      for (const [, target] of read(page).matchAll(/<(?:a|link)\b[^>]* href="([^"]*)"/g)) {
        if (/^https?:/.test(target)) continue;
        const [file, anchor] = target.replace(/&amp;/g, '&').split('#');
        const place = file ? path.join(path.dirname(page), file) : page;
        expect(existsSync(path.join(folder, place)), `${page} links to ${target}`).toBe(true);
        if (!anchor) continue;
        // A browser looks for the anchor as it is written, then for what it stands for.
        const found = [anchor, decodeURIComponent(anchor)].some((id) => read(place).includes(`id="${id}"`));
        expect(found, `${page} links to ${target}`).toBe(true);
      }
    }
  });

  test('lists all notebooks in order, and each page leads to the one before and after', () => {
    const listed = [...read('index.html').matchAll(/<li><a href="([^"]+)">([^<]+)</g)];
    expect(listed.map(([, page]) => page)).toEqual(files.map(({ name }) => `${name}.html`));
    expect(listed.map(([, , title]) => title)).toEqual(files.map(titleOf));
    for (const [index, { name }] of files.entries()) {
      const page = read(`${name}.html`);
      const neighbour = (rel: string) => new RegExp(`rel="${rel}" href="([^"]+)"`).exec(page)?.[1];
      const at = (place: number) => files[place] && `${files[place].name}.html`;
      expect(neighbour('prev')).toBe(at(index - 1));
      expect(neighbour('next')).toBe(at(index + 1));
      expect(page).toContain('href="index.html"');
    }
  });

  test("asks nothing of a network, and holds no script of the book's own", () => {
    for (const { name } of files) {
      const page = read(`${name}.html`);
      expect(page).not.toMatch(/<script[^>]* src=/);
      expect(page).not.toMatch(/<(?:img|link|iframe|source)\b[^>]* (?:src|href)="(?:https?:)?\/\//);
      expect(page).not.toMatch(/@import|url\(\s*["']?(?:https?:)?\/\//);
    }
    const style = read('katex/katex.min.css');
    const fonts = [...style.matchAll(/url\((fonts\/[^)]+\.woff2)\)/g)];
    expect(fonts.length).toBeGreaterThan(10);
    for (const [, font] of fonts)
      expect(statSync(path.join(folder, 'katex', font)).size).toBeGreaterThan(1000);
  });

  test.each(files.map((file) => [file.name, file] as const))(
    '%s: every figure is a picture, every formula is set, what is folded stays folded',
    (name, { notebook }) => {
      const page = read(`${name}.html`);
      const outputs = notebook.cells.flatMap((cell) => cell.outputs ?? []);
      const pictures = outputs.filter(({ data }) => data && 'image/png' in data).length;
      const figures = outputs.filter(({ data }) => data && 'application/vnd.plotly.v1+json' in data);
      expect(pictures).toBeGreaterThanOrEqual(figures.length);
      expect(page.match(/<img\b[^>]*src="data:image\/png;base64,/g) ?? []).toHaveLength(pictures);

      const text = notebook.cells
        .filter(({ cell_type }) => cell_type === 'markdown')
        .map(({ source }) => joined(source))
        .join('\n');
      const display = text.match(/^\$\$/gm) ?? [];
      expect((page.match(/class="katex-display"/g) ?? []).length).toBeGreaterThanOrEqual(display.length / 2);
      expect(page).not.toContain('descent-tex');
      expect(page).not.toContain('katex-error');
      const shown = notebook.cells
        .flatMap(({ outputs = [] }) => outputs)
        .map(({ data }) => joined((data?.['text/html'] ?? '') as string | string[]))
        .join('\n');
      const folded = (`${text}\n${shown}`.match(/<details>/g) ?? []).length;
      expect(page.match(/<details>/g) ?? []).toHaveLength(folded);
      expect(page.match(/<\/details>/g) ?? []).toHaveLength(folded);
    },
  );
});
