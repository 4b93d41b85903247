/** The names in a cell's code: those that a statement gives, and those that it speaks of. */

/** @param {any} ts TypeScript @param {string} code @returns {any} its syntax tree */
const parse = (ts, code) =>
  ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);

/** The names that a statement gives. @param {any} ts @param {any} statement @returns {string[]} */
function namesOf(ts, statement) {
  if (ts.isVariableStatement(statement)) return declaredIn(ts, statement.declarationList);
  if (ts.isImportDeclaration(statement)) {
    const { name, namedBindings } = statement.importClause ?? {};
    const bound = namedBindings?.elements ?? (namedBindings ? [namedBindings] : []);
    return [...(name ? [name.text] : []), ...bound.map((/** @type {any} */ each) => each.name.text)];
  }
  return statement.name && ts.isIdentifier(statement.name) ? [statement.name.text] : [];
}

/** `let a = 1, { b } = c` @param {any} ts @param {any} list @returns {string[]} */
const declaredIn = (ts, list) =>
  list.declarations.flatMap((/** @type {any} */ { name }) => boundBy(ts, name));

/** The names in a pattern such as `{ a, b: [c] }`. @param {any} ts @param {any} name @returns {string[]} */
function boundBy(ts, name) {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((/** @type {any} */ element) =>
    element.name ? boundBy(ts, element.name) : [],
  );
}

/**
 * The names that code speaks of: every identifier but those of properties. What the compiler has made of a cell calls the
 * variables of other cells `exports.name`.
 *
 * @param {any} ts @param {any} node @returns {string[]}
 */
function usesIn(ts, node) {
  /** @type {Set<string>} */
  const uses = new Set();
  const visit = (/** @type {any} */ inner) => {
    if (ts.isIdentifier(inner) && !isProperty(ts, inner)) uses.add(inner.text);
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return [...uses];
}

/** @param {any} ts @param {any} identifier */
function isProperty(ts, identifier) {
  const { parent } = identifier;
  if (parent.name !== identifier) return false;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression.text !== 'exports';
  return ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent);
}

/**
 * Whether an identifier stands for something that its own statement declares inside, as a parameter or the variable of a
 * loop.
 *
 * @param {any} ts @param {any} identifier
 */
function isLocal(ts, identifier) {
  for (let { parent } = identifier; !ts.isSourceFile(parent); parent = parent.parent) {
    if (scopeNames(ts, parent).includes(identifier.text)) return true;
  }
  return false;
}

/** The names that are known inside a node alone. @param {any} ts @param {any} node @returns {string[]} */
function scopeNames(ts, node) {
  if (ts.isFunctionLike(node)) {
    return node.parameters.flatMap((/** @type {any} */ { name }) => boundBy(ts, name));
  }
  if (ts.isBlock(node) || ts.isModuleBlock(node)) {
    return node.statements.flatMap((/** @type {any} */ inner) => namesOf(ts, inner));
  }
  if (ts.isCaseBlock(node)) {
    return node.clauses.flatMap((/** @type {any} */ { statements }) =>
      statements.flatMap((/** @type {any} */ inner) => namesOf(ts, inner)),
    );
  }
  if (ts.isCatchClause(node))
    return node.variableDeclaration ? boundBy(ts, node.variableDeclaration.name) : [];
  const { initializer } = node;
  return initializer && ts.isVariableDeclarationList(initializer) ? declaredIn(ts, initializer) : [];
}

module.exports = { isLocal, namesOf, parse, usesIn };
