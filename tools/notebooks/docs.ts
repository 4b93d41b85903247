/** What is written from the notebooks: the table of claims, the notation, and the map of the course. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type ClaimData, formatFigure } from '../../lib/claims';
import { projectRoot } from '../../lib/project-root';
import {
  findNotebooks,
  joined,
  type Notebook,
  type NotebookFile,
  readingMinutes,
  titleOf,
  writeNotebook,
} from './notebook-file';
import { claimsOf } from './outcome';

/** @returns `docs/claims.md`: all claims that the notebooks' outputs hold, with their figures */
export function claimsTable(files: readonly NotebookFile[]): string {
  const rows = files.flatMap(({ name, notebook }) =>
    claimsOf(notebook).map(({ sentence, measured, bound, met }) => {
      const link = `[${name.slice(0, 2)}](../notebooks/${name}.ipynb)`;
      return row(
        link,
        ...[sentence, figureOf(measured), bound, met ? 'yes' : 'NO'].map(escapeCell),
      );
    }),
  );
  return [
    '# What the notebooks claim',
    '',
    'Written by `npm run notebooks -- docs` from the committed outputs; the tests measure every figure anew.',
    '',
    '| notebook | claim | measured | claimed | met |',
    '|-|-|-|-|-|',
    ...rows,
    '',
  ].join('\n');
}

/**
 * @param start - notebook 00, whose cells `start-notation` and `start-glossary` are the source
 * @returns `docs/notation.md`
 */
export function notationPage(start: Notebook): string {
  const cells = ['start-notation', 'start-glossary'].map((id) => {
    const cell = start.cells.find((candidate) => candidate.id === id);
    if (!cell) throw new Error(`Cannot write the notation: notebook 00 has no cell '${id}'`);
    return joined(cell.source).replace(/\]\((\d\d-[\w-]+\.ipynb)/g, '](../notebooks/$1');
  });
  return [
    '# Notation and glossary',
    '',
    'Written by `npm run notebooks -- docs` from [notebook 00](../notebooks/00-start-here.ipynb); change it there.',
    '',
    ...cells,
    '',
  ].join('\n');
}

/** @returns the rows of the map: title and link, the question that the notebook states, its reading time */
export function courseMap(files: readonly NotebookFile[]): string {
  const rows = files.map((file) => {
    const minutes = readingMinutes(file);
    return row(
      `[${titleOf(file)}](${file.name}.ipynb)`,
      escapeCell(questionOf(file) ?? ''),
      minutes === undefined ? '' : String(minutes),
    );
  });
  return ['| notebook | what it answers | minutes |', '|-|-|-|', ...rows].join('\n');
}

/** @returns the question that the notebook's first cell states */
export function questionOf({ notebook }: NotebookFile): string | undefined {
  const first = joined(notebook.cells[0]?.source);
  return /^\*\*Question\.\*\*\s*(.+)$/m.exec(first)?.[1].trim();
}

/** @returns a copy of notebook 00 whose cell `start-map` holds the map of these notebooks */
export function withMap(start: Notebook, files: readonly NotebookFile[]): Notebook {
  const cells = start.cells.map((cell) => {
    if (cell.id !== 'start-map') return cell;
    const text = joined(cell.source).replace(/^\|[\s\S]*\|$/m, () => courseMap(files));
    return { ...cell, source: text.match(/[^\n]*\n|[^\n]+$/g) ?? [] };
  });
  return { ...start, cells };
}

function row(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function figureOf(measured: ClaimData['measured']): string {
  return typeof measured === 'number' ? formatFigure(measured, 6) : String(measured);
}

function escapeCell(text: unknown): string {
  return String(text).replace(/[|\\]/g, '\\$&').replace(/\n/g, ' ');
}

/** Writes the table of the claims of the notebooks in `folder` into the docs. */
export function writeClaimsTable(folder: string): void {
  write('claims.md', claimsTable(findNotebooks(folder)));
}

/** Writes all that is written from the notebooks in `folder`: claims, notation, and the map in notebook 00. */
export function writeDocs(folder: string): void {
  writeClaimsTable(folder);
  const files = findNotebooks(folder);
  const start = files.find(({ name }) => name.startsWith('00-'));
  if (!start) return;
  writeNotebook(start.file, withMap(start.notebook, files));
  write('notation.md', notationPage(start.notebook));
}

function write(name: string, text: string): void {
  const docs = path.join(projectRoot(), 'docs');
  fs.mkdirSync(docs, { recursive: true });
  fs.writeFileSync(path.join(docs, name), text);
}
