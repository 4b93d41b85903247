import { afterEach, expect, test, vi } from 'vitest';
import { showFormulas } from '../../../lib/course/show-formulas';
import { formula } from '../../../lib/maths/formulas';

const key = Symbol.for('descent.display');
const scope = globalThis as Record<symbol, unknown>;

afterEach(() => {
  delete scope[key];
  vi.restoreAllMocks();
});

test('showFormulas() shows LaTeX and plain text in one output of a notebook', () => {
  const shown: Record<string, unknown>[] = [];
  scope[key] = (bundle: Record<string, unknown>) => shown.push(bundle);
  const loss = formula('x^2');
  showFormulas(['J(x)', loss], ["J'(x)", loss.derivative('x')]);
  expect(shown).toEqual([
    {
      'text/latex': "$$\\begin{aligned} J(x) &= {x}^{2} \\\\[4pt] J'(x) &= 2\\,x \\end{aligned}$$",
      'text/plain': "J(x) = x ^ 2\nJ'(x) = 2 * x",
    },
  ]);
});

test('showFormulas() prints plain text outside a notebook', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  showFormulas(['J', formula('x + 1')]);
  expect(log).toHaveBeenCalledWith('J = x + 1');
});
