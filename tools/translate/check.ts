/** Whether an edition says what the English course says: cell by cell. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';
import { documentWords, questionOf } from '../notebooks/docs';
import { isExternal, partsOf } from '../notebooks/links';
import { type Cell, joined, knobsOf, type NotebookFile, titleOf } from '../notebooks/notebook-file';
import { codeFaults, type Fault, glossaryFaults, markdownFaults, proseOf } from './cell-text';
import { whereProgramsPart } from './code-texts';
import { type Contents, type Edition, glossaryTerms, type Pair } from './edition';
import { type Excusable, excusable, type Finding, type Stamp } from './findings';
import { labelFaults } from './labels';
import { markdownParts } from './markdown-parts';
import { notationFindings } from './notation';
import { outputFaults } from './outputs';

/** @returns 16 hexadecimal digits that know a cell's text; line ends and blanks at the end of a line do not count */
export function hashOf(cell: Cell): string {
  const text = joined(cell.source)
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+$/gm, '')
    .trimEnd();
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** @returns what a cell of an edition says of its translation */
export function stampOf(cell: Cell): Stamp {
  return (cell.metadata.translation ?? {}) as Stamp;
}

/** What an edition holds and what is wrong with it. */
export interface Verdict {
  /** how many notebooks are begun, and how many there are */
  begun: number;
  of: number;
  findings: Finding[];
}

/**
 * Checks an edition, as far as it is begun.
 *
 * @param contents - the pairs to check
 * @param drafts - whether the outputs do not count yet
 */
export function check(edition: Edition, contents: Contents, drafts = false): Verdict {
  const begun = contents.pairs.filter(({ translated }) => translated);
  const findings = [
    ...editionFindings(edition),
    ...notationFindings(edition),
    ...contents.orphans.map(
      ({ name }): Finding => ({
        notebook: name,
        cell: '',
        kind: 'extra',
        what: 'the course has no such notebook',
      }),
    ),
    ...begun.flatMap((pair) => notebookFindings(edition, pair as Required<Pair>, drafts)),
    ...mapFindings(contents),
  ];
  return { begun: begun.length, of: contents.pairs.length, findings };
}

function editionFindings({ settings }: Edition): Finding[] {
  const say = (what: string): Finding => ({ notebook: '', cell: '', kind: 'edition', what });
  const lacking = glossaryTerms().filter((term) => !settings.glossary[term]);
  const words = new Map<string, string[]>();
  for (const [term, { not = [], word }] of Object.entries(settings.glossary)) {
    for (const other of not) if (word.includes(other)) words.set(term, [...(words.get(term) ?? []), other]);
  }
  return [
    ...lacking.map((term) => say(`the glossary has no word for '${term}'`)),
    ...documentWords
      .filter((words) => !settings.documents?.[words])
      .map((words) => say(`\`documents\` has nothing for '${words}'`)),
    ...[...words].map(([term, others]) => say(`the word for '${term}' holds what it refuses: ${others}`)),
  ];
}

/** Checks one translated notebook. */
export function notebookFindings(
  edition: Edition,
  { english, translated }: Required<Pair>,
  drafts = false,
): Finding[] {
  const say = (cell: string, [kind, what]: Fault): Finding => ({ notebook: english.name, cell, kind, what });
  const own = translated.notebook.cells;
  const place = new Map(own.map((cell, index) => [cell.id, index]));
  const ids = new Set(english.notebook.cells.map(({ id }) => id));
  // A reader knows the knobs by their names, and sees those of the exercises.
  const names = new Set([
    ...knobsOf(english).map(({ name }) => name),
    ...english.notebook.cells.map(({ id }) => id.replace(/-check$/, '')),
  ]);
  const findings: Finding[] = own.flatMap(({ id }, index) => [
    ...(ids.has(id) ? [] : [say(id, ['extra', 'the English notebook has no such cell'])]),
    ...(place.get(id) === index ? [] : [say(id, ['extra', 'it stands here twice'])]),
  ]);
  let last = -1;
  for (const cell of english.notebook.cells) {
    const at = place.get(cell.id);
    if (at === undefined) {
      findings.push(say(cell.id, ['missing', 'it is not there']));
      continue;
    }
    if (at < last)
      findings.push(say(cell.id, ['order', 'it stands behind a cell that it stands before in English']));
    last = Math.max(last, at);
    findings.push(
      ...cellFaults(edition, cell, own[at], { drafts, names }).map((fault) => say(cell.id, fault)),
    );
  }
  return [...findings, ...knobFaults(english, translated).map((fault) => say('', fault))];
}

/** How a cell is checked. */
interface CellOptions {
  /** whether the outputs do not count yet */
  drafts?: boolean;
  /** names of the notebook's code that its outputs may hold */
  names?: ReadonlySet<string>;
}

