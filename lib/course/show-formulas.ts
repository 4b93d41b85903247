/** Formulas, typeset. */
import type { Formula } from '../maths/formulas';
import { display } from './display';

/**
 * Shows formulas as typeset mathematics, in lines aligned at the equals sign; outside a notebook as
 * text.
 *
 * @param lines - pairs of a left side, in LaTeX, and the formula it equals
 * @example
 * showFormulas(['J(x)', loss], ["J'(x)", loss.derivative('x')]);
 */
export function showFormulas(...lines: [left: string, right: Formula][]): void {
  const tex = lines.map(([left, right]) => `${left} &= ${right.tex}`).join(' \\\\[4pt] ');
  const plain = lines.map(([left, right]) => `${left} = ${right.expression}`).join('\n');
  const latex = `$$\\begin{aligned} ${tex} \\end{aligned}$$`;
  const shown = display({ 'text/latex': latex, 'text/plain': plain }, {}, ['text/latex']);
  if (!shown) console.log(plain);
}
