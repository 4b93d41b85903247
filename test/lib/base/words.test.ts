import { afterEach, describe, expect, test } from 'vitest';
import { inPercent, inWords, language, say, translations } from '../../../lib/base/words';
import { languagesIn } from '../../../tools/translate/edition';
import { filesBelow, readSource } from '../../sources';

const setting = (name: string, value?: string) => {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
};

afterEach(() => {
  setting('DESCENT_LANGUAGE');
  setting('JPY_SESSION_NAME');
});

describe('language()', () => {
  test.each([
    [undefined, undefined, 'en'],
    ['zh', undefined, 'zh'],
    [undefined, '/home/reader/descent/notebooks/zh/02-gradient-descent.ipynb', 'zh'],
    [undefined, 'C:\\descent\\notebooks\\zh\\02-gradient-descent.ipynb', 'zh'],
    [undefined, 'notebooks/02-gradient-descent.ipynb', 'en'],
    ['en', 'notebooks/zh/02-gradient-descent.ipynb', 'en'],
  ])('told %s, in the notebook %s, is %s', (told, notebook, expected) => {
    setting('DESCENT_LANGUAGE', told);
    setting('JPY_SESSION_NAME', notebook);
    expect(language()).toBe(expected);
  });
});

describe('say()', () => {
  test('puts values into the sentence, in any language', () => {
    expect(say('{value} is too large.', { value: 3 })).toBe('3 is too large.');
    setting('DESCENT_LANGUAGE', 'zh');
    expect(say('{value} is too large.', { value: 3 })).toBe('3 太大了。');
  });

  test('says in English what a language has no words for', () => {
    setting('DESCENT_LANGUAGE', 'xx');
    expect(say('Not yet')).toBe('Not yet');
  });
});

test('inPercent() sets the sign as the language does', () => {
  expect(inPercent('97.1')).toBe('97.1 %');
  setting('DESCENT_LANGUAGE', 'zh');
  expect(inPercent(3)).toBe('3%');
});

test('inWords() counts as the language does', () => {
  const values = [2764800, 405e9, 15.6e12, 1342e9];
  expect(values.map(inWords)).toEqual(['2,764,800', '405 billion', '15.6 trillion', '1.342 trillion']);
  setting('DESCENT_LANGUAGE', 'zh');
  expect(values.map(inWords)).toEqual(['2,764,800', '4050 亿', '15.6 万亿', '1.342 万亿']);
});

const sources = filesBelow('lib', /\.ts$/)
  .filter((file) => !file.startsWith('lib/base/words/'))
  .map(readSource)
  .join('\n');

/** Texts that are said as they stand. */
const said = [
  ...sources.matchAll(/\b(?:say|said|sentence|compare)\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)")/g),
].map(([, single, double]) => single ?? double);

const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

describe.each(Object.entries(translations))('the words in %s', (name, words) => {
  test('are those of an edition', () => expect(languagesIn()).toContain(name));

  test('are there for all that is said', () => {
    expect(said.length).toBeGreaterThan(80);
    expect(said.filter((text) => !(text in words))).toEqual([]);
  });

  test('are all said somewhere', () => {
    const types = ['number', 'text', 'true or false', 'list of numbers'].map((type) => `must be a ${type}`);
    const quoted = (text: string) => sources.includes(`'${text}'`) || sources.includes(`"${text}"`);
    expect(Object.keys(words).filter((text) => !quoted(text) && !types.includes(text))).toEqual([]);
    expect(types.filter((text) => !(text in words))).toEqual([]);
  });

  test('hold no value that the English ones have not', () => {
    const odd = Object.entries(words).filter(([english, own]) =>
      places(own).some((place) => !places(english).includes(place)),
    );
    expect(odd).toEqual([]);
  });
});