/** Checks one cell. */
export function cellFaults(
  edition: Edition,
  english: Cell,
  translated: Cell,
  { drafts = false, names = new Set() }: CellOptions = {},
): Fault[] {
  if (english.cell_type !== translated.cell_type) {
    return [['kind', `it is a ${translated.cell_type} cell, in English a ${english.cell_type} cell`]];
  }
  const { translation: _, ...metadata } = translated.metadata;
  const faults: Fault[] = [];
  if (sorted(metadata) !== sorted(english.metadata)) {
    faults.push(['metadata', `${sorted(metadata)}, in English ${sorted(english.metadata)}`]);
  }
  const { of, differs = [] } = stampOf(translated);
  const [one, other] = [joined(english.source), joined(translated.source)];
  const isCode = english.cell_type === 'code';
  if (of === undefined) {
    // Nobody says that it is translated: what its words lack is told once they are.
    const parted = isCode && whereProgramsPart(one, other);
    faults.push(['untranslated', 'it bears no stamp of the cell that it translates']);
    return parted ? [...faults, ['program', parted]] : faults;
  }
  if (of !== hashOf(english)) faults.push(['stale', 'the English cell has changed since it was translated']);
  if (isCode) {
    const parted = whereProgramsPart(one, other);
    faults.push(...(parted ? [['program', parted] as Fault] : codeFaults(one, other, edition)));
    if (!drafts) {
      faults.push(...outputFaults(english, translated));
      faults.push(...labelFaults(edition, english, translated, names));
    }
  } else {
    faults.push(...markdownFaults(one, other, edition, (target) => linkIn(edition, target)));
    faults.push(...blockFaults(one, other));
  }
  faults.push(...glossaryFaults(proseOf(one, isCode), isCode ? other : withBlocks(other), edition));
  // Without outputs nothing is shown that would need the excuse.
  return excused(faults, drafts ? differs.filter((kind) => kind !== 'labels') : differs);
}

/** A translation's prose and all of its code: that is where its words may stand. */
function withBlocks(markdown: string): string {
  const { prose, fences } = markdownParts(markdown);
  return [prose, ...fences.map(({ code }) => code)].join('\n');
}

function blockFaults(english: string, translated: string): Fault[] {
  const [one, other] = [markdownParts(english).fences, markdownParts(translated).fences];
  if (one.length !== other.length) return [];
  return one.flatMap(({ language, code }, index): Fault[] => {
    if (!/^(ts|typescript)$/.test(language)) return [];
    const parted = whereProgramsPart(code, other[index].code);
    return parted ? [['program', `block ${index + 1}: ${parted}`]] : [];
  });
}

function excused(faults: readonly Fault[], differs: readonly Excusable[]): Fault[] {
  const unknown = differs.filter((kind) => !excusable.includes(kind));
  const needless = differs.filter((kind) => !faults.some(([other]) => other === kind));
  return [
    ...faults.filter(([kind]) => !differs.includes(kind as Excusable)),
    ...[...new Set([...unknown, ...needless])].map(
      (kind): Fault => ['excuse', `its metadata excuse '${kind}', for which there is no need`],
    ),
  ];
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function knobFaults(english: NotebookFile, translated: NotebookFile): Fault[] {
  const read = (file: NotebookFile) =>
    JSON.stringify(knobsOf(file).map(({ description: _, ...knob }) => knob));
  return read(english) === read(translated)
    ? []
    : [['knobs', 'its knobs are read otherwise than the English ones']];
}

/**
 * Where a link of an English notebook leads from an edition: to the same place, or to a page in the edition's language where
 * `docs/LANGUAGE` has one.
 */
export function linkIn(edition: Edition, target: string): string {
  const { file } = partsOf(target);
  if (isExternal({ target }) || !file.startsWith('../')) return target;
  const own = target.replace(/^\.\.\/docs\//, `../docs/${edition.language}/`);
  const there = fs.existsSync(path.join(projectRoot(), 'notebooks', partsOf(own).file));
  return `../${there ? own : target}`;
}

/** The map of the course in notebook 00 calls each notebook as it calls itself. */
function mapFindings({ pairs }: Contents): Finding[] {
  const start = pairs.find(({ english }) => english.name.startsWith('00-'))?.translated;
  const map = joined(start?.notebook.cells.find(({ id }) => id === 'start-map')?.source);
  if (!start || !map) return [];
  return pairs.flatMap(({ translated }): Finding[] => {
    if (!translated) return [];
    const row = map.split('\n').find((line) => line.includes(`](${translated.name}.ipynb)`)) ?? '';
    const say = (what: string): Finding => ({ notebook: start.name, cell: 'start-map', kind: 'map', what });
    const [title, question] = [titleOf(translated), questionOf(translated)];
    return [
      ...(row.includes(`[${title}]`)
        ? []
        : [say(`the row of ${translated.name} must have its title, '${title}'`)]),
      ...(question && row.includes(`| ${question} |`)
        ? []
        : [say(`the row of ${translated.name} must have its question, '${question}'`)]),
    ];
  });
}

/** How an edition stands, in one line: `zh: 8 of 20 notebooks, 3 findings`. */
export function summaryOf({ language }: Edition, { begun, of, findings }: Verdict): string {
  return `${language}: ${begun} of ${of} notebooks, ${findings.length} findings`;
}
