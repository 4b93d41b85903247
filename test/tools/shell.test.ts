import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Found, finderOf } from '../../tools/book/page/shell/find';
import { askedWords, placesOf, stem, wordsOf } from '../../tools/book/page/shell/words';
import { type PagePassages, passagesOf, sideContents } from '../../tools/book/shell/sections';
import { tidy, withFigureFiles } from '../../tools/book/shell/tidy';
import { findNotebooks, joined, titleOf } from '../../tools/notebooks/notebook-file';
import { readEdition } from '../../tools/translate/edition';

describe('wordsOf()', () => {
  test('takes a text apart into words, and names of code into their parts too', () => {
    expect(wordsOf('A step of 0.1, downhill.')).toEqual(['A', 'step', 'of', '0', '1', 'downhill']);
    expect(wordsOf('gradientDescent(loss)')).toEqual(['gradientDescent', 'gradient', 'Descent', 'loss']);
  });

  test('takes Chinese apart into pairs and the last letter, also beside Latin letters', () => {
    expect(wordsOf('梯度下降')).toEqual(['梯度', '度下', '下降', '降']);
    expect(wordsOf('用GPT写')).toEqual(['用', 'GPT', '写']);
  });
});

describe('askedWords()', () => {
  const inWords = (run: string) => run.match(/随机|梯度|下降|的|步长|交叉熵|./g) ?? [];

  test('needs the words of Chinese, and wishes for what stands across two of them', () => {
    expect(askedWords('随机梯度下降的步长', inWords)).toEqual({
      needed: ['随机', '梯度', '下降', '步长'],
      wished: ['机梯', '度下', '降的', '的步'],
    });
    expect(askedWords('GPT的gradientDescent', inWords)).toEqual({
      needed: ['GPT', '的', 'gradientDescent', 'gradient', 'Descent'],
      wished: [],
    });
  });

  test('needs all pairs of a long word, and of one that no dictionary has', () => {
    expect(askedWords('交叉熵', inWords).needed).toEqual(['交叉', '叉熵']);
    expect(askedWords('过拟合', inWords).needed).toEqual(['过拟', '拟合']);
    expect(askedWords('熵', inWords).needed).toEqual(['熵']);
  });

  test("takes words apart by the browser's own dictionary", () => {
    expect(askedWords('随机梯度下降').needed).toEqual(['随机', '梯度', '下降']);
  });

  test('needs only what a text is kept under, however the two are taken apart', () => {
    const kept = wordsOf('学习率决定每一步的长度，过大的学习率会让损失发散');
    const splits = [(run: string) => [run], (run: string) => [...run], inWords];
    for (const words of ['学习率', '习率', '损失发散', '每一步', '散']) {
      for (const split of splits) {
        const asked = Object.values(askedWords(words, split)).flat();
        const starts = (word: string) => kept.some((one) => one.startsWith(word));
        expect(asked.every(starts), `${words}: ${asked}`).toBe(true);
      }
    }
  });
});

test('placesOf() marks whole words, in both scripts', () => {
  const text = '用 gradientDescent 走，学习率太大';
  const marked = placesOf(text, new Set(['descent', '学习', '习率'])).map(([from, to]) =>
    text.slice(from, to),
  );
  expect(marked).toEqual(['gradientDescent', '学习率']);
});

test('stem() keeps both spellings, and one and many, under one form', () => {
  expect(stem('Optimizers')).toBe(stem('optimiser'));
  expect(stem('normalization')).toBe(stem('normalisation'));
  expect(stem('gradients')).toBe('gradient');
  expect(['loss', 'bias', 'radius', 'basis'].map(stem)).toEqual(['loss', 'bia', 'radius', 'basis']);
  expect(stem('naïve')).toBe('naive');
});

