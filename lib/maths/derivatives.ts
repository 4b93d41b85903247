/** Derivatives of formulas by the rules of calculus, at kinks too. */
import {
  ConditionalNode,
  ConstantNode,
  derivative,
  FunctionNode,
  isConditionalNode,
  isConstantNode,
  isFunctionNode,
  isOperatorNode,
  isSymbolNode,
  type MathNode,
  OperatorNode,
  SymbolNode,
  simplify as simplified,
} from 'mathjs';

/** The derivative of a call, from its arguments and theirs. */
type Rule = (given: MathNode[], derivatives: MathNode[]) => MathNode;

const number = (value: number) => new ConstantNode(value);
const call = (name: string, ...given: MathNode[]) => new FunctionNode(name, given);
const times = (a: MathNode, b: MathNode) =>
  isNumber(b, 0) ? b : isNumber(b, 1) ? a : new OperatorNode('*', 'multiply', [a, b]);
const isNumber = (node: MathNode, value: number) => isConstantNode(node) && node.value === value;
const isZero = (node: MathNode) => isNumber(node, 0);

/**
 * The slope of the first of two arguments, or that of the second where it is larger or smaller: at a tie the first,
 * as TensorFlow has it of relu, `max(0, x)`, at 0.
 */
const choose =
  (secondIs: 'larger' | 'smaller'): Rule =>
  ([a, b], [slopeA, slopeB]) =>
    new ConditionalNode(secondIs === 'larger' ? call('larger', b, a) : call('larger', a, b), slopeB, slopeA);

/**
 * What mathjs cannot differentiate, or only with a hole: its derivative of `abs(x)` is `abs(x)/x`, which
 * is no number at 0.
 */
const rules: ReadonlyMap<string, Rule> = new Map([
  ['abs', ([u], [slope]) => times(call('sign', u), slope)],
  ['sign', () => number(0)],
  ['max', choose('larger')],
  ['min', choose('smaller')],
  [
    'erf',
    ([u], [slope]) => {
      const bell = call(
        'exp',
        new OperatorNode('-', 'unaryMinus', [new OperatorNode('^', 'pow', [u, number(2)])]),
      );
      return times(
        new OperatorNode('/', 'divide', [times(number(2), bell), call('sqrt', new SymbolNode('pi'))]),
        slope,
      );
    },
  ],
] satisfies [string, Rule][]);

/**
 * The partial derivative of a formula.
 *
 * mathjs differentiates what is smooth. What is not — {@link rules}, and `a ? b : c` — stands in for
 * itself meanwhile as the line `k + s·x` of its value and its slope, whose derivative is `s`.
 *
 * @param node - the formula; never changed
 * @param variable - the name to differentiate by
 * @param options - `simplify`: whether the result is made short, which takes time; default true
 * @returns a formula, which may use the functions `larger` and `sign`
 * @throws Error if there is no rule for a function in it
 */
export function differentiate(node: MathNode, variable: string, { simplify = true } = {}): MathNode {
  const kinks: MathNode[] = [];
  const smooth = replaceOutermost(node, (part) => {
    if (!isKinked(part)) return undefined;
    kinks.push(part);
    const index = kinks.length - 1;
    const rise = new OperatorNode('*', 'multiply', [
      new SymbolNode(nameOf('slope', index)),
      new SymbolNode(variable),
    ]);
    return new OperatorNode('+', 'add', [new SymbolNode(nameOf('value', index)), rise]);
  });
  if (kinks.length === 0) return derivative(node, variable, { simplify });
  const raw = replaceOutermost(derivative(smooth, variable, { simplify: false }), (part) => {
    const [first] = isOperatorNode(part) && part.op === '+' ? part.args : [];
    return first && isSymbolNode(first) && indexIn('value', first) >= 0 ? first : undefined;
  });
  const slopes = kinks.map((kink) => slopeOf(kink, variable, simplify));
  const short = simplify ? simplified(raw) : raw;
  return replaceOutermost(short, (part) => {
    if (!isSymbolNode(part)) return undefined;
    const [value, slope] = [indexIn('value', part), indexIn('slope', part)];
    if (value >= 0) return kinks[value];
    return slope >= 0 ? slopes[slope] : undefined;
  });
}

/** Names that no formula has: mathjs does not read them. */
const nameOf = (what: string, index: number) => `#${what}${index}`;

function indexIn(what: string, { name }: SymbolNode): number {
  return name.startsWith(`#${what}`) ? Number(name.slice(1 + what.length)) : -1;
}

function isKinked(node: MathNode): boolean {
  return isConditionalNode(node) || (isFunctionNode(node) && rules.has(node.fn.name));
}

function slopeOf(kink: MathNode, variable: string, simplify: boolean): MathNode {
  const slope = (node: MathNode) => differentiate(node, variable, { simplify });
  if (isConditionalNode(kink)) {
    const [whenTrue, whenFalse] = [slope(kink.trueExpr), slope(kink.falseExpr)];
    return isZero(whenTrue) && isZero(whenFalse)
      ? whenTrue
      : new ConditionalNode(kink.condition, whenTrue, whenFalse);
  }
  const { fn, args } = kink as FunctionNode;
  const { name } = fn as SymbolNode;
  const nested = name === 'max' || name === 'min';
  // max(a, b, c) is max(max(a, b), c).
  if (nested && args.length > 2) {
    return slopeOf(call(name, call(name, ...args.slice(0, -1)), ...args.slice(-1)), variable, simplify);
  }
  if (args.length !== (nested ? 2 : 1))
    throw new Error(`${name} of ${args.length} arguments is not supported`);
  const slopes = args.map(slope);
  return slopes.every(isZero) ? slopes[0] : (rules.get(name) as Rule)(args, slopes);
}

/** A copy in which the largest parts that `replace` knows are replaced, and nothing within them. */
function replaceOutermost(node: MathNode, replace: (part: MathNode) => MathNode | undefined): MathNode {
  return replace(node) ?? node.map((part) => replaceOutermost(part, replace));
}
