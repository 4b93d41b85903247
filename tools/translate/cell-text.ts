/** What holds of every translated text: its numbers, its words, its signs. */
import { type CodeText, textsIn, withoutExpressions } from './code-texts';
import type { Edition } from './edition';
import type { FindingKind } from './findings';
import {
  brokenEmphasis,
  codeSign,
  difference,
  formulaSign,
  markdownParts,
  numbersIn,
} from './markdown-parts';

/** A finding without its place. */
export type Fault = [kind: FindingKind, what: string];

/** Where a value stood: letters of either script, or a number. */
export const valueSign = '\uE002';

const escaped = (text: string) => text.replace(/[.*+?^$()[\]{}\\|]/g, '\\$&');

const compiled = new Map<string, RegExp>();

/** A pattern, compiled once. */
function patternFor(source: string, flags: string): RegExp {
  const key = `${flags}/${source}`;
  const known = compiled.get(key) ?? new RegExp(source, flags);
  compiled.set(key, known);
  known.lastIndex = 0;
  return known;
}

const shown = (list: readonly unknown[]) => list.map((item) => `\`${item}\``).join(', ');

/** What two lists do not share, as sentences; `what` is what they hold. */
function unlike(
  kind: FindingKind,
  what: string,
  english: readonly unknown[],
  other: readonly unknown[],
): Fault[] {
  const { missing, extra } = difference(english, other);
  return [
    ...(missing.length > 0
      ? [[kind, `${what} of the English text missing: ${shown(missing)}`] as Fault]
      : []),
    ...(extra.length > 0 ? [[kind, `${what} that the English text has not: ${shown(extra)}`] as Fault] : []),
  ];
}

/**
 * Compares a text in Markdown with its translation.
 *
 * @param linkOf - what a link of the English text must lead to in the edition
 */
export function markdownFaults(
  english: string,
  translated: string,
  edition: Edition,
  linkOf: (target: string) => string,
): Fault[] {
  const [one, other] = [markdownParts(english), markdownParts(translated)];
  const blocks = one.fences.flatMap((block, index) =>
    other.fences[index] ? fenceFaults(block, other.fences[index], edition) : [],
  );
  return [
    ...unlike('headings', 'levels of headings', one.headings.map(String), other.headings.map(String)),
    ...unlike('formulas', 'formulas', one.formulas, other.formulas),
    ...unlike('code spans', 'code', one.spans, other.spans),
    ...unlike('links', 'links', one.links.map(linkOf), other.links),
    ...unlike('numbers', 'numbers', numbersIn(one.prose), ownNumbers(other.prose, edition)),
    ...Object.entries(one.form).flatMap(([what, count]): Fault[] =>
      count === other.form[what]
        ? []
        : [['form', `${other.form[what]} ${what}; the English text has ${count}`]],
    ),
    ...(one.fences.length === other.fences.length
      ? blocks
      : [
          [
            'form',
            `${other.fences.length} blocks of code; the English text has ${one.fences.length}`,
          ] as Fault,
        ]),
    ...phraseFaults(english, translated, edition),
    ...leftLines(one.prose, other.prose, edition),
    ...scriptFaults(one.prose, other.prose, edition),
    ...typographyFaults(other.prose, edition),
    ...brokenEmphasis(other.prose).map(
      (place): Fault => [
        'typography',
        `'${readable(place)}': ** would be shown; let a space or a sign stand on the other side of it`,
      ],
    ),
  ];
}

type Block = ReturnType<typeof markdownParts>['fences'][number];

function fenceFaults(english: Block, translated: Block, edition: Edition): Fault[] {
  if (!/^(ts|typescript)$/.test(english.language)) {
    return english.code === translated.code ? [] : [['program', 'a block that is no TypeScript differs']];
  }
  return codeFaults(english.code, translated.code, edition);
}

/** Compares the words in code with their translations; that the program is the same is another's matter. */
export function codeFaults(english: string, translated: string, edition: Edition): Fault[] {
  const [one, other] = [textsIn(english), textsIn(translated)];
  if (one.length !== other.length) {
    return [['form', `${other.length} texts and comments; the English code has ${one.length}`]];
  }
  return one.flatMap((text, index) => textFaults(text, other[index], edition));
}

