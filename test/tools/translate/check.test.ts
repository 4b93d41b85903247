import { describe, expect, test } from 'vitest';
import { type Cell, inLines, joined } from '../../../tools/notebooks/notebook-file';
import { markdownFaults } from '../../../tools/translate/cell-text';
import { cellFaults, check, hashOf, notebookFindings, stampOf } from '../../../tools/translate/check';
import {
  glossaryTerms,
  languagesIn,
  type Pair,
  readContents,
  readEdition,
} from '../../../tools/translate/edition';
import { type FindingKind, lineOf } from '../../../tools/translate/findings';

const editions = languagesIn().map((language) => [language, readEdition(language)] as const);

describe.each(editions)('the edition %s', (_, edition) => {
  test('says what the English course says, as far as it is begun', () => {
    const verdict = check(edition, readContents(edition));
    expect(verdict.findings.map(lineOf)).toEqual([]);
  });

  test('has a word for every term of the glossary', () => {
    expect(Object.keys(edition.settings.glossary)).toEqual(expect.arrayContaining(glossaryTerms()));
  });

  test('has no rule of typography that cannot be read', () => {
    for (const { pattern } of edition.settings.typography)
      expect(() => new RegExp(pattern, 'u')).not.toThrow();
  });
});

const zh = readEdition('zh');
const pairs = readContents(zh, ['01']).pairs as Required<Pair>[];
const [pair] = pairs;

/** The kinds of findings once one cell of the translation is changed. */
function findingsWith(id: string, change: (cell: Cell) => Cell): FindingKind[] {
  const [english, translated] = [pair.english, pair.translated].map(
    ({ notebook }) => notebook.cells.find((cell) => cell.id === id) as Cell,
  );
  return [...new Set(cellFaults(zh, english, change(translated)).map(([kind]) => kind))];
}

/** The kinds of findings of the translation with other cells. */
function findingsOf(cells: Cell[]): FindingKind[] {
  const translated = { ...pair.translated, notebook: { ...pair.translated.notebook, cells } };
  const kinds = notebookFindings(zh, { ...pair, translated }).map(({ kind }) => kind);
  return [...new Set(kinds)];
}

/** Changes a cell's text where it surely says `from`. */
const saying = (from: string | RegExp, to: string) => (cell: Cell) => {
  const source = joined(cell.source);
  const changed = source.replace(from, to);
  expect(changed, `${cell.id} says ${from}`).not.toBe(source);
  return { ...cell, source: inLines(changed) };
};

