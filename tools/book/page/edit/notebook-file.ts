/** The reader's notebook as a file that JupyterLab opens, and back. */
import { isProgress, type KeptCell, type Progress } from './kept';

interface Cell {
  cell_type: string;
  id: string;
  metadata: Record<string, unknown>;
  source: string | string[];
  [field: string]: unknown;
}

/** A notebook, as nbformat 4.5 stores it. */
export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

/** What the page writes into the metadata of a notebook and of the cells that were changed. */
interface OwnMetadata {
  /** of the notebook: its name in the book, and how far the reader is */
  notebook?: string;
  progress?: Progress;
  /** of a cell: stands for the source that the page had when the reader changed it */
  of?: string;
}

const ownIn = ({ metadata }: { metadata?: Record<string, unknown> }): OwnMetadata =>
  Object(metadata?.['descent-book'] ?? {});

const joined = (source: string | string[]) => (Array.isArray(source) ? source.join('') : source);
const inLines = (text: string) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/**
 * The notebook with what the reader has written, without outputs: those are computed anew in JupyterLab.
 *
 * @param notebook - as it was built; never changed
 * @param name - in the book
 * @param kept - the cells that the reader has changed
 * @param progress - how far he is
 * @returns the text of an `.ipynb` file
 */
export function exportNotebook(
  notebook: Notebook,
  name: string,
  kept: Readonly<Record<string, KeptCell>>,
  progress: Progress | undefined,
): string {
  const cells = notebook.cells.map((cell) => {
    const own = kept[cell.id];
    if (cell.cell_type !== 'code' || !own) return cell;
    const metadata = { ...cell.metadata, 'descent-book': { of: own.of } };
    return { ...cell, metadata, source: inLines(own.source) };
  });
  const metadata = {
    ...notebook.metadata,
    'descent-book': { notebook: name, ...(progress && { progress }) },
  };
  return `${JSON.stringify({ ...notebook, cells, metadata }, null, 1)}\n`;
}

/** What an imported notebook brings. */
export interface Imported {
  /** the sources of its cells of code, by their ids; `of` where the page that wrote it has told */
  cells: Record<string, { source: string; of?: string }>;
  progress?: Progress;
  /** cells of code that this page does not have */
  strange: number;
}

/** Why a file is no notebook of this page; an error's message is the sentence for the reader. */
export type Refusal = 'no notebook' | 'too old' | 'another notebook';

/**
 * @param text - of an `.ipynb` file
 * @param known - the ids of the page's cells of code
 * @returns what it brings, or why it cannot be taken
 */
export function importNotebook(text: string, known: readonly string[]): Imported | Refusal {
  let notebook: Notebook;
  try {
    notebook = JSON.parse(text);
  } catch {
    return 'no notebook';
  }
  if (!Array.isArray(notebook?.cells)) return 'no notebook';
  // Cells have had ids since 4.5.
  if (notebook.nbformat !== 4 || notebook.nbformat_minor < 5) return 'too old';
  const cells: Imported['cells'] = {};
  let strange = 0;
  for (const cell of notebook.cells.filter(isCode)) {
    if (known.includes(cell.id)) cells[cell.id] = { source: joined(cell.source), of: ownIn(cell).of };
    else strange++;
  }
  if (Object.keys(cells).length === 0) return 'another notebook';
  const { progress } = ownIn(notebook);
  return { cells, progress: isProgress(progress) ? progress : undefined, strange };
}

const isCode = (cell: Partial<Cell>): cell is Cell =>
  cell?.cell_type === 'code' &&
  typeof cell.id === 'string' &&
  (typeof cell.source === 'string' || Array.isArray(cell.source));
