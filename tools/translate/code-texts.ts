/** The words in code: its comments and texts, which a translation may change, and its tokens, which it may not. */
import * as ts from '@tslab/typescript-for-tslab';

/** How a text is to be treated. */
export type Need =
  /** a reader sees it */
  | 'text'
  /** a name or a key, perhaps also seen; also what the same code looks up by these words */
  | 'perhaps'
  /** the program knows it: it stays as it is */
  | 'fixed';

/** A comment or a text in code. */
export interface CodeText {
  kind: 'comment' | 'string';
  need: Need;
  /** without quotes and comment signs, as it stands in the code otherwise */
  text: string;
  /** where it stands, with quotes or comment signs */
  start: number;
  end: number;
}

/** What figures, tables and controls show. */
const shownKeys =
  /^(title|name|names|label|labels|caption|captions|alt|text|texts|xAxis|yAxis|zAxis|xTitle|yTitle|unit|classNames|heading|headings|columns|rows|hover|note|notes|legend|header|message|annotation|annotations|words|description|hint)$/;
/** Calls whose first argument is a name that the program knows. */
const namingCalls =
  /^(exercise|experiment|tryExercise|formula|require|import|getElementById|seededRandom|slider|logSlider|choice|has|get|set|startsWith|endsWith|includes|split|join|indexOf|replace|replaceAll|padStart|padEnd|toLocaleString|loadModel|registerBackend)$/;
/** Of these, all arguments. */
const namingThroughout = /^(seededRandom|split|join|toLocaleString|padStart|padEnd|require)$/;

const isTextNode = (node: ts.Node) =>
  ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);

/** A key of an object in another script: the formatter takes away the quotes that it had in English for its blanks. */
const isForeignKey = (node: ts.Node) =>
  ts.isIdentifier(node) &&
  /[^ -~]/.test(node.text) &&
  ts.isPropertyAssignment(node.parent) &&
  node.parent.name === node;

/** Parses code as the kernel's compiler does. */
export function parse(code: string): ts.SourceFile {
  return ts.createSourceFile('cell.ts', code, ts.ScriptTarget.ES2022, true);
}

/** @returns comments and texts in their order; a text within a template is a part of it */
export function textsIn(code: string): CodeText[] {
  const file = parse(code);
  const found: CodeText[] = [];
  const lookedUp = new Set<string>();
  const visit = (node: ts.Node) => {
    if (isTextNode(node)) {
      const text = code.slice(node.getStart() + 1, node.getEnd() - 1);
      if (ts.isElementAccessExpression(node.parent)) lookedUp.add(text);
      found.push({
        kind: 'string',
        need: needOf(node, text),
        text,
        start: node.getStart(),
        end: node.getEnd(),
      });
      return;
    }
    if (isForeignKey(node)) {
      found.push({
        kind: 'string',
        need: 'perhaps',
        text: node.getText(),
        start: node.getStart(),
        end: node.getEnd(),
      });
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(file);
  for (const one of found) if (one.need === 'text' && lookedUp.has(one.text)) one.need = 'perhaps';
  return [...found, ...commentsIn(file, code)].sort((a, b) => a.start - b.start);
}

/** Without comments that document what follows: all comments are found otherwise. */
const childrenOf = (node: ts.Node) => node.getChildren().filter((child) => !ts.isJSDoc(child));

/** A text without what is in `${…}` and without the commands of LaTeX. */
const wordsOf = (text: string, sign?: string) =>
  withoutExpressions(text, sign).replace(/\\\\[A-Za-z]+/g, ' ');

/** Words of two letters or more. */
const hasWord = (text: string) => /[A-Za-z]{2}/.test(wordsOf(text));

/** A template's text with a sign for what is in `${…}`. */
export function withoutExpressions(text: string, sign = ' '): string {
  let rest = text;
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(/\$\{[^{}]*\}|\{[^{}]*\}(?=[^{}]*\})/g, (whole) =>
      whole.startsWith('$') ? sign : ' ',
    );
  }
  return rest;
}

/**
 * A key that is looked up or compared, `rules['by hand']`, changes with the key that a reader sees, if that is no identifier: of
 * several words, say. A template whose words all stand in texts within its `${…}` is seen as those are; signs between values may
 * be a language's own.
 */
