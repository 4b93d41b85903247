/** What the book says besides the notebooks' text: there in every language of the course, and nothing said past the table. */
import { describe, expect, test } from 'vitest';
import { translations as ofCourse } from '../../../lib/page';
import { say, sayIn, speak, translations } from '../../../tools/book/page/say';
import { languagesIn, readEdition } from '../../../tools/translate/edition';
import { filesBelow, readSource, withoutComments } from '../../sources';

const files = [...filesBelow('tools/book', /\.ts$/), 'tools/notebooks/pages.ts'].filter(
  (file) => !file.startsWith('tools/book/page/words/'),
);
const sources = files.map((file) => withoutComments(readSource(file))).join('\n');

/** A text in quotation marks, as it stands in code. */
const quoted = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/;

/** Texts that are said as they stand. */
const said = [...sources.matchAll(new RegExp(`(?<!this\\.)\\bsay\\(\\s*(?:${quoted.source})`, 'g'))].map(
  ([, single, double]) => single ?? double,
);

const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

describe('sayIn()', () => {
  test('puts values into the sentence of a language', () => {
    expect(sayIn('zh')('{count} passages.', { count: 3 })).toBe('3 处。');
    expect(sayIn('en')('{count} passages of {constructor}.', { count: 3 })).toBe(
      '3 passages of {constructor}.',
    );
  });

  test('says in English what a language has no words for', () => {
    expect(sayIn('xx')('Search')).toBe('Search');
    expect(sayIn('toString')('Search')).toBe('Search');
    expect(sayIn('zh')('No word of it')).toBe('No word of it');
  });
});

test('say() speaks the language that it was told', () => {
  speak('zh');
  expect(say('Search')).toBe('搜索');
  speak('en');
  expect(say('Search')).toBe('Search');
});

test('whatever looks like a sentence to a reader is said through the table', () => {
  const page = files.filter((file) => file.startsWith('tools/book/page/') && !file.endsWith('/team.ts'));
  const loose = page.flatMap((file) => {
    // Errors that only a developer meets stay English; so does what the page's own table begins with.
    const text = withoutComments(readSource(file)).replace(/new Error\([^)]*\)/g, '');
    return [...text.matchAll(new RegExp(quoted.source, 'g'))]
      .map(([, single, double]) => single ?? double)
      .filter((one) => /^[▶■↻○]?\s?[A-Z][a-z]+ [\w\s,'{}:-]+[.:]?$/.test(one) && one !== 'Invalid Date')
      .filter((one) => !said.includes(one) && !Object.values(translations).every((words) => one in words))
      .map((one) => `${file}: ${one}`);
  });
  expect(loose).toEqual([]);
});

describe.each(Object.entries(translations))('the words in %s', (name, words) => {
  test('are those of an edition', () => expect(languagesIn()).toContain(name));

  test('are there for all that is said', () => {
    expect(said.length).toBeGreaterThan(60);
    expect([...new Set(said)].filter((text) => !Object.hasOwn(words, text))).toEqual([]);
  });

  test('are all said somewhere', () => {
    const isQuoted = (text: string) =>
      [`'${text}'`, `"${text}"`, `'${text.replaceAll("'", "\\'")}'`].some((one) => sources.includes(one));
    expect(Object.keys(words).filter((text) => !isQuoted(text))).toEqual([]);
  });

  test('hold the values that the English ones hold', () => {
    const odd = Object.entries(words).filter(
      ([english, own]) => places(own).join() !== places(english).join(),
    );
    expect(odd).toEqual([]);
  });

  test('share their file with those of the course: what both say, they say alike', () => {
    const ofBoth = Object.entries(ofCourse[name]).filter(([english]) => Object.hasOwn(words, english));
    expect(ofBoth.filter(([english, own]) => words[english] !== own)).toEqual([]);
  });

  test("keep the edition's typography", () => {
    const rules = readEdition(name).settings.typography.map(({ pattern }) => new RegExp(pattern, 'u'));
    const broken = Object.values(words).filter((own) =>
      rules.some((rule) => rule.test(own.replace(/\{\w+\}/g, '\uE002'))),
    );
    expect(broken).toEqual([]);
  });
});

test('the titles of what a page loads are in the table', () => {
  const source = withoutComments(readSource('tools/book/site-files.ts'));
  const titles = [...source.matchAll(/(?:title: |addWhole\()(?:'([^']+)'|"([^"]+)")/g)].map(
    ([, single, double]) => single ?? double,
  );
  expect(titles.length).toBeGreaterThan(6);
  for (const words of Object.values(translations))
    expect(titles.filter((title) => title !== 'MNIST' && !(title in words))).toEqual([]);
});
