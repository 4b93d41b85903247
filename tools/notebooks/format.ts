/** Formats and lints the code in notebooks as `npm run format` and `npm run lint` do with `lib/`. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { codeWidth, type Fault, runBiome, wholeFolder } from './biome';
import { type Piece, piecesOf, withCode, withSources } from './code-pieces';
import { faultsOfHidden, isHidden } from './hidden';
import { joined, type NotebookFile, replaceFile } from './notebook-file';

/** A notebook, and what Biome makes of its code. */
export interface FormattedNotebook {
  file: NotebookFile;
  /** the new source of each cell that changes, by its id */
  sources: Map<string, string>;
  /** for each piece that changes, a sentence with the first line that does */
  changes: string[];
  /** a sentence for each thing that formatting does not mend */
  faults: string[];
}

/**
 * Formats the code of notebooks; the files stay as they are.
 *
 * @param files - never changed
 * @returns one entry a notebook, in their order
 * @throws Error if Biome does not run
 */
export function formatCode(files: readonly NotebookFile[]): FormattedNotebook[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-cells-'));
  try {
    for (const file of files) writePieces(folder, file);
    const faults = runBiome(folder);
    return files.map((file) => formatted(file, folder, faults));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function writePieces(folder: string, { name, notebook }: NotebookFile): void {
  const pieces = piecesOf(notebook);
  fs.mkdirSync(path.join(folder, name), { recursive: true });
  for (const piece of pieces) fs.writeFileSync(fileOf(folder, name, piece.name), `${piece.code}\n`);
  fs.mkdirSync(path.join(folder, wholeFolder), { recursive: true });
  const writeWhole = (title: string, some: readonly Piece[]) =>
    fs.writeFileSync(fileOf(folder, wholeFolder, title), wholeOf(some));
  writeWhole(name, pieces);
  for (const { id } of notebook.cells.filter(isHidden)) writeWhole(without(name, id), othersThan(id, pieces));
}

/** What the notebook without one cell is called. */
const without = (name: string, id: string) => `${name} without ${id}`;

const othersThan = (id: string, pieces: readonly Piece[]) => pieces.filter(({ cell }) => cell !== id);

const wholeOf = (pieces: readonly Piece[]) => `${pieces.map(asPartOfWhole).join('\n')}\n`;

const fileOf = (...parts: string[]) => `${path.join(...parts)}.ts`;

const isCell = ({ cell, name }: Piece) => cell === name;

/** A block of text uses names of the cells and gives none to them. */
function asPartOfWhole(piece: Piece): string {
  return isCell(piece) ? piece.code : `{\n${piece.code}\n}`;
}

function formatted(file: NotebookFile, folder: string, all: readonly Fault[]): FormattedNotebook {
  const { name, notebook } = file;
  const pieces = piecesOf(notebook);
  const read = (piece: string) => fs.readFileSync(fileOf(folder, name, piece), 'utf8').trimEnd();
  const sources = new Map<string, string>();
  for (const cell of notebook.cells) {
    const after = withCode(cell, (_, piece) => read(piece));
    if (after !== joined(cell.source)) sources.set(cell.id, after);
  }
  const changes = pieces.flatMap((piece) => firstChange(piece, read(piece.name)));
  const inWhole = (title: string) => all.filter((fault) => fault.file === `${wholeFolder}/${title}.ts`);
  // The kernel's own names, and those of a cell that cannot be parsed.
  const nowhere = new Set(undeclaredIn(pieces, inWhole(name)));
  const faults = [
    ...pieces.flatMap((piece) => {
      const own = all.filter((fault) => fault.file === `${name}/${piece.name}.ts`);
      return faultsOf(piece, read(piece.name).split('\n'), own);
    }),
    ...unusedIn(
      pieces,
      inWhole(name).filter(({ rule }) => rule !== undeclared),
    ),
    ...notebook.cells.filter(isHidden).flatMap((cell) => {
      const missing = undeclaredIn(othersThan(cell.id, pieces), inWhole(without(name, cell.id)));
      return faultsOfHidden(cell, new Set(missing.filter((one) => !nowhere.has(one))));
    }),
  ];
  return { file, sources, changes, faults };
}

function firstChange({ name, code }: Piece, after: string): string[] {
  if (after === code) return [];
  const [old, now] = [code.split('\n'), after.split('\n')];
  const at = now.findIndex((line, index) => line !== old[index]);
  const line = at < 0 ? now.length : at;
  return [`${name}, line ${line + 1}: ${quoted(old[line])} becomes ${quoted(now[line])}`];
}

const quoted = (line: string | undefined) => (line === undefined ? 'nothing' : `'${line.trim()}'`);

function faultsOf({ name }: Piece, lines: readonly string[], found: readonly Fault[]): string[] {
  const at = (line: number, what: string) => `${name}, line ${line}: ${what}: ${quoted(lines[line - 1])}`;
  return [
    ...found.map(({ line, rule, message }) => at(line, `${message} (${rule})`)),
    ...lines.flatMap((line, index) =>
      isTooWide(line) ? [at(index + 1, `${columnsOf(line)} columns, at most ${codeWidth}`)] : [],
    ),
  ];
}

/** Columns, not UTF-16 units. */
const columnsOf = (line: string) => [...line].length;

/** A text or a comment of one word, such as an address, alone on its line: there is no place to break it at. */
const isUnbreakable = (line: string) => /^\s*(?:\/\/ \S+|(?:return )?(['"`])\S+\1(?: \+|[,;)]*))$/.test(line);

/** @returns whether a formatted line is wider than a notebook's code may be, and could be broken */
export function isTooWide(line: string): boolean {
  return columnsOf(line) > codeWidth && !isUnbreakable(line);
}

const undeclared = 'lint/correctness/noUndeclaredVariables';

/** The names that these pieces use and none of them declares. */
function undeclaredIn(pieces: readonly Piece[], found: readonly Fault[]): string[] {
  const lines = wholeOf(pieces).split('\n');
  return found
    .filter(({ rule }) => rule === undeclared)
    .map(({ line, columns: [start, end] }) => lines[line - 1].slice(start - 1, end && end - 1));
}

/** What is declared in a cell and used by none. */
function unusedIn(pieces: readonly Piece[], found: readonly Fault[]): string[] {
  const lines = pieces.flatMap((piece) =>
    asPartOfWhole(piece)
      .split('\n')
      .map((text) => ({ piece, text })),
  );
  return found.flatMap(({ line, columns: [start, end], rule }) => {
    const { piece, text } = lines[line - 1];
    // A piece that cannot be parsed is reported by itself.
    if (rule === 'parse' || !isCell(piece)) return [];
    const name = text.slice(start - 1, end && end - 1);
    return [`${piece.name}: no cell uses ${quoted(name)} (${rule})`];
  });
}

/**
 * `npm run notebooks -- format [--check]`: formats the code of notebooks in place, or says what is to be
 * formatted; and in both cases what else is wrong.
 *
 * @param files - the notebooks
 * @param check - whether the files stay as they are
 * @returns whether all is well
 * @throws Error if Biome does not run, or a file is not laid out as Jupyter does it
 */
export function format(files: readonly NotebookFile[], check: boolean): boolean {
  const all = formatCode(files);
  for (const { file, sources, changes, faults } of all) {
    if (!check && sources.size > 0) rewrite(file, sources);
    const told = check ? [...changes, ...faults] : faults;
    for (const line of told) console.log(`✗ ${file.name}, ${line}`);
  }
  const changed = all.reduce((sum, { changes }) => sum + changes.length, 0);
  const faults = all.reduce((sum, one) => sum + one.faults.length, 0);
  console.log(
    `${changed} pieces of code ${check ? 'to be formatted (`npm run format`)' : 'formatted'}, ${faults} faults.`,
  );
  return faults === 0 && (!check || changed === 0);
}

function rewrite({ file, notebook }: NotebookFile, sources: ReadonlyMap<string, string>): void {
  replaceFile(file, withSources(fs.readFileSync(file, 'utf8'), notebook, sources));
}