describe('finderOf()', () => {
  const passage = (cell: string, text: string, more = {}) => ({
    cell,
    heading: 'Steps',
    begins: false,
    text,
    code: '',
    ...more,
  });
  const pages: PagePassages[] = [
    {
      page: '02.html',
      title: '02 · Descent',
      passages: [
        passage('a', 'Momentum keeps some of the last step.'),
        passage('b', `${'A long beginning. '.repeat(40)}Then the optimisers are compared.`),
        passage('c', 'It says momentum once.', { heading: 'Momentum', begins: true }),
        passage('d', '', { code: 'const path = gradientDescent(valley);' }),
      ],
    },
    {
      page: 'zh/02.html',
      title: '梯度下降',
      passages: [passage('e', '学习率决定每一步的长度，动量让它更快。')],
    },
  ];
  const find = finderOf(pages);
  const cells = (words: string) => find(words).map(({ address }) => address);
  const marked = ({ excerpt }: Found) => excerpt.filter(({ found }) => found).map(({ text }) => text);

  test('finds passages by word, those that are headed by it first', () => {
    expect(cells('momentum')).toEqual(['02.html#cell-id=c', '02.html#cell-id=a']);
    expect(find('momentum')[0]).toMatchObject({ title: '02 · Descent', heading: 'Momentum' });
  });

  test('finds the beginning of a word, another spelling, a slip, and the parts of a name', () => {
    expect(cells('momen')).toHaveLength(2);
    expect(cells('optimizer')).toEqual(['02.html#cell-id=b']);
    expect(cells('momentm')).toHaveLength(2);
    expect(cells('descent valley')).toEqual(['02.html#cell-id=d']);
  });

  test('wants all words, but rather finds some than nothing', () => {
    expect(cells('momentum step')).toEqual(['02.html#cell-id=a']);
    expect(cells('momentum zebra')).toHaveLength(2);
    expect(cells('zebra')).toEqual([]);
    expect(cells(' .,; ')).toEqual([]);
  });

  test('finds Chinese', () => {
    expect(cells('动量')).toEqual(['zh/02.html#cell-id=e']);
    expect(cells('学习率')).toEqual(['zh/02.html#cell-id=e']);
    expect(cells('批量')).toEqual([]);
  });

  test('shows the piece of the passage where the word stands, and marks it', () => {
    const [{ excerpt }] = find('optimizer');
    const text = excerpt.map((part) => part.text).join('');
    expect(text).toMatch(/^… .*Then the optimisers are compared\.$/);
    expect(text.length).toBeLessThan(300);
    expect(marked(find('optimizer')[0])).toEqual(['optimisers']);
    expect(marked(find('动量')[0])).toEqual(['动量']);
  });
});

describe('the search in the Chinese edition', () => {
  const files = findNotebooks(readEdition('zh').folder);
  const pages = files.map((file): PagePassages => {
    let heading = '';
    const passages = file.notebook.cells.map(({ id, cell_type, source }) => {
      const text = joined(source);
      const begins = cell_type === 'markdown' && /^#+ (.+)$/m.exec(text)?.[1];
      if (begins) heading = begins;
      const shown = cell_type === 'markdown' ? { text, code: '' } : { text: '', code: text };
      return { cell: id, heading, begins: Boolean(begins), ...shown };
    });
    return { page: `zh/${file.name}.html`, title: titleOf(file), passages };
  });
  const find = finderOf(pages);

  test.each([
    ['梯度下降', '02'],
    ['上升最陡的方向', '02'],
    ['随机抽取的批量', '03'],
    ['链式法则', '04'],
    ['手写数字 最近邻', '06'],
    ['置信度 校准', '07'],
    ['标签平滑', '08'],
    ['动量 adam', '09'],
    ['为什么会过拟合', '10'],
    ['双下降', '10'],
    ['显著图', '11'],
    ['屋顶线', '12'],
    ['数据并行', '13'],
    ['对比损失', '14'],
    ['困惑度', '15'],
    ['因果掩码', '16'],
    ['键值缓存', '18'],
    ['熵', '08'],
  ])('%s leads to notebook %s among the first five', (words, number) => {
    const found = find(words).slice(0, 5);
    expect(found.map(({ address }) => address.slice(3, 5))).toContain(number);
    expect(found.every(({ excerpt }) => excerpt.some((part) => part.found))).toBe(true);
  });

  test('finds words in another order than they stand in', () => {
    const cells = find('批量 随机').map(({ address }) => address);
    expect(cells.length).toBeGreaterThan(0);
    expect(find('随机的批量').length).toBeGreaterThan(0);
  });

  test('shows short pieces', () => {
    for (const { excerpt } of find('学习率').slice(0, 20)) {
      expect(excerpt.map(({ text }) => text).join('').length).toBeLessThan(240);
    }
  });
});

