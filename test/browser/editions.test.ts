import type { Server } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { writeRun } from '../../tools/book/run';
import type { PagePassages } from '../../tools/book/shell/sections';
import { writeServiceWorker, writeShell } from '../../tools/book/shell/write';
import type { NotebookFile } from '../../tools/notebooks/notebook-file';
import { writePages } from '../../tools/notebooks/pages';
import { seriousFaults } from './axe';
import { screenshot } from './chromium';
import { noJupyter } from './jupyter';
import { type ServedBook, serveBook } from './served-book';
import { notebookOf } from './small-notebook';

/** A notebook of an edition: its words, and code that says some of them. */
function editionOf(folder: string, title: string, sentence: string, about: string): NotebookFile {
  const file = notebookOf('01-talking', [
    [
      'knobs',
      `import { claim, exercise, is, knobs } from './lib/course';

const rate = 0.5; // 0.1 … 1: ${about}
knobs({ rate }, { rate: 0.5 });
claim('${sentence}', rate, is.equalTo(0.5));`,
    ],
    ['talking-check', "exercise('talking', undefined, is.number(1));"],
    ['talking-error', "import { readFile } from 'node:fs/promises';\nawait readFile('none.txt');"],
    [
      'talking-figure',
      `import { show } from './lib/course';
import { lineFigure } from './lib/figures';
show(lineFigure({ title: '${title}', xAxis: 'x', yAxis: 'y', series: [{ name: 'a', y: [0, 1] }] }));`,
    ],
  ]);
  const heading = (id: string, source: string) => ({
    cell_type: 'markdown' as const,
    id,
    metadata: {},
    source,
  });
  const filling = Array.from({ length: 30 }, (_, index) =>
    heading(`talking-${index}`, `${about} ${index}\n\n`.repeat(3)),
  );
  const [first, ...rest] = file.notebook.cells;
  const cells = [
    heading('talking-title', `# 01 · ${title}`),
    first,
    ...filling,
    heading('talking-deep', `## ${title}`),
    ...rest,
  ];
  return {
    ...file,
    file: join(projectRoot(), 'notebooks', folder, '01-talking.ipynb'),
    notebook: { ...file.notebook, cells },
  };
}

