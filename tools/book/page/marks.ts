/** What the build knows of the computations of a notebook, for a page in which their text stands as it was. */

/** A computation that `experiment` is given, from the cell on in which the notebook knows these definitions. */
export interface KnownComputation {
  /** of its text, see {@link markOf} */
  mark: string;
  /** counted from 0, among the cells of code */
  from: number;
  /** stands for the definitions that it uses, in the cells and in `lib/`: other code, another digest */
  digest: string;
  /** the knobs among these definitions */
  knobs: string[];
}

/** A result that comes with the page. */
export interface StoredResult {
  /** its file in the project */
  file: string;
  /** what computed it: `native 2.9.1`; `none` where plain mathematics needs none */
  backend: string;
  /** whether it was computed with MNIST's digits */
  ofDigits?: true;
}

/** A short name of a text, made without waiting: two texts of one notebook do not share it. */
export function markOf(text: string): string {
  // FNV-1a, twice from other beginnings.
  const marks = [0x811c9dc5, 0x01000193].map((begin) => {
    let hash = begin;
    for (let place = 0; place < text.length; place++) {
      hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193) >>> 0;
    }
    return hash.toString(36);
  });
  return `${text.length}-${marks.join('-')}`;
}

/**
 * What a page answers when `experiment` asks for the definitions behind a computation.
 *
 * @param digest - the build's
 * @param changed - the knobs among them that the reader has turned, each with its value
 */
export function definitionsFor(digest: string, changed: readonly string[]): string[] {
  return [digest, ...changed];
}
