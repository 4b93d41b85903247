/**
 * What the cells have defined and changed, as text: so that a computation can be known by all the code of the notebook
 * that it may run, wherever that stands.
 */
const { changesIn } = require('./changes');
const { namesOf, parse, usesIn } = require('./names');

/**
 * @typedef {object} Definition a statement at a cell's top level that gives names
 * @property {string[]} names
 * @property {string} text without comments, laid out by the compiler
 * @property {string[]} uses names that may be another statement's
 * @property {import('./changes').Changes} changes
 * @property {boolean} runs whether what it holds runs with the cell; that of functions runs where they are called
 * @property {boolean} isVariable whether what its names stand for may be changed
 * @property {string} [from] what it imports from
 */

/**
 * @typedef {object} Step a statement that has run and changed what others had defined
 * @property {string} text
 * @property {Definition[]} reached what it used, itself or through others
 * @property {Set<Definition>} changed
 * @property {boolean} surely whether it changes them for sure, so that it makes a difference how often it ran
 */

/** Calls of these show what they are given, and leave it as it is. */
const isShowing = (/** @type {string} */ name, /** @type {Map<string, Definition>} */ known) =>
  name === 'console' || /(^|\/)(course|nodeplotlib)$/.test(known.get(name)?.from ?? '');

/**
 * @param {any} ts TypeScript @param {any} node a statement @param {(name: string) => boolean} shows
 * @returns {Definition} of no name, if the statement gives none
 */
function definitionOf(ts, node, shows) {
  const printer = ts.createPrinter({ removeComments: true });
  const isVariable = ts.isVariableStatement(node) && !givesFunctions(ts, node);
  return {
    names: namesOf(ts, node),
    text: printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile()),
    uses: usesIn(ts, node),
    changes: changesIn(ts, node, shows),
    runs: isVariable || !(node.name || ts.isVariableStatement(node) || ts.isImportDeclaration(node)),
    isVariable,
    from: ts.isImportDeclaration(node) ? node.moduleSpecifier.text : undefined,
  };
}

/** `const f = (x) => 2 * x` @param {any} ts @param {any} statement */
const givesFunctions = (ts, { declarationList }) =>
  declarationList.declarations.every(
    (/** @type {any} */ { initializer }) => initializer && ts.isFunctionLike(initializer),
  );

/** @param {any} ts TypeScript */
function createDefinitions(ts) {
  /** @type {Map<string, Definition>} by name: the latest counts */
  const known = new Map();
  /** @type {Step[]} in the order in which they ran */
  let steps = [];

  /** The definitions behind names, themselves or through others. @param {string[]} names @returns {Definition[]} */
  function reachedBy(names) {
    /** @type {Set<Definition>} */
    const found = new Set();
    const open = [...names];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const definition = known.get(name);
      if (!definition || found.has(definition)) continue;
      found.add(definition);
      open.push(...definition.uses);
    }
    return [...found];
  }

  /** @param {Definition} statement @returns {Step} */
  function stepOf({ text, uses, changes, names }) {
    const reached = reachedBy(uses.filter((name) => !names.includes(name)));
    const inFunctions = reached.filter(({ runs }) => !runs).flatMap((each) => [...each.changes.surely]);
    const variables = (/** @type {string[]} */ changed) =>
      changed
        .filter((name) => !names.includes(name))
        .flatMap((name) => known.get(name) ?? [])
        .filter(({ isVariable }) => isVariable);
    const surely = variables([...changes.surely, ...inFunctions]);
    const perhaps = names.length === 0 ? variables([...changes.perhaps]) : [];
    return { text, reached, changed: new Set([...surely, ...perhaps]), surely: surely.length > 0 };
  }

  return {
    /** A cell is about to run. @param {string} code */
    add(code) {
      const shows = (/** @type {string} */ name) => isShowing(name, known);
      const statements = parse(ts, code).statements.map((/** @type {any} */ node) => {
        const statement = definitionOf(ts, node, shows);
        for (const name of statement.names) known.set(name, statement);
        return statement;
      });
      steps.push(...statements.filter((/** @type {Definition} */ { runs }) => runs).map(stepOf));
      // Of what has been declared anew, the earlier changes are past.
      const current = new Set(known.values());
      steps = steps.filter(({ changed }) => [...changed].some((definition) => current.has(definition)));
    },
    /**
     * The definitions that code uses, itself or through others, and the statements that have changed one of them since.
     *
     * @param {string} code
     * @returns {string[]} the texts of the definitions in alphabetical order; of the changes in that in which they ran,
     *   also those that ran twice, where that makes a difference
     */
    usedBy(code) {
      const found = new Set(reachedBy(usesIn(ts, parse(ts, `(${code})`))));
      /** @type {Set<Step>} */
      const changes = new Set();
      for (let size = -1; size < changes.size; ) {
        size = changes.size;
        for (const step of steps) {
          if (changes.has(step) || ![...step.changed].some((definition) => found.has(definition))) continue;
          changes.add(step);
          for (const definition of step.reached) found.add(definition);
        }
      }
      const definitions = [...found].map(({ text }) => text).sort();
      const ran = steps.filter((step) => changes.has(step));
      const told = ran.filter(
        ({ text, surely }, place) => surely || ran.findIndex((step) => step.text === text) === place,
      );
      return [...definitions, ...told.map(({ text }) => text)];
    },
  };
}

module.exports = { createDefinitions };
