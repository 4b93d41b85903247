/** The book in all its languages: where each edition lies, and that every page leads to the same page in the others. */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allNotebooks, editionsOf, languageOf, nameInBook, pageLanguage } from '../../../tools/book/editions';
import { editionOf, placeOf } from '../../../tools/book/page/edition';
import { sayIn } from '../../../tools/book/page/say';
import { whyNotInPage } from '../../../tools/book/runnable';
import { htmlPage } from '../../../tools/book/shell/frame';
import type { PagePassages } from '../../../tools/book/shell/sections';
import { writeServiceWorker, writeShell } from '../../../tools/book/shell/write';
import { projectPython } from '../../../tools/notebooks/execute';
import { findNotebooks, titleOf } from '../../../tools/notebooks/notebook-file';
import { type DeadLink, writePages } from '../../../tools/notebooks/pages';
import { englishFolder, readEdition, startEdition } from '../../../tools/translate/edition';

test('editionOf() knows whose each file of the book is', () => {
  const of = (file: string) => editionOf(file, ['de', 'zh']);
  expect(['index.html', '02-a.html', 'figures/1.png', 'run/cells/02-a.js', 'passages.js'].map(of)).toEqual(
    Array(5).fill('en'),
  );
  const chinese = ['zh/index.html', 'zh/figures/1.png'];
  const ofRun = ['run/cells/zh/02-a.js', 'run/data/zh/1.bin', 'run/zh/words.js'];
  expect([...chinese, ...ofRun].map(of)).toEqual(Array(5).fill('zh'));
  expect(
    ['book.css', 'katex/katex.min.css', 'shell/shell.js', 'run/worker.js', 'run/data/1.bin'].map(of),
  ).toEqual(Array(5).fill(undefined));
  expect([of('de/index.html'), placeOf('de'), placeOf('en')]).toEqual(['de', 'de/', '']);
});

test('htmlPage() tells search engines whole addresses where it knows the site', () => {
  const page = htmlPage({
    title: 'a',
    main: '',
    navigation: '',
    language: pageLanguage('zh'),
    address: '06-a.html',
    site: 'https://example.org/descent/zh/06-a.html',
    others: [{ language: pageLanguage('en'), address: '../06-a.html' }],
  });
  expect(page).toContain('<link rel="canonical" href="https://example.org/descent/zh/06-a.html">');
  expect(page).toContain('hreflang="x-default" href="https://example.org/descent/06-a.html"');
  expect(page).toContain('hreflang="en" href="../06-a.html">English</a>');
});

test('htmlPage() loads the words of its own language before what says them, and no others', () => {
  const scripts = (language: string) => {
    const page = htmlPage({
      ...{ title: 'a', main: '', navigation: '', up: '../' },
      ...{ language: pageLanguage(language), runs: '06-a' },
    });
    return [...page.matchAll(/<script src="([^"]+)" defer/g)].map(([, file]) => file);
  };
  expect(scripts('zh')).toEqual(['../run/zh/words.js', '../run/page.js']);
  expect(scripts('en')).toEqual(['../run/page.js']);
});

test('allNotebooks() leaves out what an edition has not begun', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'descent-begun-'));
  const [first, second] = findNotebooks(englishFolder, ['01', '02']);
  for (const { file } of [first, second]) copyFileSync(file, path.join(folder, path.basename(file)));
  for (const language of ['xx', 'yy']) startEdition(language, [], {}, folder);
  copyFileSync(second.file, path.join(folder, 'yy', path.basename(second.file)));
  const found = (wanted?: string[]) =>
    allNotebooks(wanted, folder).map(({ file }) => path.relative(folder, file).split(path.sep).join('/'));
  const [one, two] = [first, second].map(({ name }) => `${name}.ipynb`);
  expect([found(), found(['1']), found(['2'])]).toEqual([[one, two, `yy/${two}`], [one], [two, `yy/${two}`]]);
  rmSync(folder, { recursive: true });
});

describe('editionsOf()', () => {
  const [english] = findNotebooks(englishFolder, ['02']);
  const [chinese] = findNotebooks(readEdition('zh').folder, ['02']);

  test('takes notebooks apart by their folders, English first', () => {
    const editions = editionsOf([chinese, english]);
    expect(editions.map(({ language, tag, place }) => [language, tag, place])).toEqual([
      ['en', 'en', ''],
      ['zh', 'zh-Hans', 'zh/'],
    ]);
    expect([chinese, english].map(nameInBook)).toEqual(['zh/02-gradient-descent', '02-gradient-descent']);
  });

  test('takes a notebook that lies elsewhere for an English one', () => {
    expect(languageOf({ ...english, file: '/somewhere/zh/02-a.ipynb' })).toBe('en');
    expect(languageOf({ ...english, file: '02-a.ipynb' })).toBe('en');
  });
});

const reason = projectPython() ? '' : ' (skipped: there is no .venv; run npm run setup)';

