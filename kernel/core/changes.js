/** What a statement changes of the variables that other statements have declared. */
const { isLocal } = require('./names');

/**
 * @typedef {object} Changes names
 * @property {Set<string>} surely assigned, counted on, or changed by a method of JavaScript's own
 * @property {Set<string>} perhaps given to a call whose value nobody uses, so that it is there for what it does
 */

/** Methods of arrays, typed arrays, maps and sets that change them. */
const changing = new Set(
  'push pop shift unshift splice sort reverse fill copyWithin set add delete clear'.split(' '),
);

/**
 * The names that a statement changes, itself or a part of what they stand for, wherever in it: in a loop, in a function
 * that it gives to another, in one that it declares.
 *
 * @param {any} ts @param {any} statement at a cell's top level
 * @param {(name: string) => boolean} shows whether a function only shows what it is given
 * @returns {Changes}
 */
function changesIn(ts, statement, shows) {
  const surely = new Set();
  const perhaps = new Set();
  const note = (/** @type {Set<string>} */ names, /** @type {any[]} */ targets) => {
    for (const root of targets.flatMap((target) => rootsOf(ts, target))) {
      if (!isLocal(ts, root)) names.add(root.text);
    }
  };
  const visit = (/** @type {any} */ node) => {
    note(surely, [...assignedBy(ts, node), ...calledOn(ts, node)]);
    if (ts.isExpressionStatement(node)) note(perhaps, givenBy(ts, node.expression, shows));
    ts.forEachChild(node, visit);
  };
  visit(statement);
  return { surely, perhaps };
}

/** The expressions that a node gives another value. @param {any} ts @param {any} node @returns {any[]} */
function assignedBy(ts, node) {
  const { FirstAssignment, LastAssignment, PlusPlusToken, MinusMinusToken } = ts.SyntaxKind;
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    return kind >= FirstAssignment && kind <= LastAssignment ? [node.left] : [];
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    return [PlusPlusToken, MinusMinusToken].includes(node.operator) ? [node.operand] : [];
  }
  if (ts.isDeleteExpression(node)) return [node.expression];
  if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    return ts.isVariableDeclarationList(node.initializer) ? [] : [node.initializer];
  }
  return [];
}

/**
 * What a call's method changes by JavaScript's rules; a list just made is nobody's.
 *
 * @param {any} ts @param {any} node @returns {any[]}
 */
function calledOn(ts, node) {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { expression, name } = node.expression;
  return changing.has(name.text) && !ts.isArrayLiteralExpression(expression) ? [expression] : [];
}

/**
 * What a call that is a statement of its own gets: the object of the method and the arguments.
 *
 * @param {any} ts @param {any} expression @param {(name: string) => boolean} shows @returns {any[]}
 */
function givenBy(ts, expression, shows) {
  const call = ts.isAwaitExpression(expression) ? expression.expression : expression;
  if (!ts.isCallExpression(call)) return [];
  const [callee] = rootsOf(ts, call.expression);
  if (callee && shows(callee.text)) return [];
  const isMethod = ts.isPropertyAccessExpression(call.expression);
  return [...(isMethod ? [call.expression.expression] : []), ...call.arguments];
}

/**
 * The identifiers that may be changed with the whole: `a` of `a.b[c]`, `a` and `b` of `[a, ...b]`.
 *
 * @param {any} ts @param {any} node @returns {any[]}
 */
function rootsOf(ts, node) {
  const all = (/** @type {any[]} */ nodes) => nodes.flatMap((inner) => rootsOf(ts, inner));
  if (ts.isIdentifier(node)) return [node];
  if (ts.isArrayLiteralExpression(node)) return all(node.elements);
  if (ts.isObjectLiteralExpression(node)) return all(node.properties);
  if (ts.isPropertyAssignment(node)) return rootsOf(ts, node.initializer);
  if (ts.isShorthandPropertyAssignment(node)) return [node.name];
  if (ts.isBinaryExpression(node)) return rootsOf(ts, node.left);
  const carries =
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isParenthesizedExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSpreadElement(node) ||
    ts.isSpreadAssignment(node);
  return carries ? rootsOf(ts, node.expression) : [];
}

module.exports = { changesIn };
