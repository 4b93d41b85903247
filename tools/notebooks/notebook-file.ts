/** Notebooks as files: found, read, written as Jupyter writes them. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Knob, parseKnobs } from '../../lib/surroundings';
import { makeFolder, replaceFile } from '../setup/project.mjs';
import { patternOf } from './phrases';

export { replaceFile };

/** One output of a code cell, as nbformat 4 stores it. */
export interface Output {
  output_type: 'stream' | 'display_data' | 'execute_result' | 'error';
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  execution_count?: number | null;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

/** A cell, as nbformat 4.5 stores it. */
export interface Cell {
  cell_type: 'code' | 'markdown' | 'raw';
  id: string;
  metadata: { tags?: string[]; [key: string]: unknown };
  source: string | string[];
  outputs?: Output[];
  execution_count?: number | null;
}

/** A notebook, as nbformat 4.5 stores it. */
export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

/** A notebook on disk. */
export interface NotebookFile {
  /** absolute path */
  file: string;
  /** the file's name without `.ipynb`: `02-gradient-descent` */
  name: string;
  notebook: Notebook;
}

/** @returns a multi-line text that nbformat may store in lines, as one text */
export function joined(text: string | string[] | undefined): string {
  return Array.isArray(text) ? text.join('') : (text ?? '');
}

/** @returns a text in lines, each with its line end, as nbformat stores it */
export function inLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** @returns the cells that hold code */
export function codeCells({ cells }: Notebook): Cell[] {
  return cells.filter((cell) => cell.cell_type === 'code');
}

/** @returns whether the cell has the tag */
export function hasTag(cell: Cell, tag: string): boolean {
  return cell.metadata.tags?.includes(tag) ?? false;
}

/**
 * Reads a notebook.
 *
 * @throws Error that names the file, if it is not a notebook of nbformat 4.5 with cell ids
 */
export function readNotebook(file: string): NotebookFile {
  let notebook: Notebook;
  try {
    notebook = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`Cannot read the notebook ${file}: ${(error as Error).message}`);
  }
  const { cells, nbformat, nbformat_minor } = notebook;
  if (!Array.isArray(cells) || nbformat !== 4 || nbformat_minor < 5) {
    throw new Error(`Cannot read the notebook ${file}: it is not of nbformat 4.5`);
  }
  return { file, name: path.basename(file, '.ipynb'), notebook };
}

/** Writes a notebook as Jupyter does: sorted keys, one space, Unicode as it is; atomically. */
export function writeNotebook(file: string, notebook: Notebook): void {
  makeFolder(path.dirname(file));
  replaceFile(file, notebookText(notebook));
}

/** @returns the text that `writeNotebook` writes */
export function notebookText(notebook: Notebook): string {
  return `${JSON.stringify(notebook, sortKeys, 1)}\n`;
}

function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Finds the notebooks of the course in their order.
 *
 * @param folder - where they lie
 * @param wanted - numbers (`02`, `2`), names or parts of names; all of them if empty
 * @throws Error if something wanted is not there
 */
export function findNotebooks(folder: string, wanted: readonly string[] = []): NotebookFile[] {
  const files = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.ipynb'))
    .sort();
  const chosen = new Set<string>();
  for (const wish of wanted) {
    const plain = path.basename(wish, '.ipynb');
    const number = /^\d+$/.test(plain) ? `${plain.padStart(2, '0')}-` : undefined;
    const found = files.filter((name) => (number ? name.startsWith(number) : name.includes(plain)));
    if (found.length === 0) {
      const list = files.map((name) => path.basename(name, '.ipynb')).join(', ');
      throw new Error(`Cannot find a notebook '${wish}'; there are: ${list || 'none'}`);
    }
    for (const name of found) chosen.add(name);
  }
  return files
    .filter((name) => wanted.length === 0 || chosen.has(name))
    .map((name) => readNotebook(path.join(folder, name)));
}

/** @returns the first heading, else the file's name */
export function titleOf({ notebook, name }: NotebookFile): string {
  for (const cell of notebook.cells) {
    const heading = cell.cell_type === 'markdown' && /^#\s+(.+)$/m.exec(joined(cell.source));
    if (heading) return heading[1].trim();
  }
  return name;
}

/** @returns the reading time in minutes, from the words `Reading time: 25 minutes` in any language; undefined if not stated */
export function readingMinutes({ notebook }: NotebookFile): number | undefined {
  const words = new RegExp(patternOf('Reading time: {n} minutes'));
  for (const cell of notebook.cells) {
    const stated = cell.cell_type === 'markdown' && words.exec(joined(cell.source));
    if (stated) return Number(stated.slice(1).find(Boolean));
  }
  return undefined;
}

/** @returns the knobs of the cell tagged `parameters`; none if there is no such cell */
export function knobsOf({ notebook }: NotebookFile): Knob[] {
  const cell = notebook.cells.find((candidate) => hasTag(candidate, 'parameters'));
  return cell ? parseKnobs(joined(cell.source)) : [];
}
