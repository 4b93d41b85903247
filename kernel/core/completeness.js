/** Whether code that is being typed can run as it stands. */

/** An open comment, an open template: more text ends them, however much there is. */
const OPEN_TO_THE_END = [1010, 1160];
/** A string that its line does not end is wrong, even if it is the last one. */
const OPEN_STRING = 1002;

/**
 * @param {any} ts TypeScript
 * @param {string} code
 * @returns {'complete' | 'incomplete' | 'invalid'}
 */
function completenessOf(ts, code) {
  const file = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest, undefined, ts.ScriptKind.TS);
  /** @type {{ start: number, length: number, code: number }[]} */
  const faults = file.parseDiagnostics;
  if (faults.length === 0) return 'complete';
  const end = code.trimEnd().length;
  const isOpen = (/** @type {typeof faults[number]} */ fault) =>
    fault.code !== OPEN_STRING &&
    (fault.start >= end || (OPEN_TO_THE_END.includes(fault.code) && fault.start + fault.length >= end));
  return faults.every(isOpen) ? 'incomplete' : 'invalid';
}

module.exports = { completenessOf };
