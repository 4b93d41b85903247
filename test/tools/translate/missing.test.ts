import { expect, test } from 'vitest';
import { type Edition, languagesIn, readContents, readEdition } from '../../../tools/translate/edition';
import { missingIn } from '../../../tools/translate/missing';

const contents = readContents(readEdition(languagesIn()[0]));
const begun: Edition = {
  language: 'xx',
  folder: '',
  settings: {
    tag: 'xx',
    name: 'xx',
    script: 'Latin',
    magnitudes: {},
    phrases: { '**Goal.**': '**Goal.**', '**Next:**': '**Weiter:**' },
    documents: { minutes: 'minutes', claim: 'Behauptung' },
    verbatim: ['minutes', 'softmax'],
    typography: [],
    glossary: { loss: { word: 'loss' }, layer: { word: 'Schicht' }, softmax: { word: 'softmax' } },
  },
};

test('missingIn() says of an edition without notebooks what comes next', () => {
  const pairs = contents.pairs.map(({ english }) => ({ english }));
  const lines = missingIn(begun, { pairs, orphans: [] });
  expect(lines[0]).toMatch(/^notebooks not begun: 00-start-here, (?:\S+, ){3}and \d+ more$/);
  expect(lines.slice(1)).toEqual([
    "edition.json: the language's name in itself",
    'phrases as in English: **Goal.**',
    'terms as in English, and no names that stay: loss',
    'lib/base/words/xx.ts: what the course itself says',
    "tools/book/page/words/xx.ts: what the book's pages say",
    'docs/xx/notation.md: notation and glossary',
    'README.xx.md: what a visitor reads first',
  ]);
});

test('missingIn() names what is not begun alone, once the rest is there', () => {
  const zh = readEdition('zh');
  const [first, second, ...others] = readContents(zh).pairs;
  expect(missingIn(zh, { pairs: [first, { english: second.english }, ...others], orphans: [] })).toEqual([
    `notebooks not begun: ${second.english.name}`,
  ]);
});