describe.skipIf(noJupyter)(`the book in two languages${noJupyter}`, () => {
  const files = [
    editionOf('', 'The rate', 'The rate is a half.', 'how far a step goes'),
    editionOf('zh', '学习率', '学习率是二分之一。', '一步走多远，由学习率决定'),
  ];
  let browser: Browser;
  let server: Server;
  let book: ServedBook;
  let address: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    book = await serveBook(async (folder) => {
      const pages: PagePassages[] = [];
      await writePages(
        files,
        folder,
        () => undefined,
        (page) => pages.push(page),
      );
      await writeRun(files, folder, () => undefined);
      await writeShell(pages, folder);
      await writeServiceWorker(folder);
    }, '/some/where/');
    ({ address, server, browser } = book);
  });
  afterAll(() => book?.close());

  async function visit(path: string, locale = 'zh-CN'): Promise<Page> {
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${address}${path}`);
    return page;
  }
  const target = (page: Page) => page.locator('.cell:target').getAttribute('id');

  it('a switch of the language leads to the cell of the address, with its knobs', async () => {
    const page = await visit('zh/01-talking.html?rate=0.7#cell-id=talking-deep');
    await page.locator('a.language').click();
    await page.waitForURL(`${address}01-talking.html?rate=0.7#cell-id=talking-deep`);
    expect(await target(page)).toBe('cell-id=talking-deep');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.context().close();
  });

  it('else to the cell in sight, from the head that comes back when the reader scrolls up', async () => {
    const page = await visit('01-talking.html');
    await page.locator('.run-bar').waitFor();
    await page.mouse.move(600, 500);
    await page.mouse.wheel(0, 2500);
    const top = () => page.locator('header').evaluate((head) => head.getBoundingClientRect().bottom);
    await expect.poll(top).toBeLessThan(0);
    await page.mouse.wheel(0, -60);
    await expect.poll(top).toBeGreaterThan(20);
    const place = () => page.evaluate('scrollY');
    for (let last = await place(); ; ) {
      await page.waitForTimeout(100);
      const now = await place();
      if (now === last) break;
      last = now;
    }
    const seen = await page.evaluate(`(() => {
      const top = document.querySelector('.run-bar').getBoundingClientRect().bottom;
      return document.elementFromPoint(600, top + 30).closest('.cell').id;
    })()`);
    expect(seen).toMatch(/talking-[1-9]/);
    // As a hand does it: Playwright's own click would scroll first.
    const { x = 0, y = 0 } = (await page.locator('a.language').boundingBox()) ?? {};
    await page.mouse.click(x + 5, y + 5);
    await page.waitForURL(`${address}zh/01-talking.html#${seen}`);
    expect(await target(page)).toBe(seen);
    await page.context().close();
  });

  it('a heading is found in the other language by its cell, and the top of the page by none', async () => {
    const page = await visit('zh/01-talking.html');
    await page.locator('a.language').hover();
    expect(
      await page.locator('a.language').evaluate((link) => (link as unknown as { href: string }).href),
    ).toBe(`${address}01-talking.html`);
    await page.goto(`${address}zh/01-talking.html#学习率`);
    await page.locator('a.language').click();
    await page.waitForURL(/#cell-id=talking-deep$/);
    await page.context().close();
  });

  it('stands out for a browser that asks for its language, and for no other', async () => {
    const wished = async (path: string, locale: string) => {
      const page = await visit(path, locale);
      const count = await page.locator('a.language.wished').count();
      await page.context().close();
      return count;
    };
    expect(await wished('index.html', 'zh-CN')).toBe(1);
    expect(await wished('zh/index.html', 'zh-CN')).toBe(0);
    expect(await wished('index.html', 'fr-FR')).toBe(0);
    expect(await wished('zh/index.html', 'en-GB')).toBe(1);
  });

  it("a search finds words of the page's language alone", async () => {
    const page = await visit('zh/index.html');
    await page.getByRole('button', { name: '搜索' }).click();
    await page.getByRole('searchbox', { name: '搜索内容' }).fill('由学习率决定走多远');
    await page.locator('.search-found mark').first().waitFor();
    const found = await page
      .locator('.search-found a')
      .evaluateAll((all) => all.map((one) => (one as unknown as { href: string }).href));
    expect(found.every((one) => one.startsWith(`${address}zh/`))).toBe(true);
    expect(await page.locator('.search-found mark').first().textContent()).toMatch(/学习率|决定|多远/);
    expect(await page.locator('.search-count').textContent()).toMatch(/^\d+ 处/);
    await page.getByRole('searchbox').fill('half');
    await expect.poll(() => page.locator('.search-count').textContent()).toMatch(/^1 处|^什么也没有找到/);
    await page.context().close();
  });

  it('runs in the language of the page: claims, exercises, knobs, errors, figures, the bar', async () => {
    const page = await visit('zh/01-talking.html');
    await page.getByRole('button', { name: '全部运行：这个笔记本的所有单元格' }).click();
    await page.locator('html[data-run=idle]').waitFor();
    const shown = (id: string) => page.locator(`[id="cell-id=${id}"] .output`).textContent();
    expect(await shown('knobs')).toContain('论断成立');
    expect(await shown('talking-check')).toContain('练习待做');
    expect(await shown('talking-error')).toContain('无法读取“none.txt”：它没有随这个页面一起提供');
    const status = () => page.locator('.run-bar [role=status]').textContent();
    expect(await status()).toMatch(
      /^4 个单元格中运行了 3 个 · 1 个出了错 · 1 条论断中有 1 条在你的浏览器里成立 · [\d.]+ 秒。$/,
    );
    await page.locator('[id="cell-id=talking-figure"] .run-cell').click();
    await page.locator('.run-figure .main-svg').first().waitFor();
    await page.locator('.run-figure').hover();
    expect(await page.locator('.modebar-btn').first().getAttribute('data-title')).toBe('将图保存为 PNG');
    await page.getByLabel('rate').fill('7');
    await page.getByLabel('rate').press('Enter');
    expect(await page.locator('.run-knob-message').textContent()).toMatch(/\p{Script=Han}/u);
    expect(await status()).toBe('旋钮转动了：请重新运行单元格。');
    expect(await page.locator('.run-knobs legend').textContent()).toBe('旋钮');
    await screenshot(page, 'editions-run');
    expect(await seriousFaults(page)).toEqual([]);
    await page.context().close();
  });

  it('shows no word of another language around the text', async () => {
    const page = await visit('zh/01-talking.html');
    await page.locator('.shell-note').filter({ hasText: '本书已保存' }).waitFor();
    const words = (await page.evaluate(`(() => {
      const parts = [...document.querySelectorAll('header, footer, .run-bar, .side, .skip, button, [aria-label], [title], .run-knobs legend')];
      const texts = parts.flatMap((one) => [one.matches('main, .cell') ? '' : one.innerText, one.title, one.getAttribute('aria-label')]);
      return texts.join('\\n').match(/[A-Za-z]{3,}/g);
    })()`)) as string[];
    const names = [
      'English',
      'JupyterLab',
      'rate',
      'talking',
      'title',
      'deep',
      'check',
      'error',
      'figure',
      'knobs',
    ];
    expect([...new Set(words)].filter((word) => !names.includes(word))).toEqual([]);
    await page.context().close();
  });

  it('complained of nothing', () => expect(complaints).toEqual([]));

  it('a browser keeps the editions that were opened, and no other', async () => {
    const page = await visit('zh/index.html');
    const keptFiles = async () => {
      const urls = (await page.evaluate(
        `caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys())))).then((all) => all.flat().map(({ url }) => url))`,
      )) as string[];
      return urls.map((url) => url.slice(address.length).replace(/\?.*/, ''));
    };
    const kept = (text: string) => page.locator('.shell-note').filter({ hasText: text }).waitFor();
    await kept('本书已保存在这个浏览器里');
    const first = await keptFiles();
    expect(first).toEqual(
      expect.arrayContaining([
        'zh/index.html',
        'zh/passages.js',
        'shell/search.js',
        'run/cells/zh/01-talking.js',
        'run/zh/words.js',
      ]),
    );
    expect(first.filter((file) => !file.includes('/') && file !== 'book.css')).toEqual([]);
    await page.locator('a.language').click();
    await kept('The book is kept in this browser');
    expect(await keptFiles()).toEqual(
      expect.arrayContaining([...first, 'index.html', 'run/cells/01-talking.js']),
    );
    server.closeAllConnections();
    await page.context().setOffline(true);
    await page.goto(`${address}zh/01-talking.html`);
    expect(await page.locator('h1').textContent()).toContain('学习率');
    await page.goto(`${address}zh/none.html`);
    expect(await page.locator('h1').textContent()).toBe('这个页面没有保存');
    await page.context().close();
  });
});
