/** Work files of translators: the texts of a notebook, cell by cell, to be written over in another language. */
import { createHash } from 'node:crypto';
import { type Cell, joined, type NotebookFile } from '../notebooks/notebook-file';
import { hashOf, stampOf } from './check';
import { type CodeText, textsIn } from './code-texts';
import { type Excusable, excusable } from './findings';

/** @returns what knows the text of a whole notebook, so that a work file of an older one is not taken */
export function hashOfNotebook({ notebook }: NotebookFile): string {
  const hashes = notebook.cells.map((cell) => `${cell.id} ${hashOf(cell)}`);
  return createHash('sha256').update(hashes.join('\n')).digest('hex').slice(0, 12);
}

/** @returns those of a cell's texts that a translator is shown, with their numbers */
export function openTexts(source: string): [number, CodeText][] {
  return [...textsIn(source).entries()].filter(([, { need }]) => need !== 'fixed');
}

/**
 * Writes a work file.
 *
 * @param translated - what there is already: those of its cells that are up to date are left out
 * @param whole - whether they are written all the same, in translation
 */
export function draftOf(english: NotebookFile, translated?: NotebookFile, whole = false): string {
  const own = new Map(translated?.notebook.cells.map((cell) => [cell.id, cell]));
  const cells = english.notebook.cells.flatMap((cell) => {
    const other = own.get(cell.id);
    const current = other !== undefined && stampOf(other).of === hashOf(cell);
    if (current && !whole) return [];
    return draftOfCell(cell, current ? other : undefined);
  });
  return [`@@@ ${english.name} ${hashOfNotebook(english)}`, ...cells, ''].join('\n\n');
}

function draftOfCell(cell: Cell, translated?: Cell): string[] {
  const source = joined(cell.source);
  const differs = translated ? stampOf(translated).differs : undefined;
  const head = [`@@ ${cell.id}`, ...(differs ?? []).map((kind) => `~${kind.replace(' ', '-')}`)].join(' ');
  if (cell.cell_type !== 'code') return [`${head}\n${translated ? joined(translated.source) : source}`];
  const open = openTexts(source);
  if (!open.some(([, { need }]) => need === 'text')) return [];
  const own = translated && textsIn(joined(translated.source));
  const context = source.replace(/^/gm, '% ');
  const lines = open.map(
    ([index, { need, text }]) => `${index}${need === 'text' ? '|' : '?'} ${own?.[index]?.text ?? text}`,
  );
  return [`${head}\n${context}\n${lines.join('\n')}`];
}

/** What a work file says of one cell. */
export interface DraftCell {
  id: string;
  /** the line of the file on which it begins */
  line: number;
  /** kinds of findings that the translator excuses */
  differs: Excusable[];
  text: string;
}

/** A work file, read. */
export interface Draft {
  name: string;
  hash: string;
  cells: DraftCell[];
}

/**
 * Reads a work file.
 *
 * @throws Error that names the line which is not as it must be
 */
export function readDraft(text: string): Draft {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const [, name, hash] = /^@@@ (\S+) (\S+)\s*$/.exec(lines[0]) ?? [];
  if (!name)
    throw new Error('Cannot read the work file: its first line must be that of the draft, `@@@ NAME HASH`');
  const cells: DraftCell[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue;
    const head = /^@@ +(\S+)((?: +~[a-z-]+)*)\s*$/.exec(line);
    if (line.startsWith('@@') && !head) {
      throw new Error(
        `Cannot read the work file: line ${index + 1} begins a cell, but is not \`@@ ID\`: ${line}`,
      );
    }
    if (head) cells.push({ id: head[1], line: index + 1, differs: kindsIn(head[2], index + 1), text: '' });
    else if (cells.length > 0) cells[cells.length - 1].text += `${line}\n`;
  }
  return { name, hash, cells: cells.map((cell) => ({ ...cell, text: cell.text.replace(/^\n+|\n+$/g, '') })) };
}

function kindsIn(text: string, line: number): Excusable[] {
  return [...text.matchAll(/~([a-z-]+)/g)].map(([, word]) => {
    const kind = excusable.find((one) => one.replace(' ', '-') === word);
    if (kind) return kind;
    const list = excusable.map((one) => one.replace(' ', '-')).join(', ');
    throw new Error(`Cannot read the work file: line ${line} excuses '${word}', which is none of ${list}`);
  });
}

/**
 * The texts that a work file gives for a cell of code, by their numbers.
 *
 * @throws Error that names the line, or a number that the cell has not
 */
export function textsOfDraft({ id, text, line }: DraftCell, source: string): Map<number, string> {
  const known = new Map(openTexts(source));
  const found = new Map<number, string>();
  let last: number | undefined;
  for (const [index, row] of text.split('\n').entries()) {
    if (row.startsWith('% ') || row === '%') continue;
    const [, number, content] = /^(\d+)[|?] ?(.*)$/.exec(row) ?? [];
    const say = (why: string) => new Error(`Cannot take '${id}', line ${line + 1 + index}: ${why}: ${row}`);
    if (number === undefined) {
      if (row.trim() === '') continue;
      if (last === undefined) throw say('it begins with no number');
      found.set(last, `${found.get(last)}\n${row}`);
      continue;
    }
    last = Number(number);
    if (!known.has(last))
      throw say(`the cell has no open text ${last}; it has ${[...known.keys()].join(', ')}`);
    if (found.has(last)) throw say(`text ${last} is given twice`);
    found.set(last, content);
  }
  return found;
}
