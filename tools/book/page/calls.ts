/** The calls of `experiment` in the code of cells. Both the build and the compiler of a page look for them. */

/** A computation as the notebook gives it to `experiment`; without a name where that is computed. */
export interface Call {
  name?: string;
  compute: string;
}

/** The names of the experiments that a text calls. */
export function namesIn(text: string): string[] {
  const calls = text.matchAll(/(?<!function )\bexperiment\(\s*(?:(['"])([\w-]+)\1)?/g);
  return [...calls].map(([, , name]) => name ?? '*');
}

/**
 * The calls of `experiment` in a cell, and the functions that it declares.
 *
 * @param ts - the compiler's own TypeScript
 * @param body - the cell as it is run
 * @param functions - of the cells before; gets those of this one
 */
// biome-ignore lint/suspicious/noExplicitAny: the compiler's own TypeScript comes without types
export function callsIn(ts: any, body: string, functions: Map<string, string>): Call[] {
  const calls: Call[] = [];
  const nameOf = (node: { text?: string; name?: { text: string } }) => node.name?.text ?? node.text;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const visit = (node: any): void => {
    if (ts.isFunctionDeclaration(node) && node.name) functions.set(node.name.text, node.getText());
    if (ts.isVariableDeclaration(node) && node.initializer && ts.isFunctionLike(node.initializer)) {
      functions.set(node.name.getText(), node.initializer.getText());
    }
    if (ts.isCallExpression(node) && isExperiment(node.expression)) {
      const [name, , given] = node.arguments;
      const compute =
        given && (ts.isFunctionLike(given) ? given.getText() : functions.get(nameOf(given) ?? ''));
      if (compute) calls.push({ name: ts.isStringLiteral(name) ? name.text : undefined, compute });
    }
    ts.forEachChild(node, visit);
  };
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const isExperiment = (node: any): boolean => {
    const inner = ts.isParenthesizedExpression(node) ? node.expression : node;
    const last = ts.isBinaryExpression(inner) ? inner.right : inner;
    return nameOf(last) === 'experiment';
  };
  visit(ts.createSourceFile('cell.js', body, ts.ScriptTarget.ES2022, true));
  return calls;
}