function needOf(node: ts.Node, text: string): Need {
  if (!hasWord(text)) return hasInnerText(node) ? 'text' : isPunctuation(node, text) ? 'perhaps' : 'fixed';
  if ((ts.isElementAccessExpression(node.parent) || isCompared(node)) && /[^\w$]/.test(text))
    return 'perhaps';
  if (joinsWords(node)) return 'perhaps';
  if (isFixed(node)) return 'fixed';
  // `layer${n}` is one word, and may be a name.
  if (/[A-Za-z]{2,}[,:;.!?)]*\s|\s[(]*[A-Za-z]{3,}/.test(wordsOf(text, '0'))) return 'text';
  return isShown(node) ? 'text' : 'perhaps';
}

function isFixed(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)) return true;
  if (ts.isLiteralTypeNode(parent) || ts.isExternalModuleReference(parent)) return true;
  if (ts.isElementAccessExpression(parent) || ts.isCaseClause(parent)) return true;
  if (isCompared(node)) return true;
  if (ts.isCallExpression(parent)) {
    const called = nameOfCall(parent);
    if (namingThroughout.test(called)) return true;
    if (namingCalls.test(called) && parent.arguments[0] === node) return true;
  }
  return false;
}

/** Whether a text within the `${…}` of a template is one that a reader sees. */
const hasInnerText = (node: ts.Node) =>
  ts.isTemplateExpression(node) &&
  node.templateSpans.some(({ expression }) =>
    textsIn(expression.getText()).some(({ kind, need }) => kind === 'string' && need === 'text'),
  );

const isCompared = ({ parent }: ts.Node) =>
  ts.isBinaryExpression(parent) && /^(===?|!==?|in)$/.test(parent.operatorToken.getText());

/** `${name}: ${value}`, `join(', ')` and `'46.2 %'`. */
const isPunctuation = (node: ts.Node, text: string) =>
  /\s%/.test(text) ||
  ((ts.isTemplateExpression(node) || joinsWords(node)) && /[,;:!?()]/.test(wordsOf(text)));

/** `join(' and ')`. */
const joinsWords = ({ parent }: ts.Node) =>
  ts.isCallExpression(parent) && nameOfCall(parent) === 'join' && parent.arguments.length === 1;

