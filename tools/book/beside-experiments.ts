/** What cells use besides what their experiments compute: a stored result may be of all digits, while a page has fewer. */

/**
 * The code of a cell in which `experiment` is given its name alone, and each part of the digits is loaded by itself.
 *
 * @param ts - the compiler's own TypeScript
 * @param source - of the cell
 */
// biome-ignore lint/suspicious/noExplicitAny: the compiler's own TypeScript comes without types
export function besideExperiments(ts: any, source: string): string {
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022, true);
  const changes: { from: number; to: number; text: string }[] = [];
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const visit = (node: any): void => {
    const isExperiment = ts.isCallExpression(node) && node.expression.getText() === 'experiment';
    const parts = ts.isVariableStatement(node) ? loadedOneByOne(ts, node) : undefined;
    if (isExperiment && node.arguments.length > 1) {
      changes.push({ from: node.arguments[0].getEnd(), to: node.arguments.end, text: '' });
    } else if (parts) changes.push({ from: node.getStart(), to: node.getEnd(), text: parts });
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return changes.reduceRight(
    (text, change) => text.slice(0, change.from) + change.text + text.slice(change.to),
    source,
  );
}

/** `const { train: few } = await loadMnist()` gives `const few = loadMnist('train');`. */
// biome-ignore lint/suspicious/noExplicitAny: as above
function loadedOneByOne(ts: any, statement: any): string | undefined {
  const [declaration, ...others] = statement.declarationList.declarations;
  const { name: pattern, initializer } = declaration;
  if (others.length > 0 || !ts.isObjectBindingPattern(pattern)) return undefined;
  if (!/^(?:await\s+)?loadMnist\(/.test(initializer?.getText() ?? '')) return undefined;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const parts = pattern.elements.map(({ name, propertyName }: any) => {
    const part = (propertyName ?? name).getText();
    return `const ${name.getText()} = loadMnist('${part}');`;
  });
  return parts.join(' ');
}

/** @returns whether code, as `besideExperiments` gives it, uses digits to learn from or to be judged by: a page may have fewer */
export function usesFewerDigits(code: string): boolean {
  return /\bloadMnist\((?!'(?:validation|description|fingerprint)'\))/.test(code);
}