function textFaults(english: CodeText, translated: CodeText, edition: Edition): Fault[] {
  const quote = `'${translated.text.split('\n')[0].slice(0, 60)}'`;
  const { text } = translated;
  if (english.kind !== translated.kind)
    return [['form', `${quote} is a ${translated.kind}, in English a ${english.kind}`]];
  if (english.text === text) {
    const left = english.need === 'text' && isProse(withoutExpressions(text), edition);
    return left ? [['untranslated', `${quote} is as in English`]] : [];
  }
  if (english.need === 'fixed')
    return [['program', `${quote} must stay \`${english.text}\`: the program knows it`]];
  const label =
    english.kind === 'comment'
      ? /^(?:Accepts [\w, ]+|[−-]?[\d_.e-]+ (?:…|\.{2,3}) [−-]?[\d_.e-]+|[\w.-]+(?: \| [\w.-]+)+):/.exec(
          english.text,
        )?.[0]
      : undefined;
  if (label && !text.startsWith(label))
    return [['knobs', `${quote} must begin with \`${label}\`, which the tools read`]];
  const [plain, own] = [withoutExpressions(english.text), withoutExpressions(text)];
  return [
    ...unlike('numbers', `${quote}: numbers`, numbersIn(plain), ownNumbers(own, edition)),
    ...typographyFaults(
      withoutExpressions(label ? text.slice(label.length) : text, valueSign).replaceAll('\\n', '\n'),
      edition,
    ),
    ...(isProse(own, edition) && !hasScript(own, edition)
      ? [['script', `${quote} holds no ${edition.settings.script}`] as Fault]
      : []),
  ];
}

/** The numbers in a text of the edition. */
function ownNumbers(text: string, { settings }: Edition): number[] {
  const { decimal, magnitudes } = settings;
  const exchanged = (sign: string) => (sign === ',' ? '.' : ',');
  return numbersIn(decimal ? text.replace(/(?<=\d)[.,](?=\d)/g, exchanged) : text, magnitudes);
}

function hasScript(text: string, { settings }: Edition): boolean {
  return settings.script === 'Latin' || patternFor(`\\p{Script=${settings.script}}`, 'u').test(text);
}

