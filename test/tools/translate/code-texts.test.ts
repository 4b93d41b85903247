import { expect, test } from 'vitest';
import { textsIn, whereProgramsPart, withTexts } from '../../../tools/translate/code-texts';

/** Texts with `‹x›` where code has `${x}`. */
const filled = (text: string) => text.replace(/‹([^›]*)›/g, (_, inner) => `\${${inner}}`);

const code = filled(`import { show } from './lib/course';
/** How far. */
const rate: 'low' | 'high' = 'low'; // 0 … 1: how far
// one line
// and another
const name = \`‹n› hidden neuron‹n > 1 ? 's' : ''›\`;
show({ title: 'The loss falls', style: 'theory' }, rate === 'high' ? 1 : 2);
`);

test('textsIn() tells what a reader sees from what the program knows', () => {
  const found = textsIn(code).map(({ kind, need, text }) => [kind, need, text]);
  expect(found).toEqual([
    ['string', 'fixed', './lib/course'],
    ['comment', 'text', 'How far.'],
    ['string', 'fixed', 'low'],
    ['string', 'fixed', 'high'],
    ['string', 'perhaps', 'low'],
    ['comment', 'text', '0 … 1: how far'],
    ['comment', 'text', 'one line\nand another'],
    ['string', 'text', filled("‹n› hidden neuron‹n > 1 ? 's' : ''›")],
    ['string', 'text', 'The loss falls'],
    ['string', 'perhaps', 'theory'],
    ['string', 'fixed', 'high'],
  ]);
});

test('textsIn() opens a key that is looked up where it is no identifier', () => {
  const needs = textsIn("rates['by hand']; rates['|hand|']; rates['hand'];");
  expect(needs.map(({ need, text }) => [need, text])).toEqual([
    ['perhaps', 'by hand'],
    ['perhaps', '|hand|'],
    ['fixed', 'hand'],
  ]);
});

test('textsIn() opens a comparison of several words, and the words between the items of a list', () => {
  const needs = textsIn("kind === 'by hand'; kind === 'hand'; list.join(' and '); list.join(', ');");
  expect(needs.map(({ need, text }) => [need, text])).toEqual([
    ['perhaps', 'by hand'],
    ['fixed', 'hand'],
    ['perhaps', ' and '],
    ['perhaps', ', '],
  ]);
});

test('textsIn() opens a template whose words stand in a text within it', () => {
  const needOfTemplate = (template: string) => textsIn(filled(template))[0].need;
  expect(needOfTemplate('`‹n ? `after ‹n› steps` : ""›: ‹x›`')).toBe('text');
  expect(needOfTemplate("`‹of(x, 'size')›: ‹n›`")).toBe('perhaps');
  expect(needOfTemplate("`‹of(x, 'size')›/‹n›`")).toBe('fixed');
  expect(needOfTemplate('`layer‹n›`')).toBe('perhaps');
  expect(needOfTemplate('`layer ‹n›`')).toBe('text');
});

test('textsIn() takes what the code looks up for a name', () => {
  const found = textsIn("const of = { 'group 5': 1, title: 'group 6' };\nshow(of['group 5']);");
  expect(found.map(({ need }) => need)).toEqual(['perhaps', 'text', 'perhaps']);
});

test('withTexts() changes texts and comments alone', () => {
  const texts = textsIn(code);
  const changed = withTexts(
    code,
    texts,
    new Map([
      [6, '一行'],
      [7, filled("‹n› 个‹n > 1 ? '' : ''›")],
      [8, '损失下降'],
    ]),
  );
  expect(changed).toContain('\n// 一行\nconst name');
  expect(changed).toContain("title: '损失下降'");
  expect(whereProgramsPart(code, changed)).toBeUndefined();
  expect(withTexts(code, texts, new Map())).toBe(code);
});

test('whereProgramsPart() takes no notice of layout, and notice of everything else', () => {
  expect(whereProgramsPart('f(a, b);', 'f(\n  a,\n  b,\n);')).toBeUndefined();
  expect(whereProgramsPart('() => a || b', '() => (\n  a ||\n  b\n)')).toBeUndefined();
  expect(whereProgramsPart(filled('`‹a› of ‹b›`'), filled('`‹b› 中的 ‹a›`'))).toBeUndefined();
  expect(whereProgramsPart(filled('`‹a› of ‹b›`'), filled('`‹a› 和 ‹a›`'))).toContain('line 1');
  expect(whereProgramsPart("({ 'all zero': 1 })", '({ 全为零: 1 })')).toBeUndefined();
  expect(whereProgramsPart('({ zero: 1 })', '({ one: 1 })')).toContain('line 1');
  expect(whereProgramsPart('(a + b) * c', 'a + b * c')).toContain('line 1');
  expect(whereProgramsPart('f(1)', 'f(1);')).toBe(
    'at line 1 the program has `;` where the English has nothing',
  );
});

test('the name of a layer is no text that must be translated', () => {
  const [layer, series] = textsIn("const all = [{ units: 3, name: 'hidden' }, { name: 'hidden', y: 1 }];");
  expect([layer.need, series.need]).toEqual(['perhaps', 'text']);
  const [options] = textsIn("const output = { name: 'output', kernelInitializer: drawn() };");
  expect(options.need).toBe('perhaps');
});