describe('the pages', () => {
  const code =
    '<div class="highlight hl-typescript"><pre><span></span><span class="kd">const</span><span class="w"> </span><span class="nx">a</span><span class="w"> </span><span class="o">=</span><span class="w"> </span><span class="s1">&#39;b&#39;</span><span class="p">;</span>\n</pre></div>';
  const cell = (id: string, inside: string) =>
    `<div class="cell border-box-sizing text_cell rendered" id="cell-id=${id}"><div class="prompt input_prompt">\nIn [1]:</div>${inside}</div>`;
  const heading = (level: number, title: string) =>
    `<h${level} id="${title}">${title}<a class="anchor-link" href="#${title}">¶</a></h${level}>`;

  test('tidy() keeps every letter of the code, and colours what the style has a colour for', () => {
    const tidied = tidy(code);
    const letters = (html: string) => html.replace(/<[^>]*>/g, '');
    expect(letters(tidied)).toBe(letters(code));
    expect(tidied).toContain('<span class="k">const</span> a = <span class="s">&#39;b&#39;</span>;');
    expect(tidied.length).toBeLessThan(code.length / 2);
  });

  test('tidy() links to each cell, and leaves no prompt', () => {
    const tidied = tidy(cell('gd-title', heading(1, 'Title')) + cell('gd-code', code));
    expect(tidied.match(/href="#cell-id=gd-(?:title|code)"/g)).toHaveLength(2);
    expect(tidied).not.toMatch(/prompt|¶/);
  });

  test('withFigureFiles() writes a picture once, and gives the page its size', () => {
    const folder = mkdtempSync(join(tmpdir(), 'descent-figures-'));
    try {
      const png = Buffer.alloc(40);
      png.write('\x89PNG', 'latin1');
      png.writeUInt32BE(700, 16);
      png.writeUInt32BE(450, 20);
      const image = `<img alt="a" src="data:image/png;base64,${png.toString('base64')}">`;
      const html = withFigureFiles(image + image, folder);
      const [, file] =
        /src="(figures\/[\da-f]{16}\.png)" width="700" height="450" loading="lazy"/.exec(html) ?? [];
      expect(readFileSync(join(folder, file)).equals(png)).toBe(true);
      expect(html.split(file)).toHaveLength(3);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('sideContents() lists the sections of a page that has some', () => {
    expect(sideContents(heading(1, 'One') + heading(2, 'Two'))).toBe('');
    const side = sideContents(tidy(heading(2, 'Two') + heading(3, 'Three')));
    expect(side).toContain(
      '<li class="level-2"><a href="#Two">Two</a></li><li class="level-3"><a href="#Three">Three</a></li>',
    );
  });

  test('passagesOf() gives the words of each cell with the heading above it, without outputs', () => {
    const output = '<div class="output_wrapper"><pre>0.123</pre></div>';
    const html = tidy(
      cell('one', `${heading(2, 'Rates')}<p>Small &amp; large,</p><p>both.</p>`) +
        cell('two', `<div class="input_area">${code}</div>${output}`),
    );
    expect(passagesOf(html)).toEqual([
      { cell: 'one', heading: 'Rates', begins: true, text: 'Small & large, both.', code: '' },
      { cell: 'two', heading: 'Rates', begins: false, text: '', code: "const a = 'b';" },
    ]);
  });
});
