/** The code of a notebook piece by piece: its code cells, and the `ts` blocks of its Markdown cells. */
import { type Cell, inLines, joined, type Notebook } from './notebook-file';

/** A code cell, or a `ts` block of a Markdown cell. */
export interface Piece {
  /** the cell's id */
  cell: string;
  /** the cell's id, for a block with its number: `gd-best-solution.2` */
  name: string;
  code: string;
}

const fenced = /^(```(?:ts|typescript)\n)([\s\S]*?)(\n```)$/gm;

/** @returns the pieces in their order; cells and blocks without code are none */
export function piecesOf(notebook: Notebook): Piece[] {
  const pieces: Piece[] = [];
  for (const cell of notebook.cells) {
    withCode(cell, (code, name) => {
      pieces.push({ cell: cell.id, name, code });
      return code;
    });
  }
  return pieces;
}

/**
 * Rewrites the pieces of one cell.
 *
 * @param cell - never changed
 * @param rewrite - takes a piece's code and name, gives its new code
 * @returns the cell's new source
 */
export function withCode(cell: Cell, rewrite: (code: string, name: string) => string): string {
  const source = joined(cell.source);
  if (cell.cell_type === 'code') return source.trim() ? rewrite(source, cell.id) : source;
  if (cell.cell_type !== 'markdown') return source;
  let count = 0;
  return source.replace(fenced, (whole, open: string, code: string, close: string) =>
    code.trim() ? `${open}${rewrite(code, `${cell.id}.${++count}`)}${close}` : whole,
  );
}

/**
 * Puts other sources into the text of a notebook; every other byte stays.
 *
 * @param text - of the file, as Jupyter writes it
 * @param notebook - what the text says
 * @param sources - the new source of each cell that changes, by its id
 * @throws Error if the text is not laid out as Jupyter lays it out
 */
export function withSources(text: string, notebook: Notebook, sources: ReadonlyMap<string, string>): string {
  let changed = text;
  for (const { id, source } of notebook.cells) {
    const wanted = sources.get(id);
    if (wanted === undefined) continue;
    const old = written(joined(source));
    const cell = changed.indexOf(`\n   "id": ${JSON.stringify(id)},\n`);
    const at = changed.indexOf('\n   "source": ', cell);
    if (cell < 0 || at < 0 || !changed.startsWith(old, at)) {
      throw new Error(
        `Cannot rewrite the cell '${id}': the file is not laid out as Jupyter does it; save it once in JupyterLab`,
      );
    }
    changed = changed.slice(0, at) + written(wanted) + changed.slice(at + old.length);
  }
  return changed;
}

/** A cell's source as it stands in the file. */
function written(source: string): string {
  return `\n   "source": ${JSON.stringify(inLines(source), null, 1).replace(/\n/g, '\n   ')}`;
}
