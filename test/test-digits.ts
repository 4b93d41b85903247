/** Test digits decide nothing: where a notebook's code could learn something from them. */
import * as ts from '@tslab/typescript-for-tslab';
import { type Piece, piecesOf } from '../tools/notebooks/code-pieces';
import { hasTag, type Notebook } from '../tools/notebooks/notebook-file';

/** A piece of code as the compiler of the cells reads it. */
interface Read {
  name: string;
  file: ts.SourceFile;
  /** the names that the piece gives to others; what it imports is not its own */
  declares: string[];
  /** the names that it takes from others, each time it takes them */
  takes: ts.Node[];
}

/**
 * Looks for what would let test digits decide something. The identifier `test` stands only in a code
 * cell tagged `final-test`; a notebook has at most one; what it declares, no other code uses; and it
 * assigns to nothing of another cell. Comments and texts do not count, the `ts` blocks of Markdown do.
 *
 * @returns a sentence for each fault, which names the cell and the line
 */
export function testDigitFaults(notebook: Notebook): string[] {
  const tagged = notebook.cells.filter((cell) => hasTag(cell, 'final-test'));
  const misplaced = tagged.filter(({ cell_type }) => cell_type !== 'code');
  const final = tagged.filter(({ cell_type }) => cell_type === 'code');
  const isFinal = ({ name }: Piece) => final.some(({ id }) => id === name);
  const pieces = piecesOf(notebook);
  const others = readPieces(pieces.filter((piece) => !isFinal(piece)));
  const finals = readPieces(pieces.filter(isFinal));
  const declared = new Set(finals.flatMap(({ declares }) => declares));
  return [
    ...misplaced.map(({ id }) => `${id}: tagged final-test, but it is no code cell`),
    ...final.slice(1).map(({ id }) => `${id}: tagged final-test, as is ${final[0].id}`),
    ...others.flatMap(({ name, file }) =>
      places(name, file, testsIn(file)).map((place) => `${place}: 'test' outside the cell tagged final-test`),
    ),
    ...others.flatMap(({ name, file, takes }) =>
      takes
        .filter((node) => node.getText() !== 'test' && declared.has(node.getText()))
        .map(
          (node) => `${placeOf(name, file, node)}: uses '${node.getText()}' of the cell tagged final-test`,
        ),
    ),
    ...finals.flatMap(({ name, file, takes }) =>
      assignedIn(file)
        .filter((node) => takes.some((taken) => taken.pos === node.pos))
        .map((node) => `${placeOf(name, file, node)}: assigns to '${node.getText()}' of another cell`),
    ),
  ];
}

const placeOf = (name: string, file: ts.SourceFile, node: ts.Node) =>
  `${name}, line ${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;

/** Each line once. */
const places = (name: string, file: ts.SourceFile, nodes: readonly ts.Node[]) => [
  ...new Set(nodes.map((node) => placeOf(name, file, node))),
];

function descendants(node: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (child: ts.Node) => {
    found.push(child);
    ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return found;
}

/** Where `test` stands as a name, `['test']` included; digits are no function, so `pattern.test(text)` is not meant. */
function testsIn(file: ts.SourceFile): ts.Node[] {
  const isCalled = ({ parent }: ts.Node) =>
    ts.isPropertyAccessExpression(parent) &&
    ts.isCallExpression(parent.parent) &&
    parent.parent.expression === parent;
  const isKey = ({ parent }: ts.Node) =>
    ts.isElementAccessExpression(parent) || ts.isComputedPropertyName(parent);
  return descendants(file).filter((node) =>
    ts.isStringLiteralLike(node)
      ? node.text === 'test' && isKey(node)
      : isName(node, 'test') && !isCalled(node),
  );
}

const isName = (node: ts.Node, name: string) => ts.isIdentifier(node) && node.text === name;

/** The names at the left of every `=`, `+=`, `++` …: of `list[0].loss = 1` it is `list`. */
function assignedIn(file: ts.SourceFile): ts.Node[] {
  return descendants(file).flatMap((node) => {
    if (ts.isBinaryExpression(node)) {
      const { kind } = node.operatorToken;
      const assigns = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
      return assigns ? targetsOf(node.left) : [];
    }
    if (ts.isPostfixUnaryExpression(node)) return targetsOf(node.operand);
    const counts = [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken];
    const isCount = ts.isPrefixUnaryExpression(node) && counts.includes(node.operator);
    return isCount ? targetsOf(node.operand) : [];
  });
}

function targetsOf(target: ts.Node): ts.Node[] {
  if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) {
    return targetsOf(target.expression);
  }
  return [target, ...descendants(target)].filter(ts.isIdentifier);
}

/** Each piece is a module of its own, so that the compiler says which names it lacks. */
function readPieces(pieces: readonly Piece[]): Read[] {
  const options = { noLib: true, noResolve: true, types: [], target: ts.ScriptTarget.ESNext };
  const sources = new Map(
    pieces.map(({ name, code }) => {
      const file = ts.createSourceFile(`${name}.ts`, `${code}\nexport {};`, ts.ScriptTarget.ESNext, true);
      return [file.fileName, file] as const;
    }),
  );
  const host = {
    ...ts.createCompilerHost(options),
    getSourceFile: (name: string) => sources.get(name),
    fileExists: (name: string) => sources.has(name),
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources.values()].map((file, index) => ({
    name: pieces[index].name,
    file,
    declares: declaredIn(file, program.getTypeChecker()),
    takes: takenBy(file, program),
  }));
}

function declaredIn(file: ts.SourceFile, checker: ts.TypeChecker): string[] {
  const all = ts.SymbolFlags.Value | ts.SymbolFlags.Type | ts.SymbolFlags.Namespace;
  return checker
    .getSymbolsInScope(file.endOfFileToken, all)
    .filter(({ declarations = [] }) => declarations.some((one) => one.getSourceFile() === file))
    .filter(({ flags }) => !(flags & ts.SymbolFlags.Alias))
    .map(({ name }) => name);
}

function takenBy(file: ts.SourceFile, program: ts.Program): ts.Node[] {
  const lacking = /^Cannot find (?:name|namespace) |^No value exists in scope for the shorthand property /;
  const starts = program
    .getSemanticDiagnostics(file)
    .filter(({ messageText }) => lacking.test(ts.flattenDiagnosticMessageText(messageText, '\n')))
    .map(({ start }) => start);
  return descendants(file).filter((node) => ts.isIdentifier(node) && starts.includes(node.getStart()));
}
