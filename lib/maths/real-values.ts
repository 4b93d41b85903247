/** The real value of a formula, also where numbers of 64 bits overflow on the way to it. */
import { type BigNumber, bignumber, ConstantNode, isBigNumber, isConstantNode, type MathNode } from 'mathjs';

/** How far on either side a slope is measured: with 64 digits it is right to more digits than a number has. */
const STEP = '1e-20';
/** How much slopes that are the same may differ, as a share of them. */
const AGREEMENT = 1e-9;

/** Comparison without mathjs's tolerance: which side of a kink 1e-17 lies on is no matter of rounding. */
function larger(a: number | BigNumber, b: number | BigNumber): boolean {
  return isBigNumber(a) ? a.gt(b) : isBigNumber(b) ? b.lt(a) : a > b;
}

/**
 * The value of a formula.
 *
 * Where numbers overflow or cancel on the way, as in `exp(-x) / (1 + exp(-x))^2` at −800, the value is
 * computed once more with 64 digits and exponents of any size.
 *
 * @param node - the formula
 * @param values - a number for each name in it
 * @param slope - if the formula is a derivative: of which formula, by which name. Where it has no value
 *   (`x / sqrt(x^2)` at 0 has none), the slope on both sides is measured, and given if it is the same.
 * @returns the value; NaN where there is no real one
 */
export function realValue(
  node: MathNode,
  values: Readonly<Record<string, number>>,
  slope?: { of: MathNode; by: string },
): number {
  const value: unknown = compiled(node).evaluate({ ...values, larger });
  // mathjs answers log(-1) with a complex number; here only real values have a meaning.
  if (typeof value !== 'number') return Number.NaN;
  if (Number.isFinite(value)) return value;
  const large = largeValues(values);
  const precise = preciseValue(node, large);
  if (precise && !precise.isNaN()) return precise.toNumber();
  const measured = slope && slopeAt(slope.of, slope.by, large);
  return measured ?? value;
}

/** Formulas that have been made ready to be evaluated, which takes much longer than evaluating them. */
const ready = new WeakMap<MathNode, ReturnType<MathNode['compile']>>();

function compiled(node: MathNode): ReturnType<MathNode['compile']> {
  const known = ready.get(node) ?? node.compile();
  ready.set(node, known);
  return known;
}

type LargeValues = Record<string, BigNumber>;

function largeValues(values: Readonly<Record<string, number>>): LargeValues {
  const e = bignumber(1).exp();
  const pi = bignumber('3.14159265358979323846264338327950288419716939937510582097494459');
  const given = Object.entries(values).map(([name, value]) => [name, bignumber(String(value))]);
  return { e, pi, tau: pi.times(2), ...Object.fromEntries(given) };
}

/** `undefined` where there is no real value, or mathjs knows a function for numbers of 64 bits alone. */
function preciseValue(node: MathNode, values: LargeValues): BigNumber | undefined {
  const large = node.transform((part) =>
    isConstantNode(part) && typeof part.value === 'number'
      ? new ConstantNode(bignumber(String(part.value)) as never)
      : part,
  );
  try {
    const value: unknown = large.compile().evaluate({ ...values, larger });
    return isBigNumber(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The slope of a formula if it is the same on both sides, near and nearer. */
function slopeAt(node: MathNode, name: string, values: LargeValues): number | undefined {
  const at = (x: BigNumber) => preciseValue(node, { ...values, [name]: x });
  const x = values[name];
  const here = at(x);
  const slopes = [1, -1, 1e-3, -1e-3].map((share) => {
    const step = bignumber(STEP).times(share);
    const there = at(x.plus(step));
    return here && there ? there.minus(here).div(step).toNumber() : Number.NaN;
  });
  const [, , right, left] = slopes;
  const agree = slopes.every((slope) => Math.abs(slope - right) <= AGREEMENT * Math.max(1, Math.abs(right)));
  return agree ? (left + right) / 2 : undefined;
}
