/** The page of notation and glossary in each edition: held to the English one, tried by mutation. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../../lib/base/project-root';
import { languagesIn, readEdition } from '../../../tools/translate/edition';
import { notationFaults, notationFindings, notationPage } from '../../../tools/translate/notation';

const read = (language?: string) => readFileSync(join(projectRoot(), notationPage(language)), 'utf8');
const english = read();

test('there is one in Chinese, and none is wanted of an edition that is only begun', () => {
  expect(existsSync(join(projectRoot(), notationPage('zh')))).toBe(true);
  expect(notationFindings({ ...readEdition('zh'), language: 'xx' })).toEqual([]);
});

describe.each(languagesIn())('the page in %s', (language) => {
  test('says what the English one says', () => {
    expect(notationFindings(readEdition(language))).toEqual([]);
  });
});

describe('notationFaults() finds', () => {
  const zh = readEdition('zh');
  const own = read('zh');
  /** The kinds of faults once the page says something else. */
  function kindsWith(from: string | RegExp, to: string, page = own): string[] {
    const changed = page.replace(from, to);
    expect(changed).not.toBe(page);
    return [...new Set(notationFaults(zh, english, changed).map(([kind]) => kind))];
  }

  test.each([
    ['another symbol', '| $\\alpha$ | 一个数', '| $\\eta$ | 一个数', ['formulas']],
    ['another shape', '| $[n_0]$, $[n, n_0]$ |', '| $[n_0]$, $[n_0, n]$ |', ['formulas']],
    ['another name in code', '`hessian`', '`curvature`', ['code spans', 'formulas']],
    ['a symbol left out', /\| \$\\gamma\$.*\n/, '', ['formulas', 'code spans', 'form']],
    ['another word for a term', '| 困惑度 | perplexity', '| 迷惑度 | perplexity', ['glossary']],
    ['a term left out', /\| 困惑度 .*\n/, '', ['formulas', 'links', 'form']],
    ['a link to the English notebook', '../../notebooks/zh/15', '../../notebooks/15', ['links']],
    ['another number', '也指许多网络', '也指 100 个网络', ['numbers']],
    [
      'an English meaning',
      '嵌入 | embedding | 代表一样东西的一列数，相似的东西彼此靠近',
      '嵌入 | embedding | a list of numbers that stands for a thing, so that similar things lie close together',
      ['untranslated'],
    ],
    ['a section left out', /### 曲率[\s\S]*?(?=### 网络)/, '', ['form']],
  ])('%s', (_, from, to, kinds) => {
    expect(kindsWith(from, to)).toEqual(expect.arrayContaining(kinds));
  });

  test('two terms exchanged', () => {
    const [first, second] = [/^\| 熵 .*$/m, /^\| 轮 .*$/m].map((row) => row.exec(own)?.[0] ?? '');
    expect(kindsWith(`${first}\n${second}`, `${second}\n${first}`)).toEqual(['form']);
  });
});
