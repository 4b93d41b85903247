import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { projectPython } from '../../tools/notebooks/execute';
import { isHidden } from '../../tools/notebooks/hidden';
import { faultOf } from '../../tools/notebooks/links';
import {
  findNotebooks,
  joined,
  type Notebook,
  type NotebookFile,
  titleOf,
} from '../../tools/notebooks/notebook-file';
import { type DeadLink, writePages } from '../../tools/notebooks/pages';

const files = findNotebooks(path.join(projectRoot(), 'notebooks'));
const reason = projectPython() ? '' : ' (skipped: there is no .venv; run npm run setup)';

/** What makes a browser run a script, by the HTML alone: elements, handlers, addresses. */
function activeParts(page: string): string[] {
  const tags = page.match(/<[a-z][^\s>]*(?:\s+[\w:-]+(?:=(?:"[^"]*"|'[^']*'))?)*\s*\/?>/gi) ?? [];
  expect(tags.length).toBeGreaterThan(5);
  const active =
    /^<(?:script|iframe|object|embed|form|base|frame|applet)\b|\son\w+=|=["']\W*(?:javascript|vbscript|data:text)/i;
  return tags.filter((tag) => active.test(tag) || /^<meta [^>]*refresh/i.test(tag));
}

const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; `;

/** Follows every link of the pages in a folder. */
function checkLinks(folder: string): void {
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const page of pages.filter((name) => name.endsWith('.html'))) {
    for (const [, target] of read(page).matchAll(/<(?:a|link)\b[^>]* href="([^"]*)"/g)) {
      if (/^https?:/.test(target)) continue;
      const [file, anchor] = target.replace(/&amp;/g, '&').replace(/&#39;/g, "'").split('#');
      const place = file ? path.join(path.dirname(page), decodeURIComponent(file)) : page;
      expect(existsSync(path.join(folder, place)), `${page} links to ${target}`).toBe(true);
      if (!anchor) continue;
      // A browser looks for the anchor as it is written, then for what it stands for.
      const found = [anchor, decodeURIComponent(anchor)].some((id) => read(place).includes(`id="${id}"`));
      expect(found, `${page} links to ${target}`).toBe(true);
    }
  }
}

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
    checkLinks(folder);
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

  test('asks nothing of a network, holds no script, and lets none run', () => {
    const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /html$/.test(name),
    );
    expect(pages.length).toBeGreaterThan(files.length + 10);
    for (const name of pages) {
      const page = read(name);
      expect(page).toContain(policy);
      expect(activeParts(page), name).toEqual([]);
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
      const shownPictures = [
        ...page.matchAll(/<img\b[^>]* src="(figures\/[^"]+)" width="\d+" height="\d+"/g),
      ];
      expect(shownPictures).toHaveLength(pictures);
      for (const [, file] of shownPictures) expect(existsSync(path.join(folder, file)), file).toBe(true);

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
      const hidden = notebook.cells.filter(isHidden).length;
      const folded = (`${text}\n${shown}`.match(/<details>/g) ?? []).length + hidden;
      // The contents at the side, which come before it, may be folded too.
      const main = page.slice(page.indexOf('<main'));
      expect(main.match(/<details>/g) ?? []).toHaveLength(folded);
      expect(main.match(/<\/details>/g) ?? []).toHaveLength(folded);
    },
  );
});

describe.skipIf(reason)(`writePages() with notebooks of strangers${reason}`, () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  /** A notebook that would lie in `notebooks/`. */
  function notebookOf(name: string, ...cells: Notebook['cells'] | string[]): NotebookFile {
    const written = cells.map((cell, index) =>
      typeof cell === 'string'
        ? { cell_type: 'markdown' as const, id: `cell-${index}`, metadata: {}, source: cell }
        : cell,
    );
    const notebook = { cells: written, metadata: {}, nbformat: 4, nbformat_minor: 5 };
    return { file: path.join(projectRoot(), 'notebooks', `${name}.ipynb`), name, notebook };
  }

  async function write(...notebooks: NotebookFile[]) {
    const folder = mkdtempSync(path.join(tmpdir(), 'descent-pages-'));
    folders.push(folder);
    const links = await writePages(notebooks, folder);
    return { folder, links, read: (name: string) => readFileSync(path.join(folder, name), 'utf8') };
  }

  const attacks = [
    '<script>alert(1)</script>',
    '<script src="https://example.org/a.js"></script>',
    '<img src=x onerror=alert(1)>',
    "<img src='x' OnError='alert(1)'>",
    '<a href="javascript:alert(1)">go</a>',
    '<a href=" java&#10;script:alert(1)">go</a>',
    '<a href="data:text/html,<script>alert(1)</script>">go</a>',
    '<div onmouseover="alert(1)" style="background:url(https://example.org/a.png)">go</div>',
    '<svg onload="alert(1)"><script>alert(1)</script><a xlink:href="javascript:alert(1)">go</a></svg>',
    '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="https://example.org/"></object><embed src="https://example.org/">',
    '<form action="https://example.org/"><button formaction="javascript:alert(1)">go</button></form>',
    '<meta http-equiv="refresh" content="0; url=https://example.org/">',
    '<base href="https://example.org/"><link rel="stylesheet" href="https://example.org/a.css">',
    '<style>@import url(https://example.org/a.css);</style>',
    '<img src="https://example.org/a.png">',
    '<img src="//example.org/a.png">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<video src="https://example.org/a.mp4" onerror="alert(1)"><source src="https://example.org/"></video>',
  ];
  const shown = (data: Record<string, unknown>): Notebook['cells'][number] => ({
    cell_type: 'code',
    id: 'code',
    metadata: {},
    source: 'show()',
    execution_count: 1,
    outputs: [{ output_type: 'display_data', data, metadata: {} }],
  });

  test.each([
    ['Markdown', (attack: string) => [`# Title\n\nbefore\n\n${attack}\n\nafter`, 'the end'] as string[]],
    [
      'Markdown, within a line',
      (attack: string) => [`# Title\n\nbefore ${attack} after`, 'the end'] as string[],
    ],
    [
      'an output',
      (attack: string) => [shown({ 'text/html': `<p>before</p>${attack}<p>after</p>`, 'text/plain': 'x' })],
    ],
    [
      'an output of Markdown',
      (attack: string) => [shown({ 'text/markdown': `before\n\n${attack}\n\nafter` })],
    ],
    [
      'a raw cell',
      (attack: string): Notebook['cells'] => [
        { cell_type: 'raw', id: 'raw', metadata: {}, source: `before ${attack} after` },
      ],
    ],
  ])(
    'lets no script, handler, frame or foreign address of %s pass, and keeps the words',
    async (_, cells) => {
      const notebooks = attacks.map((attack, index) => notebookOf(`${10 + index}-attack`, ...cells(attack)));
      const { read } = await write(...notebooks);
      for (const [index, { name }] of notebooks.entries()) {
        const page = read(`${name}.html`);
        const body = page.slice(page.indexOf('<body>'));
        expect(activeParts(body), attacks[index]).toEqual([]);
        expect(body, attacks[index]).not.toMatch(/<(?:style|link|meta|svg|math|video|button|noscript)\b/i);
        expect(body, attacks[index]).not.toMatch(/<[^>]*example\.org/);
        expect(body, attacks[index]).toMatch(/before[\s\S]*after/);
      }
    },
  );

  test('runs no JavaScript that an output holds, and shows SVG as a picture', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><circle r="5"/></svg>';
    const { read } = await write(
      notebookOf('10-code', shown({ 'application/javascript': 'alert(1)', 'text/plain': 'a script' })),
      notebookOf('11-svg', shown({ 'image/svg+xml': svg, 'text/plain': 'a "circle"' })),
    );
    expect(read('10-code.html')).not.toContain('alert(1)');
    expect(read('10-code.html')).toContain('a script');
    const picture = /<img alt=('[^']*'|"[^"]*") src="data:image\/svg\+xml;base64,([^"]+)"/.exec(
      read('11-svg.html'),
    );
    expect(picture?.[1]).toBe('"a &quot;circle&quot;"');
    expect(Buffer.from(picture?.[2] ?? '', 'base64').toString()).toBe(svg);
  });

  test('folds hidden code away and leaves its outputs, and all of an open cell, in sight', async () => {
    const claims = shown({ 'text/plain': 'A claim, met.' });
    const hidden = {
      ...claims,
      id: 'hidden',
      metadata: { jupyter: { source_hidden: true } },
      source: 'claim();',
    };
    const { read } = await write(notebookOf('10-hidden', claims, hidden));
    const [open, folded] = read('10-hidden.html').split('id="cell-id=hidden"');
    expect(open).not.toContain('<details');
    expect(open).toContain('A claim, met.');
    const [inside, after] = folded.split('</details>');
    expect(inside).toContain('<details><summary>show code</summary>');
    expect(inside.replace(/<[^>]*>/g, '')).toContain('claim();');
    expect(inside).not.toContain('A claim, met.');
    expect(after).toContain('A claim, met.');
  });

  test('gives a picture the alternative text that is stored with it, else what the output says', async () => {
    const data = { 'image/png': 'aGVsbG8=', 'text/plain': 'Figure: short' };
    const baked = shown(data);
    baked.outputs = [
      { output_type: 'display_data', data, metadata: { 'image/png': { alt: 'Long & "quoted".' } } },
    ];
    const { read } = await write(notebookOf('10-baked', baked), notebookOf('11-bare', shown(data)));
    const alternative = (page: string) => / alt=("[^"]*")/.exec(page)?.[1];
    expect(alternative(read('10-baked.html'))).toBe('"Long &amp; &quot;quoted&quot;."');
    expect(alternative(read('11-bare.html'))).toBe('"Figure: short"');
  });

  test('keeps code that is about HTML as it is written', async () => {
    const text =
      '# HTML\n\n```html\n<a href="../lib/maths.ts" onclick="f()">x</a>\n```\n\n`<script>` and `<img src="x">`';
    const { read, links } = await write(notebookOf('10-html', text));
    const words = read('10-html.html')
      .replace(/<[^>]*>/g, '')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&quot;/g, '"');
    expect(words).toContain('<a href="../lib/maths.ts" onclick="f()">x</a>');
    expect(words).toContain('<script> and <img src="x">');
    expect(links).toEqual([]);
  });

  test('publishes only what git tracks', async () => {
    const secret = path.join(projectRoot(), 'out', `secret-${process.pid}.txt`);
    mkdirSync(path.dirname(secret), { recursive: true });
    writeFileSync(secret, 'kept from others');
    try {
      const untracked = [`../out/${path.basename(secret)}`, '../node_modules/katex/package.json'];
      const elsewhere = ['../../../../../../../../etc/passwd', '../no/such/file'];
      const all = ['../LICENSE', './lib/maths.ts', ...untracked, ...elsewhere];
      const text = all.map((target) => `[x](${target}) and <a href='${target}'>y</a>`).join('\n\n');
      const { folder, links } = await write(notebookOf('10-links', `# Links\n\n${text}`));
      const published = readdirSync(path.join(folder, 'source'), { recursive: true, encoding: 'utf8' });
      expect(published.filter((name) => name.endsWith('.html')).sort()).toEqual(
        ['LICENSE.html', path.join('lib', 'maths.ts.html')].sort(),
      );
      const why = (target: string) => links.filter((link) => link.target === target).map((link) => link.why);
      for (const target of untracked) {
        expect(why(target)).toEqual(Array(2).fill('git does not track: it is not published'));
      }
      expect(why('../no/such/file')).toEqual(['is not there', 'is not there']);
      expect(links.filter(({ target }) => /LICENSE|maths/.test(target))).toEqual([]);
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const file = path.join(folder, name);
        if (statSync(file).isFile()) expect(readFileSync(file).includes('kept from others')).toBe(false);
      }
    } finally {
      rmSync(secret);
    }
  });

  test('takes pictures of the project along, as they are', async () => {
    const picture = '../docs/pictures/02.png';
    const { folder, links, read } = await write(
      notebookOf('10-pictures', `# Pictures\n\n![The *descent*](${picture}) [the same](${picture})`),
    );
    expect(links).toEqual([]);
    const copy = path.join('source', 'docs', 'pictures', '02.png');
    expect(read('10-pictures.html').match(/(?:src|href)="source\/docs\/pictures\/02\.png"/g)).toHaveLength(2);
    const original = readFileSync(path.join(projectRoot(), 'docs', 'pictures', '02.png'));
    expect(readFileSync(path.join(folder, copy)).equals(original)).toBe(true);
  });

  test('finds its way among odd names', async () => {
    const names = [
      '10-a "quoted" name',
      '11-50% #1 & more',
      "12-it's <here>",
      '13-Überblick ü',
      'index',
      'plain',
    ];
    const odd = process.platform === 'win32' ? names.filter((name) => !/["<>]/.test(name)) : names;
    const text = odd
      .map((name) => `[to ${odd.indexOf(name)}](${encodeURIComponent(name)}.ipynb#Odd)`)
      .join('\n\n');
    const notebooks = odd.map((name) => notebookOf(name, `# Odd\n\n${text}`));
    const { folder, links, read } = await write(...notebooks);
    expect(links).toEqual([]);
    checkLinks(folder);
    expect(read('index.html').match(/<li>/g)).toHaveLength(odd.length);
    for (const name of odd.filter((one) => one !== 'index')) expect(read(`${name}.html`)).toContain('Odd');
  });

  test('says of a link that is no address which notebook has it, and goes on', async () => {
    const { links } = await write(
      notebookOf('10-percent', '# Percent\n\n<a href="100%.md">x</a> [y](%zz.ts#%) [z](11-other.ipynb)'),
    );
    expect(links).toEqual([
      { page: '10-percent', target: '100%.md', why: 'is not there' },
      { page: '10-percent', target: expect.stringMatching(/^%(25)?zz\.ts#%/), why: 'is not there' },
      { page: '10-percent', target: '11-other.ipynb', why: 'is not among the pages' },
    ]);
    const link = { notebook: '10-percent', cell: 'cell-0', target: '100%.md#%' };
    expect(faultOf(link, path.join(projectRoot(), 'notebooks'))).toBe(
      '10-percent, cell-0: 100%.md#% is not there',
    );
  });

  test('names notebook and cell of a formula that cannot be set', async () => {
    const fine = notebookOf('10-fine', '# Fine\n\n$x^2$');
    const broken = notebookOf('11-broken', '# Broken', 'good: $x$', 'bad: $\\frac{1}{$ end');
    await expect(write(fine, broken)).rejects.toThrow(
      /^Cannot set a formula in 11-broken, cell 'cell-2': KaTeX parse error: /,
    );
    const question = notebookOf('12-question', '**Question.** Is $\\frac{$ whole?');
    await expect(write(question)).rejects.toThrow(/^Cannot set a formula in 12-question/);
  });
});
