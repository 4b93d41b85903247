/**
 * What the cells have defined, as text: so that a computation can be known by all the code of the notebook that it
 * may run, wherever that stands.
 */

/**
 * @typedef {object} Definition a statement at a cell's top level that gives names
 * @property {string[]} names
 * @property {string} text without comments, laid out by the compiler
 * @property {string[]} uses names that may be another statement's
 */

/** @param {any} ts TypeScript @param {string} code */
const parse = (ts, code) =>
  ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);

/** @param {any} ts TypeScript @param {string} code a cell @returns {Definition[]} */
function definitionsIn(ts, code) {
  const file = parse(ts, code);
  const printer = ts.createPrinter({ removeComments: true });
  return file.statements.flatMap((/** @type {any} */ statement) => {
    const names = namesOf(ts, statement);
    if (names.length === 0) return [];
    const text = printer.printNode(ts.EmitHint.Unspecified, statement, file);
    return [{ names, text, uses: usesIn(ts, statement) }];
  });
}

/** The names that a statement gives. @param {any} ts @param {any} statement @returns {string[]} */
function namesOf(ts, statement) {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap((/** @type {any} */ { name }) => boundBy(ts, name));
  }
  if (ts.isImportDeclaration(statement)) {
    const { name, namedBindings } = statement.importClause ?? {};
    const bound = namedBindings?.elements ?? (namedBindings ? [namedBindings] : []);
    return [...(name ? [name.text] : []), ...bound.map((/** @type {any} */ each) => each.name.text)];
  }
  return statement.name && ts.isIdentifier(statement.name) ? [statement.name.text] : [];
}

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

/** @param {any} ts TypeScript */
function createDefinitions(ts) {
  /** @type {Map<string, Definition>} by name: the latest counts */
  const known = new Map();

  return {
    /** A cell is about to run. @param {string} code */
    add(code) {
      for (const definition of definitionsIn(ts, code)) {
        for (const name of definition.names) known.set(name, definition);
      }
    },
    /**
     * The definitions that code uses, itself or through others.
     *
     * @param {string} code @returns {string[]} their texts, in alphabetical order
     */
    usedBy(code) {
      const found = new Set();
      const open = usesIn(ts, parse(ts, `(${code})`));
      for (let name = open.pop(); name !== undefined; name = open.pop()) {
        const definition = known.get(name);
        if (!definition || found.has(definition)) continue;
        found.add(definition);
        open.push(...definition.uses);
      }
      return [...found].map(({ text }) => text).sort();
    },
  };
}

module.exports = { createDefinitions };