describe('check() finds each fault that is put into a sound notebook:', () => {
  const { cells } = pair.translated.notebook;
  const english = new Map(pair.english.notebook.cells.map((cell) => [cell.id, cell]));

  test('none without one', () => expect(findingsOf(cells)).toEqual([]));

  test('a cell left out', () => {
    expect(findingsOf(cells.filter(({ id }) => id !== 'nn-layer'))).toEqual(['missing']);
  });

  test('a cell of its own', () => {
    expect(findingsOf([...cells, { ...cells[0], id: 'nn-more' }])).toEqual(['extra']);
  });

  test('a cell twice', () => expect(findingsOf([...cells, cells[3]])).toContain('extra'));

  test('two cells exchanged', () => {
    const swapped = [...cells];
    [swapped[2], swapped[5]] = [swapped[5], swapped[2]];
    expect(findingsOf(swapped)).toEqual(['order']);
  });

  test('an English cell that has changed since', () => {
    const before = { of: hashOf({ ...cells[0], source: 'another text' }) };
    expect(findingsWith('nn-layer', (cell) => ({ ...cell, metadata: { translation: before } }))).toEqual([
      'stale',
    ]);
  });

  test('a cell without a stamp', () => {
    expect(findingsWith('nn-layer', (cell) => ({ ...cell, metadata: {} }))).toEqual(['untranslated']);
    const english = pair.english.notebook.cells.find(({ id }) => id === 'nn-layer') as Cell;
    expect(findingsWith('nn-layer', () => english)).toEqual(['untranslated']);
  });

  test('other tags', () => {
    const untagged = (cell: Cell) => ({ ...cell, metadata: { translation: cell.metadata.translation } });
    expect(findingsWith('nn-knobs', untagged)).toContain('metadata');
  });

  test('an English text under a stamp', () => {
    const left = (cell: Cell) => ({ ...cell, source: english.get(cell.id)?.source ?? '' });
    expect(findingsWith('nn-layer', left)).toEqual(expect.arrayContaining(['untranslated', 'script']));
    expect(findingsWith('nn-tangent', left)).toContain('untranslated');
  });

  test.each([
    [
      'a paragraph in English',
      'nn-network',
      /要由你自己来选的数[^\n]*/,
      'You choose some of the numbers yourself.',
      'untranslated',
    ],
    ['another number', 'nn-width', '两个', '2 个', 'numbers'],
    ['a number that is larger by a myriad', 'nn-published', '1750 亿', '1750 万', 'numbers'],
    ['another formula', 'nn-bound', '\\frac12$，', '\\frac13$，', 'formulas'],
    ['a formula left out', 'nn-line', '是 $\\ell$ 在', '是在', 'formulas'],
    ['another code span', 'nn-knobs-try', '`1000`', '`100`', 'code spans'],
    ['another link', 'nn-formula', '../../docs/zh/notation.md', '../../docs/notation.md', 'links'],
    ['another level of heading', 'nn-neuron', '### ', '## ', 'headings'],
    ['a row less in a table', 'nn-formula', /\| \$b\$[^\n]*\n/, '', 'form'],
    ['an item less in a list', 'nn-summary', /- 一个神经元[^\n]*\n/, '', 'form'],
    ['another word for a term', 'nn-line', /交叉熵/g, '互熵', 'glossary'],
    ['a word that the edition refuses', 'nn-count-title', '像素的', '像素、有噪音的', 'glossary'],
    ['another heading for what all have', 'nn-knobs-title', '旋钮', '参数', 'phrases'],
    ['half-width punctuation', 'nn-graph', '，就是', ',就是', 'typography'],
    ['no space before Latin', 'nn-break-title', '在 $', '在$', 'typography'],
    ['emphasis that is none', 'nn-cases-sentence', '**看点。** ', '**看点。**', 'typography'],
    ['another program', 'nn-count', '[784, 10]', '[784, 11]', 'program'],
    ['a call that is left out', 'nn-layer-code', /console\.log\(`a =[^\n]*\n?/, '', 'program'],
    ['a text that the program knows', 'nn-train', "'xor'", "'moons'", 'program'],
    ['another program in a solution', 'nn-collapse-solution', 'b: b2 };', 'b: b1 };', 'program'],
    [
      'an English title in code',
      'nn-graph-figure',
      /训练好的网络：(.*) 个参数/,
      'Trained network: $1 parameters',
      'script',
    ],
    ['another range of a knob', 'nn-knobs', '1 … 32:', '1 … 64:', 'knobs'],
    ['another number in a claim', 'nn-claims', '5,000', '4,000', 'numbers'],
  ])('%s', (_, id, from, to, kind) => {
    expect(findingsWith(id, saying(from, to))).toContain(kind);
  });

  test('an output with another number, and none at all', () => {
    const cell = cells.find(({ id }) => id === 'nn-claims') as Cell;
    const altered = JSON.parse(JSON.stringify(cell).replace(/"measured":[\d.]+/, '"measured":0.25'));
    expect(findingsWith('nn-claims', () => altered)).toEqual(['outputs']);
    expect(findingsWith('nn-claims', (one) => ({ ...one, outputs: [] }))).toEqual(['outputs']);
  });

  test('an English label, unless the cell is excused for it', () => {
    const line = { output_type: 'stream' as const, text: '基线 majority' };
    const labelled = (cell: Cell) => ({ ...cell, outputs: [...(cell.outputs ?? []), line] });
    expect(findingsWith('nn-claims', labelled)).toContain('labels');
    const stamp = stampOf(cells.find(({ id }) => id === 'nn-claims') as Cell);
    const excused = (cell: Cell) => ({
      ...labelled(cell),
      metadata: { ...cell.metadata, translation: { ...stamp, differs: ['labels'] } },
    });
    expect(findingsWith('nn-claims', excused)).not.toContain('labels');
  });

  test('another number where a comma stands before the decimals', () => {
    const edition = { ...zh, settings: { ...zh.settings, decimal: ',' as const } };
    const kinds = (text: string) =>
      markdownFaults('Of 1,500 a share of 0.25.', text, edition, (link) => link).map(([kind]) => kind);
    expect(kinds('1.500 个里的 0,25。')).toEqual([]);
    expect(kinds('1,500 个里的 0.25。')).toContain('numbers');
  });

  test('an excuse that nothing needs', () => {
    const excused = (cell: Cell) => ({
      ...cell,
      metadata: { translation: { of: hashOf(english.get(cell.id) as Cell), differs: ['numbers'] } },
    });
    expect(findingsWith('nn-layer', excused)).toEqual(['excuse']);
    const altered = (cell: Cell) => saying('的两个权重', '的 2 个权重')(excused(cell));
    expect(findingsWith('nn-layer', altered)).toEqual([]);
  });

  test('a term of the glossary without a word', () => {
    const { loss: _, ...glossary } = zh.settings.glossary;
    const edition = { ...zh, settings: { ...zh.settings, glossary } };
    const { findings } = check(edition, { pairs: [], orphans: [] });
    expect(findings.map(lineOf)).toEqual(["edition: the glossary has no word for 'loss'"]);
  });

  test('a page written from the notebooks for which there are no words', () => {
    const { 'does not apply': _, ...documents } = zh.settings.documents ?? {};
    const edition = { ...zh, settings: { ...zh.settings, documents } };
    const { findings } = check(edition, { pairs: [], orphans: [] });
    expect(findings.map(lineOf)).toEqual(["edition: `documents` has nothing for 'does not apply'"]);
  });

  test('a notebook that the course has not', () => {
    const { findings } = check(zh, { pairs: [], orphans: [{ ...pair.translated, name: '77-more' }] });
    expect(findings).toMatchObject([{ notebook: '77-more', kind: 'extra' }]);
  });

  test('how many notebooks are not begun', () => {
    const { begun, of } = check(zh, readContents(zh));
    expect(of).toBe(20);
    expect(begun).toBeGreaterThan(0);
  });
});