/** Words in Latin script that are neither names nor stay as they are. */
export function wordsLeft(text: string, { settings }: Edition): string[] {
  const kept = [...settings.verbatim].sort((a, b) => b.length - a.length).map(escaped);
  const rest =
    kept.length > 0
      ? text.replace(patternFor(`(?<![A-Za-z])(?:${kept.join('|')})(?![A-Za-z])`, 'g'), ' ')
      : text;
  return (
    rest.match(/(?<![\p{L}\d_$.\\])[A-Za-z]{2,}(?:['’-][A-Za-z]+)*(?![\p{Script=Latin}\d_(.]\w)/gu) ?? []
  );
}

const isProse = (text: string, edition: Edition) => wordsLeft(text, edition).length > 0;

/** Paragraphs, items and rows that are still English: as they were, or of many words without a letter of the script. */
function leftLines(english: string, translated: string, edition: Edition): Fault[] {
  const before = new Set(english.split('\n').map((line) => line.trim()));
  return translated.split('\n').flatMap((line): Fault[] => {
    const text = line.trim();
    const words = wordsLeft(text.replace(/\*[^*]+\*|"[^"]+"/g, ' '), edition);
    const quote = `'${readable(text.slice(0, 60))}'`;
    if (words.length >= 3 && before.has(text)) return [['untranslated', `${quote} is as in English`]];
    if (words.length >= 5 && !hasScript(text, edition)) {
      return [['untranslated', `${quote} holds no ${edition.settings.script}`]];
    }
    return [];
  });
}

/** The least share of the script among the letters of a cell's prose, titles of works left out. */
const leastShare = 0.2;

function scriptFaults(english: string, translated: string, edition: Edition): Fault[] {
  const { script } = edition.settings;
  if (script === 'Latin' || (english.match(/[A-Za-z]+/g) ?? []).length <= 4) return [];
  const prose = translated.replace(/\*[^*\n]+\*|"[^"\n]+"/g, ' ');
  const own = (prose.match(patternFor(`\\p{Script=${script}}`, 'gu')) ?? []).length;
  const latin = (prose.match(/[A-Za-z]/g) ?? []).length;
  const share = own / Math.max(1, own + latin);
  return share >= leastShare || /^#[^\n]*$/.test(translated.trim())
    ? []
    : [
        [
          'script',
          `${(100 * share).toFixed(0)} % of its letters are ${script}, at least ${100 * leastShare} % expected`,
        ],
      ];
}

/** Each rule of the edition's typography, where the text breaks it. */
export function typographyFaults(prose: string, { settings }: Edition): Fault[] {
  return settings.typography.flatMap(({ pattern, why }) =>
    [...prose.matchAll(patternFor(pattern, 'gu'))].map((match): Fault => {
      const from = Math.max(0, match.index - 6);
      const place = prose.slice(from, match.index + match[0].length + 6).replace(/\n/g, '⏎');
      return ['typography', `'${readable(place)}': ${why}`];
    }),
  );
}

const readable = (prose: string) =>
  prose.replaceAll(codeSign, '`…`').replaceAll(formulaSign, '$…$').replaceAll(valueSign, '$…');

/** What all notebooks say in the same words. */
function phraseFaults(english: string, translated: string, { settings }: Edition): Fault[] {
  const said = new Map<string, string[]>();
  for (const [phrase, words] of Object.entries(settings.phrases)) {
    said.set(words, [...(said.get(words) ?? []), phrase]);
  }
  return [...said].flatMap(([words, phrases]): Fault[] => {
    const wanted = phrases.reduce((sum, phrase) => sum + timesIn(english, phrase), 0);
    const found = timesIn(translated, words);
    return wanted === found
      ? []
      : [['phrases', `\`${words}\` stands ${found} times for ${wanted} \`${phrases.join('` or `')}\``]];
  });
}

function timesIn(text: string, phrase: string): number {
  const pattern = phrase.replace(/[.*+?^$()[\]\\|]/g, '\\$&').replaceAll('{n}', '\\d+');
  // A heading that goes on behind a sign is a beginning; one that does not is the whole line.
  const heading = phrase.startsWith('#') ? `^${pattern}${/·\s*$/.test(phrase) ? '' : '[ \\t]*$'}` : pattern;
  return [...text.matchAll(patternFor(heading, 'gm'))].length;
}

/**
 * The words of the glossary in a cell: where the English has a term, the translation has its word, and nowhere another.
 *
 * @param text - all that is to be translated in the cell, without code and formulas
 */
export function glossaryFaults(text: string, translated: string, { settings }: Edition): Fault[] {
  // Titles of works are not translated.
  const english = text.replace(/(?<!\*)\*[^*\n]+\*(?!\*)|"[^"\n]+"/g, ' ');
  return Object.entries(settings.glossary).flatMap(([term, { word, not = [], loose }]): Fault[] => {
    const foreign = not.filter((other) => translated.includes(other));
    const wanted =
      !loose &&
      patternFor(`(?<![\\w-])${term.replace(/[-\s]/g, '[-\\s]')}(?:s|es)?(?![\\w-])`, 'i').test(english);
    return [
      ...foreign.map(
        (other): Fault => ['glossary', `'${other}': the edition's word for '${term}' is '${word}'`],
      ),
      ...(wanted && !translated.toLowerCase().includes(word.toLowerCase())
        ? [['glossary', `'${term}' is '${word}', which is missing`] as Fault]
        : []),
    ];
  });
}

/** All that is to be translated in a cell, as prose. */
export function proseOf(source: string, isCode: boolean): string {
  if (isCode) {
    const texts = textsIn(source).filter(({ need }) => need === 'text');
    return texts.map(({ text }) => withoutExpressions(text)).join('\n');
  }
  const { prose, fences } = markdownParts(source);
  const blocks = fences.filter(({ language }) => /^(ts|typescript)$/.test(language));
  return [prose, ...blocks.map(({ code }) => proseOf(code, true))].join('\n');
}
