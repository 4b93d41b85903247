import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formula } from '../../../lib/maths/formulas';
import { centralDifferences } from '../../../lib/maths/gradient-check';

test('formula() evaluates its expression and lists its variables', () => {
  const valley = formula('1/2 * (theta_1^2 + kappa * theta_2^2)');
  expect(valley.variables).toEqual(['kappa', 'theta_1', 'theta_2']);
  expect(valley.evaluate({ theta_1: 3, theta_2: 2, kappa: 10 })).toBe(24.5);
});

test('formula() takes names that mathjs knows as units for variables', () => {
  expect(formula('m * x + b').variables).toEqual(['b', 'm', 'x']);
  expect(formula('m * x + b').evaluate({ m: 2, x: 3, b: 1 })).toBe(7);
});

test('formula() knows the constants e and pi, and the names of functions', () => {
  expect(formula('e^x + sin(pi)').variables).toEqual(['x']);
});

test.each([
  ['theta_1', '\\theta_{1}'],
  ['w12', 'w_{12}'],
  ['alpha_t', '\\alpha_{t}'],
  ['loss', '\\mathrm{loss}'],
  ['2 * x * y', '2\\,x\\,y'],
  ['x * 3', 'x\\cdot3'],
  ['a / (b + 1)', '\\frac{a}{b+1}'],
  ['erf(x)', '\\operatorname{erf}\\left(x\\right)'],
])('the LaTeX of %s is %s', (expression, tex) => {
  expect(formula(expression).tex.replace(/\s/g, '')).toBe(tex.replace(/\s/g, ''));
});

test.each([
  'x^3 - 2 * x * y',
  'exp(-x^2) * sin(y)',
  'log(1 + exp(x * y))',
  'tanh(x + y)^2 / (1 + y^2)',
  'sqrt(x^2 + y^2 + 1)',
])('the derivatives of %s agree with central differences', (expression) => {
  const f = formula(expression);
  fc.assert(
    fc.property(
      fc.double({ min: -2, max: 2, noNaN: true }),
      fc.double({ min: -2, max: 2, noNaN: true }),
      (x, y) => {
        const numeric = centralDifferences(([a, b]) => f.evaluate({ x: a, y: b }), [x, y]);
        expect(f.derivative('x').evaluate({ x, y })).toBeCloseTo(numeric[0], 6);
        expect(f.derivative('y').evaluate({ x, y })).toBeCloseTo(numeric[1], 6);
      },
    ),
    { seed: 1, numRuns: 50 },
  );
});

test('substitute() replaces names by numbers, also by negative ones', () => {
  const f = formula('x^2 + c * y').substitute({ x: -3, c: 1e-7 });
  expect(f.variables).toEqual(['y']);
  expect(f.evaluate({ y: 2 })).toBeCloseTo(9 + 2e-7, 14);
});

test('formula() gives NaN where there is no real value', () => {
  expect(formula('log(x)').evaluate({ x: -1 })).toBeNaN();
  expect(formula('sqrt(x)').evaluate({ x: -1 })).toBeNaN();
});

test('formula() complains about what is missing, unreadable or not differentiable', () => {
  expect(() => formula('a * x').evaluate({ x: 1 })).toThrow('no number for a');
  expect(() => formula('2 * (x')).toThrow(SyntaxError);
  expect(() => formula('max(0, x)').derivative('x')).toThrow('Cannot differentiate max(0, x) by x');
});

test('the derivative by a name that does not occur is 0', () => {
  expect(formula('x^2').derivative('y').evaluate({})).toBe(0);
});
