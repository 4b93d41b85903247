import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findNotebooks } from '../../tools/notebooks/notebook-file';
import { languageNamed } from '../../tools/start/language.mjs';
import { languagesIn, readEdition } from '../../tools/translate/edition';

describe.each(languagesIn())('the language %s', (language) => {
  const { folder: notebooks, settings } = readEdition(language);
  const canBeRead = findNotebooks(notebooks).length > 0;

  const rule = canBeRead
    ? 'is one that npm start opens, with a pack that is locked by hash'
    : 'is none that npm start opens, until it has a notebook';

  test(rule, () => {
    if (!canBeRead) {
      expect(() => languageNamed(language)).toThrow('the course is not there in this language');
      return;
    }
    const { folder, locale } = languageNamed(language);
    expect([folder, locale]).toEqual([`notebooks/${language}`, settings.jupyterlab]);
    if (!locale) return;
    const file = join(__dirname, '../../tools/setup/python/language-packs', `${locale}.txt`);
    expect(existsSync(file), file).toBe(true);
    expect(readFileSync(file, 'utf8')).toMatch(
      /^jupyterlab-language-pack-[\w-]+==[\d.]+\w* \\\n {4}--hash=sha256:[0-9a-f]{64}$/m,
    );
  });
});

test('languageNamed() refuses a language in which there is no edition', () => {
  expect(() => languageNamed('xx')).toThrow('the course is not there in this language');
});
