/** Code that was a module's, pasted into a cell: what it exports, later cells have in any case. */

/**
 * Blanks out `export` where it only makes known what is declared, so that all places in the code stay what they are.
 *
 * @param {any} ts TypeScript
 * @param {string} code
 */
function withoutExports(ts, code) {
  if (!/\bexport\b/.test(code)) return code;
  const file = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  let result = code;
  const blank = (/** @type {number} */ start, /** @type {number} */ end) => {
    result = result.slice(0, start) + result.slice(start, end).replace(/[^\r\n]/g, ' ') + result.slice(end);
  };
  for (const statement of file.statements) {
    if (ts.isExportAssignment(statement) && !statement.isExportEquals) {
      // `export default 5`
      blank(statement.getStart(file), statement.expression.getStart(file));
    } else if (ts.isExportDeclaration(statement) && !statement.moduleSpecifier && isPlain(ts, statement)) {
      blank(statement.getStart(file), statement.end);
    } else if (statement.name || ts.isVariableStatement(statement)) {
      for (const modifier of statement.modifiers ?? []) {
        const { ExportKeyword, DefaultKeyword } = ts.SyntaxKind;
        if (![ExportKeyword, DefaultKeyword].includes(modifier.kind)) continue;
        blank(modifier.getStart(file), modifier.end);
      }
    }
  }
  return result;
}

/** Whether names are exported as they are: `export { a }`. @param {any} ts @param {any} statement */
const isPlain = (ts, { exportClause }) =>
  exportClause &&
  ts.isNamedExports(exportClause) &&
  exportClause.elements.every((/** @type {any} */ { propertyName }) => !propertyName);

module.exports = { withoutExports };
