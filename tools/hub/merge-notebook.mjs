/** Puts what a learner wrote into another version of a notebook, cell by cell: cells are known by their ids. */

/**
 * @typedef {{ id: string, cell_type: string, source: string | string[], outputs?: object[] }} Cell
 * @typedef {{ cells: Cell[], metadata: Record<string, unknown>, nbformat: number, nbformat_minor: number }} Notebook
 */

/** @param {Cell} cell @returns {string} */
export const sourceOf = ({ source }) => (Array.isArray(source) ? source.join('') : String(source ?? ''));

/** @param {Notebook} notebook @returns {Record<string, string>} the source of each cell, by its id */
export function sourcesOf({ cells }) {
  return Object.fromEntries(cells.map((cell) => [cell.id, sourceOf(cell)]));
}

/**
 * The course's new version, in which each cell that the learner changed is his, each that he only ran and that is as it was
 * has his outputs, those that he added stand after the cell they stood after, and those that he deleted are not there.
 *
 * @param {Notebook} mine - the learner's
 * @param {Notebook} theirs - the course's new version
 * @param {Record<string, string>} before - the version that he was given: the hash of each cell's source, by its id
 * @param {(text: string) => string} hashOf
 * @returns {Notebook} a new notebook
 */
export function mergeNotebook(mine, theirs, before, hashOf) {
  const own = new Map(mine.cells.map((cell) => [cell.id, cell]));
  const changed = (/** @type {Cell} */ cell) => before[cell.id] !== hashOf(sourceOf(cell));
  const kept = theirs.cells.flatMap((cell) => {
    const his = own.get(cell.id);
    if (!his) return cell.id in before ? [] : [cell];
    return changed(his) || sourceOf(his) === sourceOf(cell) ? [his] : [cell];
  });
  return {
    ...theirs,
    metadata: mine.metadata ?? theirs.metadata,
    cells: withAdded(kept, mine.cells, changed),
  };
}

/**
 * The course's notebook with a learner's answers, and with the cells that he added: what else he changed, the checks above
 * all, is as the course has it.
 *
 * @param {Notebook} mine - the learner's
 * @param {Notebook} theirs - the course's
 * @param {(id: string) => boolean} counts - whether an answer of his is taken; by default all are
 * @returns {Notebook} a new notebook
 */
export function withAnswers(mine, theirs, counts = () => true) {
  const own = new Map(mine.cells.map((cell) => [cell.id, cell]));
  const ids = new Set(theirs.cells.map(({ id }) => id));
  const cells = theirs.cells.map((cell) => {
    const his = cell.id.endsWith('-answer') && counts(cell.id) ? own.get(cell.id) : undefined;
    return his ? { ...cell, source: his.source } : cell;
  });
  return { ...theirs, cells: withAdded(cells, mine.cells, ({ id }) => !ids.has(id) && counts(id)) };
}

/**
 * @param {Cell[]} kept @param {Cell[]} mine @param {(cell: Cell) => boolean} changed
 * @returns {Cell[]} with the learner's cells that the course has not, or not any more
 */
function withAdded(kept, mine, changed) {
  const result = [...kept];
  /** @type {Cell | undefined} */
  let previous;
  for (const cell of mine) {
    const there = result.find(({ id }) => id === cell.id);
    if (there) previous = there;
    else if (changed(cell)) {
      result.splice(previous ? result.indexOf(previous) + 1 : 0, 0, cell);
      previous = cell;
    }
  }
  return result;
}
