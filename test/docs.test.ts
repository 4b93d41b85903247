import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { claimMimeType } from '../lib/base/contract';
import { projectRoot } from '../lib/base/project-root';
import { claimsTable, courseMap, pageOf, questionOf } from '../tools/notebooks/docs';
import { faultOf, linksOf } from '../tools/notebooks/links';
import {
  findNotebooks,
  hasTag,
  joined,
  knobsOf,
  readingMinutes,
  readNotebook,
  titleOf,
} from '../tools/notebooks/notebook-file';
import { type Edition, languagesIn, readEdition } from '../tools/translate/edition';
import { filesBelow, namesTaken, readSource } from './sources';

const folder = path.join(projectRoot(), 'notebooks');
const files = findNotebooks(folder);
const [start] = files;
const doc = (name: string) => readFileSync(path.join(projectRoot(), 'docs', name), 'utf8');
const mend = 'npm run notebooks -- docs writes it anew';

describe('what is written from the notebooks is up to date', () => {
  test('docs/claims.md holds the claims of the committed outputs', () => {
    expect(doc('claims.md'), mend).toBe(claimsTable(files));
  });

  test('claimsTable() says of a claim at other knobs that it does not apply', () => {
    const data = { sentence: 'It holds.', measured: 0.5, bound: 'at least 1', met: false, applies: false };
    const output = { output_type: 'display_data' as const, data: { [claimMimeType]: data } };
    const cell = { cell_type: 'code' as const, id: 'a', metadata: {}, source: '', outputs: [output] };
    const table = claimsTable([{ ...start, notebook: { ...start.notebook, cells: [cell] } }]);
    expect(table.trim().split('\n').at(-1)).toMatch(
      /\| It holds\. \| 0\.5 \| at least 1 \| does not apply \|$/,
    );
  });

  test('notebook 00 maps all notebooks with their questions and reading times', () => {
    const map = start.notebook.cells.find(({ id }) => id === 'start-map');
    expect(joined(map?.source), mend).toContain(courseMap(files));
  });

  const editions = languagesIn().map((language) => {
    const edition = readEdition(language);
    return { language, edition, own: findNotebooks(edition.folder) };
  });
  test.each(editions.filter(({ own }) => own.length > 0))('in $language, too', ({ edition, own }) => {
    expect(readSource(pageOf('claims.md', edition)), mend).toBe(claimsTable(own, edition));
    if (own.length < files.length) return;
    const map = own[0].notebook.cells.find(({ id }) => id === 'start-map');
    expect(joined(map?.source), mend).toContain(courseMap(own, edition));
  });

  test('an edition says it in its own words, and in English what it has none for', () => {
    const language = 'xx';
    const settings = { documents: { claim: 'Behauptung', '*all together*': '**zusammen**' } };
    const edition = { language, folder: '', settings } as unknown as Edition;
    expect(pageOf('claims.md', edition)).toBe('docs/xx/claims.md');
    const table = claimsTable(files, edition);
    expect(table).toContain('| notebook | Behauptung | measured | claimed | met |');
    expect(table).toContain('| [00](../../notebooks/xx/00-start-here.ipynb) |');
    expect(courseMap(files, edition)).toMatch(/\n\| \*\*zusammen\*\* \| {2}\| \d+ \|$/);
  });
});

describe.each(files.map((file) => [file.name, file] as const))('notebook %s', (name, file) => {
  test('states its title, its question and its reading time', () => {
    expect(titleOf(file)).toMatch(new RegExp(`^${name.slice(0, 2)} · \\S`));
    expect(questionOf(file)).toMatch(/\?$/);
    expect(readingMinutes(file)).toBeGreaterThan(0);
  });

  test('has no link that leads nowhere', () => {
    expect(linksOf(file).flatMap((link) => faultOf(link, folder) ?? [])).toEqual([]);
  });

  const cell = file.notebook.cells.find((one) => hasTag(one, 'parameters'));
  const call = /^knobs\([\s\S]*\);\s*$/m.exec(joined(cell?.source))?.[0] ?? '';
  test.runIf(call)('states as claimed the values that its knobs have', () => {
    const values = Object.fromEntries(knobsOf(file).map((knob) => [knob.name, knob.value]));
    const given = new Function('knobs', ...Object.keys(values), `return ${call}`)(
      (...both: unknown[]) => both,
      ...Object.values(values),
    );
    expect(given[0]).toEqual(values);
    if (given.length > 1) expect(given[1]).toEqual(values);
  });
});

