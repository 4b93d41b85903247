/** What is written from the notebooks: the table of claims, and the map of the course. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type ClaimStatus, formatMeasured, projectRoot, statusOf } from '../../lib/surroundings';
import type { Edition } from '../translate/edition';
import {
  findNotebooks,
  inLines,
  joined,
  type Notebook,
  type NotebookFile,
  readingMinutes,
  titleOf,
  writeNotebook,
} from './notebook-file';
import { claimsOf } from './outcome';
import { patternOf } from './phrases';

/** What the column *met* says. */
const answers: Record<ClaimStatus, string> = { met: 'yes', unmet: 'NO', 'not applicable': 'does not apply' };

const headings = {
  claims: ['notebook', 'claim', 'measured', 'claimed', 'met'],
  map: ['notebook', 'what it answers', 'minutes'],
} as const;
const title = 'What the notebooks claim';
const origin =
  'Written by `npm run notebooks -- docs` from the committed outputs; the tests measure every figure anew.';
const whole = '*all together*';

/** What is said here besides the notebooks' text; an edition has words for each in its `edition.json`, under `documents`. */
export const documentWords: readonly string[] = [
  ...new Set([title, origin, ...Object.values(headings).flat(), ...Object.values(answers), whole]),
];

/** Says it in the edition's words; in English where it has none. */
const sayIn =
  (edition: Edition | undefined) =>
  (english: string): string =>
    edition?.settings.documents?.[english] ?? english;

/** Where a page lies that is written of the English course or of an edition: `docs/claims.md`, `docs/zh/claims.md`. */
export const pageOf = (name: string, edition?: Edition): string =>
  ['docs', edition?.language, name].filter(Boolean).join('/');

/** @returns `docs/claims.md`, or an edition's: all claims that the notebooks' outputs hold, with their figures */
export function claimsTable(files: readonly NotebookFile[], edition?: Edition): string {
  const say = sayIn(edition);
  const folder = edition ? `../../notebooks/${edition.language}` : '../notebooks';
  const rows = files.flatMap(({ name, notebook }) =>
    claimsOf(notebook).map((made) => {
      const { sentence, measured, bound } = made;
      const figures = [formatMeasured(measured, bound, 6), bound, say(answers[statusOf(made)])];
      return row(`[${name.slice(0, 2)}](${folder}/${name}.ipynb)`, ...[sentence, ...figures].map(escapeCell));
    }),
  );
  const head = row(...headings.claims.map(say));
  return [`# ${say(title)}`, '', say(origin), '', head, '|-|-|-|-|-|', ...rows, ''].join('\n');
}

/** @returns the rows of the map: title and link, the question that the notebook states, its reading time; and the whole */
export function courseMap(files: readonly NotebookFile[], edition?: Edition): string {
  const say = sayIn(edition);
  const rows = files.map((file) => {
    const minutes = readingMinutes(file);
    return row(
      `[${titleOf(file)}](${file.name}.ipynb)`,
      escapeCell(questionOf(file) ?? ''),
      minutes === undefined ? '' : String(minutes),
    );
  });
  const sum = row(say(whole), '', String(totalMinutes(files)));
  return [row(...headings.map.map(say)), '|-|-|-|', ...rows, sum].join('\n');
}

function totalMinutes(files: readonly NotebookFile[]): number {
  return files.reduce((sum, file) => sum + (readingMinutes(file) ?? 0), 0);
}

/** What the runner knows of a notebook's last execution. */
export interface RunReport {
  name: string;
  seconds: number;
  peakBytes: number;
}

/**
 * @param files - the notebooks
 * @param reports - of their last execution; a notebook without one has dashes
 * @returns Markdown: minutes to read, size of the file, seconds to run, and memory at most
 */
export function sizesTable(files: readonly NotebookFile[], reports: readonly RunReport[]): string {
  const ran = files.map(({ name }) => reports.find((report) => report.name === name));
  const rows = files.map((file, index) => {
    const last = ran[index];
    return row(
      titleOf(file),
      String(readingMinutes(file) ?? ''),
      kilobytes(fs.statSync(file.file).size),
      last ? last.seconds.toFixed(1) : '–',
      last ? megabytes(last.peakBytes) : '–',
    );
  });
  const seconds = ran.reduce((sum, last) => sum + (last?.seconds ?? 0), 0);
  const bytes = files.reduce((sum, { file }) => sum + fs.statSync(file).size, 0);
  const most = Math.max(0, ...ran.map((last) => last?.peakBytes ?? 0));
  const sum = [String(totalMinutes(files)), kilobytes(bytes), seconds.toFixed(0)];
  return [
    '| notebook | to read, minutes | file | to run, seconds | memory at most |',
    '|-|-|-|-|-|',
    ...rows,
    row(whole, ...sum, megabytes(most)),
  ].join('\n');
}

const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
export const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;

/** Writes {@link sizesTable} into the docs, with the machine that the notebooks ran on. */
export function writeSizes(table: string): void {
  const [{ model = 'unknown processor' } = {}, ...others] = os.cpus();
  const page = [
    '# Sizes and run times',
    '',
    'Written by `npm run notebooks -- sizes --save` after `npm run notebooks -- run --no-cache --jobs 1`: each notebook from',
    `its first cell to its last, kernel start included, nothing read from an earlier run. ${others.length + 1} cores, ${model.trim()}, Node`,
    `${process.version}. The file holds the stored figures, interactive and as pictures. The memory is that of the kernel.`,
    '',
    table,
    '',
  ];
  write(pageOf('sizes.md'), page.join('\n'));
}

/** @returns the question that the notebook's first cell states */
export function questionOf({ notebook }: NotebookFile): string | undefined {
  const first = joined(notebook.cells[0]?.source);
  return new RegExp(`^${patternOf('**Question.**')}\\s*(.+)$`, 'm').exec(first)?.[1].trim();
}

/** @returns a copy of notebook 00 whose cell `start-map` holds the map of these notebooks */
export function withMap(start: Notebook, files: readonly NotebookFile[], edition?: Edition): Notebook {
  const cells = start.cells.map((cell) => {
    if (cell.id !== 'start-map') return cell;
    const text = joined(cell.source).replace(/^\|[\s\S]*\|$/m, () => courseMap(files, edition));
    return { ...cell, source: inLines(text) };
  });
  return { ...start, cells };
}

function row(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function escapeCell(text: unknown): string {
  return String(text).replace(/[|\\]/g, '\\$&').replace(/\n/g, ' ');
}

/** Writes the table of the claims of the notebooks in `folder` into the docs; of an edition without notebooks there is none. */
export function writeClaimsTable(folder: string, edition?: Edition): void {
  const files = findNotebooks(folder);
  if (files.length > 0) write(pageOf('claims.md', edition), claimsTable(files, edition));
}

/**
 * Writes all that is written from the notebooks in `folder`: the claims, and the map in notebook 00. The map of an edition that
 * lacks notebooks stays: it names the others, too.
 */
export function writeDocs(folder: string, edition?: Edition): void {
  writeClaimsTable(folder, edition);
  const files = findNotebooks(folder);
  const start = files.find(({ name }) => name.startsWith('00-'));
  if (!start || (edition && files.length < findNotebooks(path.dirname(folder)).length)) return;
  writeNotebook(start.file, withMap(start.notebook, files, edition));
}

function write(page: string, text: string): void {
  const file = path.join(projectRoot(), page);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}