function nameOfCall({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

function isShown(node: ts.Node): boolean {
  let at = node.parent;
  while (
    ts.isArrayLiteralExpression(at) ||
    ts.isConditionalExpression(at) ||
    ts.isParenthesizedExpression(at) ||
    ts.isBinaryExpression(at) ||
    ts.isAsExpression(at)
  ) {
    at = at.parent;
  }
  return ts.isPropertyAssignment(at) && shownKeys.test(at.name.getText()) && !isOfLayer(at);
}

/** The name of a layer is one that the program asks for. */
function isOfLayer({ name, parent }: ts.PropertyAssignment): boolean {
  const others = parent.properties.map((property) => property.name?.getText() ?? '');
  return (
    name.getText() === 'name' && others.some((other) => /^(units|inputShape|kernelInitializer)$/.test(other))
  );
}

function commentsIn(file: ts.SourceFile, code: string): CodeText[] {
  const ranges = new Map<number, number>();
  const visit = (node: ts.Node) => {
    const children = childrenOf(node);
    if (children.length > 0) {
      for (const child of children) visit(child);
      return;
    }
    const [from, to] = [node.getFullStart(), node.getStart()];
    for (const each of [
      ...(ts.getLeadingCommentRanges(code, from) ?? []),
      ...(ts.getTrailingCommentRanges(code, from) ?? []),
    ]) {
      if (each.end <= to) ranges.set(each.pos, each.end);
    }
  };
  visit(file);
  const comments = [...ranges].sort(([a], [b]) => a - b);
  const pieces = comments.map(([start, end]): CodeText => {
    const text = code
      .slice(start, end)
      .replace(/^\/\/ ?/, '')
      .replace(/^\/\*\*? ?| ?\*\/$/g, '');
    return { kind: 'comment', need: /[A-Za-z]{3}/.test(text) ? 'text' : 'perhaps', text, start, end };
  });
  return joinLines(pieces, code);
}

/** Lines of a comment that follow each other are one text. */
function joinLines(pieces: readonly CodeText[], code: string): CodeText[] {
  const joined: CodeText[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const between = last && code.slice(last.end, piece.start);
    const ownLine = (at: number) => /(^|\n)[ \t]*$/.test(code.slice(0, at));
    const isLine = (at: number) => code.startsWith('//', at);
    if (
      last &&
      /^\n[ \t]*$/.test(between ?? '') &&
      isLine(piece.start) &&
      isLine(last.start) &&
      ownLine(last.start)
    ) {
      joined[joined.length - 1] = {
        ...last,
        need: last.need === 'text' ? 'text' : piece.need,
        text: `${last.text}\n${piece.text}`,
        end: piece.end,
      };
    } else joined.push(piece);
  }
  return joined;
}

/**
 * Puts other texts in the place of some.
 *
 * @param texts - of `textsIn(code)`
 * @param replacements - by their place in that list
 */
export function withTexts(
  code: string,
  texts: readonly CodeText[],
  replacements: ReadonlyMap<number, string>,
): string {
  let result = code;
  for (let index = texts.length - 1; index >= 0; index--) {
    const wanted = replacements.get(index);
    if (wanted === undefined || wanted === texts[index].text) continue;
    const { kind, start, end } = texts[index];
    const old = code.slice(start, end);
    const written = kind === 'comment' ? asComment(wanted, old, code.slice(0, start)) : quoted(wanted, old);
    result = result.slice(0, start) + written + result.slice(end);
  }
  return result;
}

const quoted = (text: string, old: string) => old[0] + text + old[old.length - 1];

function asComment(text: string, old: string, before: string): string {
  if (old.startsWith('/*')) return `${/^\/\*\*? ?/.exec(old)?.[0]}${text} */`;
  const indentation = /(?:^|\n)([ \t]*)$/.exec(before)?.[1] ?? '';
  return text
    .split('\n')
    .map((line) => `// ${line}`)
    .join(`\n${indentation}`);
}

/**
 * The program in code, without its words: tokens in order, texts blank, comments and commas before a closing bracket left out.
 * The expressions in a template stand in alphabetical order: a language may say them in another.
 */
export function tokensOf(code: string): { text: string; line: number }[] {
  const file = parse(code);
  const tokens: { text: string; line: number }[] = [];
  const visit = (node: ts.Node, into: { text: string; line: number }[]) => {
    const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    if (ts.isTemplateExpression(node)) {
      const spans = node.templateSpans.map(({ expression }) => {
        const own: { text: string; line: number }[] = [];
        visit(expression, own);
        return own.map(({ text }) => text).join(' ');
      });
      into.push({ text: `\`\${${spans.sort().join('} ${')}}\``, line });
      return;
    }
    if (isForeignKey(node)) {
      into.push({ text: "''", line });
      return;
    }
    if (isTextNode(node)) {
      const isName = ts.isImportDeclaration(node.parent);
      into.push({ text: isName ? node.getText() : "''", line });
      return;
    }
    if (ts.isParenthesizedExpression(node) && isLaidOut(node)) {
      visit(node.expression, into);
      return;
    }
    const children = childrenOf(node);
    if (children.length === 0) {
      const text = node.getText();
      if (text === '') return;
      if (/^[)\]}]$/.test(text) && into.at(-1)?.text === ',') into.pop();
      into.push({ text, line });
      return;
    }
    for (const child of children) visit(child, into);
  };
  visit(file, tokens);
  return tokens;
}

/** Brackets that the formatter sets where an expression takes several lines. */
const isLaidOut = ({ parent }: ts.Node) =>
  ts.isReturnStatement(parent) || ts.isThrowStatement(parent) || ts.isArrowFunction(parent);

/** @returns the first place at which two programs part, as a sentence; undefined if they are one */
export function whereProgramsPart(english: string, translated: string): string | undefined {
  const [one, other] = [tokensOf(english), tokensOf(translated)];
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const [a, b] = [one[index], other[index]];
    if (a?.text === b?.text) continue;
    const at = b ? `line ${b.line}` : 'the end';
    return `at ${at} the program has ${b ? `\`${b.text}\`` : 'nothing'} where the English has ${a ? `\`${a.text}\`` : 'nothing'}`;
  }
  return undefined;
}
