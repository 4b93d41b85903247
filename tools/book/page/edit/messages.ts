/** What a page and the worker with its compiler say to each other. */
import type { BuiltCell } from '../built-cells';

/** The sources of the cells that the reader has changed, by their ids. */
export type Edits = Readonly<Record<string, string>>;

/** A complaint of the compiler, places in the reader's source counted from 0. */
export interface Fault {
  start: { line: number; character: number; offset: number };
  end: { line: number; character: number; offset: number };
  messageText: string;
  code: number;
  fileName?: string;
}

/** A cell that was compiled in the page. */
export interface EditedCell extends Omit<BuiltCell, 'body' | 'start'> {
  /** a function, as JavaScript */
  text: string;
  diagnostics: Fault[];
}

/**
 * For each computation that the cells give to `experiment`, by its mark: whether it uses the same definitions as in the
 * notebook as it was built, else those that it uses.
 */
export type Definitions = Record<string, true | string[]>;

/** How a cell is to run in the notebook as the reader has changed it. */
export interface Prepared {
  /** absent where the cell runs as it was built */
  edited?: EditedCell;
  definitions: Definitions;
}

/** What may stand between two places of a source. */
export interface Completion {
  start: number;
  end: number;
  candidates: string[];
}

/** What a page asks, always of one cell; the place in its source matters to two of the questions. */
export interface Question<Type extends keyof Answers = keyof Answers> {
  type: Type;
  cell: string;
  edits: Edits;
  offset: number;
}

/** What comes back, by the question's type. */
export interface Answers {
  prepare: Prepared;
  check: Fault[];
  complete: Completion | undefined;
  inspect: string | undefined;
}

/** The declarations of a notebook, as the build writes them: each line once. */
export interface PackedDeclarations {
  lines: string[];
  /** for each cell of code the lines, by their places */
  cells: number[][];
}