describe('docs/notation.md', () => {
  const rows = doc('notation.md')
    .split('\n## Glossary\n')[1]
    .split('\n')
    .flatMap((line) => {
      const [, word, , link] = /^\| (.+?) \| (.+) \| (.+?) \|$/.exec(line) ?? [];
      return word && word !== 'word' ? [{ word, notebook: /notebooks\/(\d\d)-/.exec(link)?.[1] }] : [];
    });

  test('lists each word once, in the order of the alphabet', () => {
    const words = rows.map(({ word }) => word.toLowerCase());
    expect(words.length).toBeGreaterThan(40);
    expect(words).toEqual([...new Set(words)].sort((a, b) => a.localeCompare(b, 'en')));
  });

  test.each(rows)('says rightly that "$word" is explained in notebook $notebook', ({ word, notebook }) => {
    const file = files.find(({ name }) => name.slice(0, 2) === notebook);
    const bold = (file?.notebook.cells ?? [])
      .filter((cell) => cell.cell_type === 'markdown')
      .flatMap((cell) => joined(cell.source).match(/\*\*[^*]+\*\*/g) ?? []);
    const first = word.split(/[,(]/)[0].trim().toLowerCase();
    expect(bold.some((one) => one.toLowerCase().includes(first))).toBe(true);
  });
});

describe('linksOf() and faultOf()', () => {
  const fine = readNotebook(path.join(__dirname, 'fixtures/notebooks/01-fine.ipynb'));
  const withText = (source: string) => ({
    ...fine,
    name: '02-gradient-descent',
    notebook: {
      ...fine.notebook,
      cells: [{ cell_type: 'markdown' as const, id: 'x', metadata: {}, source }],
    },
  });
  const faults = (source: string) => linksOf(withText(source)).map((link) => faultOf(link, folder) ?? 'fine');

  test.each([
    ['[a](00-start-here.ipynb)', ['fine']],
    ['[a](00-start-here.ipynb#Your-computer) and [b](lib/descent.ts)', ['fine', 'fine']],
    ['[`code`](https://arxiv.org/abs/1611.07476)', ['fine']],
    ['["a (b)"](https://en.wikipedia.org/wiki/Seed_(disambiguation))', ['fine']],
    ['<https://deeplearningbook.org>', ['fine']],
    ['`[a](no.md)` and\n```ts\nf[0](no);\n```', []],
    ['[a](16-nothing.ipynb)', ['02-gradient-descent, x: 16-nothing.ipynb is not there']],
    [
      '[a](00-start-here.ipynb#Nothing)',
      ['02-gradient-descent, x: 00-start-here.ipynb#Nothing names a heading that is not there'],
    ],
    ['[a](#Nothing)', ['02-gradient-descent, x: #Nothing names a heading that is not there']],
    ['[a](https://)', ['02-gradient-descent, x: https:// is not an address of the web']],
    ['[a](https://nowhere/x)', ['02-gradient-descent, x: https://nowhere/x names no host']],
    ['[a](ftp://a.b/c)', ['02-gradient-descent, x: ftp://a.b/c is not an address of the web']],
    ['[a]()', ['02-gradient-descent, x: (empty) is not there']],
  ])('%s', (source, found) => expect(faults(source)).toEqual(found));
});

/** The Markdown files of the project, without what git ignores. */
function documents(): string[] {
  const isOurs = (name: string) =>
    !['.git', ...ignoredPlaces().map((line) => line.split('/')[0])].includes(name);
  const entries = readdirSync(projectRoot(), { withFileTypes: true }).filter(({ name }) => isOurs(name));
  return entries.flatMap((entry) => {
    if (!entry.isDirectory()) return entry.name.endsWith('.md') ? [entry.name] : [];
    return filesBelow(entry.name, /\.md$/);
  });
}

/** Where the links of a document lead that stay in the project, without the names of headings. */
function linkTargets(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/\]\(([^\s)]+)\)/g)]
    .map(([, target]) => target.split('#')[0])
    .filter((target) => target && !/^[a-z]+:/.test(target));
}

/** The paths that a document quotes in code marks: in a folder of the project, or a file beside it. */
function quotedPaths(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\s]+)`(?!\])/g)].map(([, token]) => token);
  return quoted.filter((token) =>
    /^(?:\.\/)?(?:lib|kernel|tools|test|docs|notebooks|data)\/[\w./-]*$|^[\w-]+\.(?:js|mjs|ts)$/.test(token),
  );
}

/** What git ignores, as paths in the project. */
function ignoredPlaces(): string[] {
  const lines = readSource('.gitignore').split('\n').filter(Boolean);
  return lines.map((line) => line.replace(/^\//, ''));
}

/** Whether git ignores a path: what set-up and the reader's programs make need not be there. */
function isIgnored(place: string): boolean {
  return ignoredPlaces().some((line) => place.startsWith(line) || `${place}/` === line);
}

const namesOfDoor = (door: string) => namesTaken(readSource(`${door}.ts`)).map(({ own }) => own);

describe.each(documents())('%s', (file) => {
  const text = readSource(file);
  const besides = path.posix.dirname(file);
  const resolves = (place: string) =>
    isIgnored(place) ||
    [place, `${place}.ts`].some((candidate) => existsSync(path.join(projectRoot(), candidate)));

  test('links to what is there', () => {
    const lost = linkTargets(text).filter((target) => !resolves(path.posix.join(besides, target)));
    expect(lost).toEqual([]);
  });

  test('quotes paths that are there', () => {
    const lost = quotedPaths(text).filter(
      (place) => !resolves(path.posix.normalize(place)) && !resolves(path.posix.join(besides, place)),
    );
    expect(lost).toEqual([]);
  });

  test('quotes imports that a door offers', () => {
    for (const { module, name } of namesTaken(text)) {
      const door = /^(?:\.\.?\/)+(lib\/.+)$/.exec(module)?.[1];
      if (!door) continue;
      expect(resolves(door), `${module} is not there`).toBe(true);
      expect(namesOfDoor(door), `${module} offers no ${name}`).toContain(name);
    }
    for (const [, door] of text.matchAll(/\bfrom `'?\.\/(lib\/[\w/-]+)'?`/g)) {
      expect(resolves(door), door).toBe(true);
    }
  });
});
