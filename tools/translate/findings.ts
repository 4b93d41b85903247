/** What can be wrong with a translation. */

/** Kinds of findings that a cell may be excused from, in its metadata: where a language says it otherwise. */
export const excusable = [
  'numbers',
  'glossary',
  'code spans',
  'formulas',
  'links',
  'form',
  'phrases',
  'labels',
] as const;
export type Excusable = (typeof excusable)[number];

export type FindingKind =
  | Excusable
  | 'missing'
  | 'extra'
  | 'order'
  | 'kind'
  | 'metadata'
  | 'stale'
  | 'untranslated'
  | 'script'
  | 'headings'
  | 'program'
  | 'knobs'
  | 'typography'
  | 'excuse'
  | 'outputs'
  | 'map'
  | 'edition';

/** Something wrong with a translation. */
export interface Finding {
  /** the notebook's name; empty for the edition itself */
  notebook: string;
  /** the cell's id; empty for the notebook itself */
  cell: string;
  kind: FindingKind;
  /** a sentence */
  what: string;
}

/** What a translated cell's metadata say of it, under `translation`. */
export interface Stamp {
  /** the hash of the English cell that it translates */
  of?: string;
  /** kinds of findings that it is excused from */
  differs?: Excusable[];
}

/** @returns a finding as one line, with the place before it */
export function lineOf({ notebook, cell, kind, what }: Finding): string {
  return `${[notebook, cell].filter(Boolean).join(', ')}${notebook ? ': ' : ''}${kind}: ${what}`;
}
