/** A formula written once: its LaTeX, its value and its derivatives. */
import { isOperatorNode, isSymbolNode, type MathNode, OperatorNode, parse } from 'mathjs';
import { differentiate } from './derivatives';
import { realValue } from './real-values';

/** A formula that is written once: what is printed and what is computed cannot disagree. */
export interface Formula {
  /** the formula as mathjs writes it, for example `1 / 2 * x ^ 2` */
  readonly expression: string;
  /** the formula in LaTeX, without dollar signs */
  readonly tex: string;
  /** the names whose values {@link Formula.evaluate} needs, in the order of the alphabet */
  readonly variables: readonly string[];
  /**
   * @param values - a number for each of the variables; further names are allowed
   * @returns the value, or NaN where the formula has no real one, such as `log(-1)`
   * @throws RangeError if a variable has no value
   */
  evaluate(values: Record<string, number>): number;
  /**
   * The partial derivative, found by the rules of calculus. At a kink, where there is none, it is the
   * slope of the first of two equal arguments of `max` and `min`, and 0 for `abs`.
   *
   * @param variable - the name to differentiate by
   * @throws RangeError if there is no rule for a function in the formula
   */
  derivative(variable: string): Formula;
  /**
   * The formula with some names replaced by numbers; the names of functions are none of them.
   *
   * @throws RangeError if a value is no number
   */
  substitute(values: Record<string, number>): Formula;
}

const CONSTANTS = new Set(['e', 'pi', 'tau', 'Infinity', 'NaN']);
const GREEK = new Set(
  (
    'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau ' +
    'upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega'
  ).split(' '),
);

/**
 * Reads a formula, so that its LaTeX, its value and its derivatives all come from one expression.
 *
 * @param expression - in mathjs's syntax, `1/2 * (theta_1^2 + kappa * theta_2^2)`; names of Greek
 *   letters become letters, and what follows an underscore becomes an index
 * @returns the formula
 * @throws SyntaxError if the expression cannot be read
 * @see https://mathjs.org/docs/expressions/syntax.html
 * @example
 * formula('x^2').derivative('x').evaluate({ x: 3 }); // 6
 */
export function formula(expression: string): Formula {
  return fromNode(parse(expression));
}

/** @param slope - if it is a derivative: of which formula, by which name */
function fromNode(node: MathNode, slope?: { of: MathNode; by: string }): Formula {
  const expression = node.toString();
  const variables = variablesOf(node);
  return {
    expression,
    tex: texOf(node),
    variables,
    evaluate(values) {
      const missing = variables.filter((name) => typeof values[name] !== 'number');
      if (missing.length > 0) {
        throw new RangeError(`Cannot evaluate ${expression}: no number for ${missing.join(', ')}`);
      }
      return realValue(node, values, slope);
    },
    derivative(variable) {
      try {
        return fromNode(differentiate(node, variable), { of: node, by: variable });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new RangeError(`Cannot differentiate ${expression} by ${variable}: ${reason}`);
      }
    },
    substitute: (values) => fromNode(replaceNames(node, values)),
  };
}

/** A copy with numbers in the place of names. */
function replaceNames(node: MathNode, values: Record<string, number>): MathNode {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'number') {
      throw new RangeError(`Cannot substitute ${name}: it must be a number, got ${String(value)}`);
    }
  }
  const replaced = withSigns(node).transform((part, path) =>
    isSymbolNode(part) && path !== 'fn' && Object.hasOwn(values, part.name)
      ? parse(`(${values[part.name]})`)
      : part,
  );
  return parse(replaced.toString({ parenthesis: 'auto' }));
}

/** A copy with a sign at each product: `a b` with 2 for `b` would be read as the call `a(2)`. */
function withSigns(node: MathNode): MathNode {
  const part = node.map(withSigns);
  return isOperatorNode(part) && part.implicit ? new OperatorNode(part.op, part.fn, part.args) : part;
}

function variablesOf(node: MathNode): string[] {
  const names = new Set<string>();
  node.traverse((part, path) => {
    // The name of a called function is a symbol too, at the path 'fn'.
    if (isSymbolNode(part) && path !== 'fn' && !CONSTANTS.has(part.name)) names.add(part.name);
  });
  return [...names].sort();
}

/** mathjs's own LaTeX, with indices, Greek letters, and products written side by side. */
function texOf(node: MathNode): string {
  const tex = node.toTex({
    parenthesis: 'auto',
    handler: (part: MathNode) => (isSymbolNode(part) ? texOfName(part.name) : undefined),
  });
  return tex
    .replace(/\\cdot\s*(-\d[\d.]*)/g, '\\cdot($1)')
    .replace(/\s*\\cdot\s*(?![\d\s(])/g, '\\,')
    .replace(/\+\s*-/g, '-')
    .replace(/(?<![\\\w])erf(?=\\left)/g, '\\operatorname{erf}')
    .trim();
}

function texOfName(name: string): string {
  const [, stem, index] = /^([A-Za-z]+?)_?(\d*|(?<=_)\w+)$/.exec(name) ?? [name, name, ''];
  const letter = GREEK.has(stem) ? `\\${stem}` : stem.length === 1 ? stem : `\\mathrm{${stem}}`;
  if (!index) return letter;
  return `${letter}_{${/^[A-Za-z]{2,}$/.test(index) ? `\\mathrm{${index}}` : index}}`;
}
