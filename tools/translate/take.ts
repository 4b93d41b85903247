/** Notebooks of an edition, built from the English ones and the work files of translators. */
import * as path from 'node:path';
import { formatCode } from '../notebooks/format';
import {
  type Cell,
  inLines,
  joined,
  type Notebook,
  type NotebookFile,
  writeNotebook,
} from '../notebooks/notebook-file';
import { hashOf, linkIn, stampOf } from './check';
import { textsIn, withTexts } from './code-texts';
import { type DraftCell, hashOfNotebook, openTexts, readDraft, textsOfDraft } from './draft';
import type { Edition } from './edition';
import type { Stamp } from './findings';
import { markdownParts } from './markdown-parts';

/**
 * Builds a notebook of an edition: the English cells with the texts of the work file; cells that the work file leaves out stay
 * as they are in the edition; code without words is copied; the others stay English, without a stamp.
 *
 * @param translated - what there is already
 * @param work - the work file
 * @throws Error if it is of another notebook, or of an earlier text of this one, or cannot be read
 */
export function takeDraft(
  edition: Edition,
  english: NotebookFile,
  translated: NotebookFile | undefined,
  work: string,
): NotebookFile {
  const { name, hash, cells } = readDraft(work);
  if (name !== english.name)
    throw new Error(`Cannot take the work file: it is of ${name}, not of ${english.name}`);
  if (hash !== hashOfNotebook(english)) {
    throw new Error(
      `Cannot take the work file: ${name} has changed in English since it was drafted; draft it anew, which shows the cells that have`,
    );
  }
  const given = new Map<string, DraftCell>();
  const known = new Set(english.notebook.cells.map(({ id }) => id));
  for (const cell of cells) {
    if (!known.has(cell.id))
      throw new Error(`Cannot take '${cell.id}', line ${cell.line}: ${name} has no such cell`);
    if (given.has(cell.id)) throw new Error(`Cannot take '${cell.id}', line ${cell.line}: it is given twice`);
    given.set(cell.id, cell);
  }
  const before = new Map(translated?.notebook.cells.map((cell) => [cell.id, cell]));
  const built = english.notebook.cells.map((cell) =>
    builtCell(edition, cell, given.get(cell.id), before.get(cell.id)),
  );
  const notebook: Notebook = { ...english.notebook, cells: built };
  const file = path.join(edition.folder, `${english.name}.ipynb`);
  return withOutputs(laidOut({ file, name: english.name, notebook }), english, before);
}

/** Links of the English text lead from the edition's folder to where they led. */
function withLinks(text: string, english: string, edition: Edition): string {
  const targets = new Set(markdownParts(english).links);
  return text.replace(/\]\(([^()\s]+)\)/g, (whole, target: string) =>
    targets.has(target) ? `](${linkIn(edition, target)})` : whole,
  );
}

function builtCell(
  edition: Edition,
  english: Cell,
  given: DraftCell | undefined,
  before: Cell | undefined,
): Cell {
  const source = joined(english.source);
  const isCode = english.cell_type === 'code';
  const words = isCode && openTexts(source).some(([, { need }]) => need === 'text');
  if (given) {
    const texts = isCode
      ? withTexts(source, textsIn(source), textsOfDraft(given, source))
      : withLinks(given.text, source, edition);
    return stamped(english, texts, {
      of: hashOf(english),
      ...(given.differs.length > 0 && { differs: given.differs }),
    });
  }
  if (isCode && !words && !(before && stampOf(before).of === hashOf(english))) {
    return stamped(english, source, { of: hashOf(english) });
  }
  return before ? { ...before, metadata: { ...english.metadata, translation: stampOf(before) } } : english;
}

function stamped(english: Cell, source: string, translation: Stamp): Cell {
  return { ...english, metadata: { ...english.metadata, translation }, source: inLines(source) };
}

/** With its code laid out as the formatter does it. */
function laidOut(file: NotebookFile): NotebookFile {
  const [{ sources }] = formatCode([file]);
  const cells = file.notebook.cells.map((cell) => {
    const source = sources.get(cell.id);
    return source === undefined ? cell : { ...cell, source: inLines(source) };
  });
  return { ...file, notebook: { ...file.notebook, cells } };
}

/** Outputs are kept where the code is as it was, and copied where no text in it differs from the English one. */
function withOutputs(
  file: NotebookFile,
  english: NotebookFile,
  before: ReadonlyMap<string, Cell>,
): NotebookFile {
  const originals = new Map(english.notebook.cells.map((cell) => [cell.id, cell]));
  const cells = file.notebook.cells.map((cell) => {
    if (cell.cell_type !== 'code') return cell;
    const source = joined(cell.source);
    const [old, original] = [before.get(cell.id), originals.get(cell.id)];
    const from =
      old && joined(old.source) === source
        ? old
        : original && sameTexts(original, source)
          ? original
          : undefined;
    return { ...cell, outputs: from?.outputs ?? [], execution_count: from?.execution_count ?? null };
  });
  return { ...file, notebook: { ...file.notebook, cells } };
}

function sameTexts(english: Cell, source: string): boolean {
  const strings = (code: string) =>
    textsIn(code).flatMap(({ kind, text }) => (kind === 'string' ? [text] : []));
  return JSON.stringify(strings(joined(english.source))) === JSON.stringify(strings(source));
}

/**
 * Stamps one cell as the translation of the English cell as it is now.
 *
 * @throws Error if there is no such cell
 */
export function stampCell(english: NotebookFile, translated: NotebookFile, id: string): void {
  const original = english.notebook.cells.find((cell) => cell.id === id);
  const own = translated.notebook.cells.find((cell) => cell.id === id);
  if (!original || !own) {
    throw new Error(
      `Cannot stamp '${id}': ${original ? 'the edition' : 'the English notebook'} has no such cell in ${english.name}`,
    );
  }
  const cells = translated.notebook.cells.map((cell) =>
    cell === own
      ? { ...cell, metadata: { ...cell.metadata, translation: { ...stampOf(cell), of: hashOf(original) } } }
      : cell,
  );
  writeNotebook(translated.file, { ...translated.notebook, cells });
}