describe.skipIf(reason)(`the pages of all editions${reason}`, () => {
  const wanted = ['00', '06'];
  const files = allNotebooks(wanted);
  const editions = editionsOf(files);
  const pages: PagePassages[] = [];
  let folder: string;
  let dead: DeadLink[];
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  const hrefs = (page: string, pattern: RegExp) =>
    [...read(page).matchAll(pattern)].map(([, tag, href]) => [
      tag,
      path.posix.join(path.posix.dirname(page), href),
    ]);

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'descent-editions-'));
    dead = await writePages(files, folder, whyNotInPage, (page) => pages.push(page));
    await writeShell(pages, folder);
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('there are some', () => expect(editions.length).toBeGreaterThan(1));

  test('each page says its language, and leads to itself in every other', () => {
    for (const { place, tag, language, files: own } of editions) {
      for (const name of [...own.map((file) => file.name), 'index']) {
        const page = `${place}${name}.html`;
        expect(read(page), page).toContain(`<html lang="${tag}" data-edition="${language}">`);
        const expected = editions.map((one) => [one.tag, `${one.place}${name}.html`]);
        const alternates = hrefs(page, /<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">/g);
        expect(Object.fromEntries(alternates)).toEqual({
          ...Object.fromEntries(expected),
          'x-default': `${name}.html`,
        });
        const others = expected.filter(([other]) => other !== tag);
        expect(hrefs(page, /<a class="language" lang="([^"]+)" hreflang="[^"]+" href="([^"]+)">/g)).toEqual(
          others,
        );
        expect(read(page)).toContain(`<link rel="canonical" href="${name}.html">`);
      }
    }
  });

  test('no link leads nowhere, but to notebooks that are not among these pages', () => {
    expect(dead.filter(({ why }) => why !== 'is not among the pages')).toEqual([]);
    for (const page of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!page.endsWith('.html')) continue;
      for (const [, target] of read(page).matchAll(/<(?:a|link|script|img)\b[^>]* (?:href|src)="([^"#]+)/g)) {
        if (/^(?:https?|data|mailto):|\.ipynb$|\/?run\//.test(target)) continue;
        const place = path.join(path.dirname(page), decodeURIComponent(target.replaceAll('&amp;', '&')));
        expect(existsSync(path.join(folder, place)), `${page} leads to ${target}`).toBe(true);
      }
    }
  });

  test.each(editions.map((edition) => [edition.language, edition] as const))(
    '%s: contents, navigation and fold are in its words',
    (language, { place, files: own, say }) => {
      expect(say('Contents') === 'Contents').toBe(language === 'en');
      const listed = [...read(`${place}index.html`).matchAll(/<li><a href="([^"]+)">([^<]+)</g)];
      expect(listed.map(([, page, title]) => [page, title])).toEqual(
        own.map((file) => [`${file.name}.html`, titleOf(file)]),
      );
      const page = read(`${place}${own[0].name}.html`);
      for (const words of ['Contents', 'On this page', 'To the text', 'Pages, below', 'Languages'])
        expect(page, words).toMatch(new RegExp(`[">]${say(words)}["<]`));
      expect(page).toContain(`rel="next" href="${own[1].name}.html"`);
      expect(page).toContain(`aria-label="${say('Link to cell {cell}', { cell: 'start-map' })}"`);
      expect(read(`${place}${own[1].name}.html`).includes(sayIn('en')('It runs in JupyterLab.'))).toBe(
        language === 'en' && whyNotInPage(own[1]) !== undefined,
      );
    },
  );

  test('notation and glossary are a page of each edition, with the terms in its words', () => {
    const english = 'source/docs/notation.md.html';
    for (const { language, place } of editions) {
      const page = language === 'en' ? english : `${place}source/docs/${language}/notation.md.html`;
      const own = read(page);
      expect(own.match(/<tr>/g)?.length).toBeGreaterThan(110);
      expect(own).toContain('class="katex');
      expect(own).toContain('id="cell-id=section-3"');
      const links = hrefs(page, /<(a) href="([^"]+html)">0[06]</g).map(([, to]) => to);
      expect(new Set(links)).toEqual(new Set(editions[0].files.map((file) => `${place}${file.name}.html`)));
      if (language !== 'en') expect(own).toContain(`href="../../../../${english}"`);
      const terms = language === 'en' ? [] : Object.values(readEdition(language).settings.glossary);
      for (const { word } of terms.slice(0, 60)) expect(own).toContain(word);
      expect(pages.some(({ page: address }) => decodeURIComponent(address) === page)).toBe(true);
    }
  });

  test('the text of a source is English in every edition, what stands around it is not', () => {
    const page = readdirSync(path.join(folder, 'zh', 'source'), { recursive: true, encoding: 'utf8' }).find(
      (name) => name.endsWith('.ts.html'),
    );
    const own = read(`zh/source/${page}`);
    expect(own).toContain('<html lang="zh-Hans" data-edition="zh">');
    expect(own).toContain('<main id="page-text" tabindex="-1" lang="en">');
    expect(own).toContain('>目录</a>');
  });

  test('what a search finds lies beside the pages of each edition, and is of that edition', () => {
    for (const { place } of editions) {
      const passages = JSON.parse(
        read(`${place}passages.js`).replace(/^[^=]*=|;\s*$/g, ''),
      ) as PagePassages[];
      expect(passages.length).toBeGreaterThan(wanted.length);
      expect(passages.every(({ page }) => page.startsWith(place))).toBe(true);
      expect(passages.some(({ page }) => page.startsWith('zh/'))).toBe(place === 'zh/');
    }
  });

  test('the service worker knows the languages, and counts what it keeps of each', async () => {
    const kept = await writeServiceWorker(folder);
    expect(kept.map(({ language }) => language)).toEqual(editions.map(({ language }) => language));
    const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    for (const { count } of kept) expect(count).toBeLessThan(all.length);
  });
});
