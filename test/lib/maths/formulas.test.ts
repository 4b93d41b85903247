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
  expect(() => formula('floor(x)').derivative('x')).toThrow('Cannot differentiate floor(x) by x');
  expect(() => formula('max([1, x])').derivative('x')).toThrow('max of 1 arguments is not supported');
  expect(() => formula('a * x').substitute({ a: '2' } as never)).toThrow(
    'Cannot substitute a: it must be a number, got 2',
  );
});

test('the derivative by a name that does not occur is 0', () => {
  expect(formula('x^2').derivative('y').evaluate({})).toBe(0);
});

/** Products written side by side, which mathjs reads as a call, a unit or an index if a name becomes a number. */
const sideBySide = fc.letrec((tie) => ({
  term: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', 'b', '2', '0.5', 'x'),
    fc
      .tuple(tie('term'), fc.constantFrom(' ', ' * ', ' + ', ' - ', ' / '), tie('term'))
      .map(([left, sign, right]) =>
        // After a name, mathjs takes a bracket for a call, and a number for a mistake.
        sign === ' ' && /^[\d.(]/.test(String(right)) ? `(${left}) (${right})` : `${left}${sign}${right}`,
      ),
    fc.tuple(tie('term'), tie('term')).map(([left, right]) => `(${left}) (${right})`),
    tie('term').map((inside) => `exp(-(${inside})^2)`),
  ),
})).term as fc.Arbitrary<string>;

test('substitute() changes no value, whatever stands side by side', () => {
  expect(formula('a b').substitute({ b: 2 }).evaluate({ a: 3 })).toBe(6);
  expect(formula('2 / a b').substitute({ a: 4 }).evaluate({ b: 5 })).toBe(
    formula('2 / a b').evaluate({ a: 4, b: 5 }),
  );
  // Far from what rounds away: products are put in another order.
  const value = fc.constantFrom(-3, -1.5, -0.25, 0.5, 2, 3);
  fc.assert(
    fc.property(sideBySide, value, value, value, (expression, a, b, x) => {
      const whole = formula(expression);
      const before = whole.evaluate({ a, b, x });
      for (const given of [{ a }, { b }, { a, b }, { a, b, x }] as Record<string, number>[]) {
        const part = whole.substitute(given);
        expect(part.variables).toEqual(whole.variables.filter((name) => !(name in given)));
        const after = [part, formula(part.expression)].map((one) => one.evaluate({ a, b, x }));
        const close = (one: number) =>
          Object.is(one, before) || Math.abs(one - before) <= 1e-9 * Math.max(1, Math.abs(before));
        expect([expression, part.expression, before, ...after.map(close)]).toEqual([
          expression,
          part.expression,
          before,
          true,
          true,
        ]);
      }
    }),
    { seed: 1, numRuns: 200, examples: [['(a) (b)', 2, -3, 0.5]] },
  );
});

test('substitute() leaves functions and inherited names alone', () => {
  expect(formula('exp(x) * constructor').substitute({ exp: 2 }).variables).toEqual(['constructor', 'x']);
});

test.each([
  // Far from zero, where exp() has no number of 64 bits.
  ['1 / (1 + exp(-x))', -800, 0],
  ['1 / (1 + exp(-x))', 800, 0],
  ['log(1 + exp(x))', 800, 1],
  ['log(1 + exp(x))', -800, 0],
  ['exp(x) / (exp(x) + exp(-x))', 800, 0],
  ['tanh(x)', -1e4, 0],
  ['exp(-exp(-x))', -800, 0],
  ['x / (1 + exp(-x))', 1000, 1],
  ['log(exp(x) + exp(2 * x))', 500, 2],
  // Where the rules of calculus give 0/0 or 0 times infinity.
  ['sqrt(x^4)', 0, 0],
  ['x * abs(x)', 0, 0],
  ['abs(x)^3', 0, 0],
  ['2^x', 0, Math.LN2],
  ['x^0', 0, 0],
  // Kinks: the first of two equal arguments, and 0 for abs.
  ['max(0, x)', 0, 0],
  ['max(0, x)', 1e-17, 1],
  ['max(0, x)', -1e-17, 0],
  ['max(0.01 * x, x)', 0, 0.01],
  ['min(x, 2 * x)', 0, 1],
  ['abs(x)', 0, 0],
  ['abs(x)', -1e-300, -1],
  ['max(x, 1, x^2)', 0.5, 0],
  ['max(x, 1, x^2)', 3, 6],
  ['x > 0 ? x^2 : -x', 3, 6],
  ['x > 0 ? x^2 : -x', -3, -1],
  // Hendrycks and Gimpel's gelu at 0 is x Φ(x), with the slope Φ(0).
  ['x / 2 * (1 + erf(x / sqrt(2)))', 0, 0.5],
])('the derivative of %s at %d is %d', (expression, x, slope) => {
  expect(formula(expression).derivative('x').evaluate({ x })).toBeCloseTo(slope, 12);
});

test.each([
  ['sqrt(x)', 0],
  ['cbrt(x)', 0],
])('the derivative of %s at %d, where it is vertical, is infinite', (expression, x) => {
  expect(formula(expression).derivative('x').evaluate({ x })).toBe(Number.POSITIVE_INFINITY);
});

test('there is no derivative where there is no value, or none on one side', () => {
  expect(formula('sqrt(x^2)').derivative('x').evaluate({ x: 0 })).toBeNaN();
  expect(formula('x^2').derivative('x').evaluate({ x: Number.NaN })).toBeNaN();
});

test.each([
  'max(0, x * y)^2',
  'abs(x - y) * erf(x)',
  'min(x^2, max(y, x + 1)) / (1 + abs(y))',
  'exp(-abs(x * y))',
])(
  'the derivatives of %s agree with central differences away from its kinks, once and twice',
  (expression) => {
    const f = formula(expression);
    const slopes = ['x', 'y'].map((name) => f.derivative(name));
    const second = slopes[0].derivative('y');
    const coordinate = fc.integer({ min: -19, max: 19 }).map((tenth) => tenth / 10 + 0.0371);
    fc.assert(
      fc.property(coordinate, coordinate, (x, y) => {
        fc.pre(Math.abs(x - y) > 0.01);
        const differences = (one: typeof f) =>
          centralDifferences(([a, b]) => one.evaluate({ x: a, y: b }), [x, y]);
        differences(f).forEach((slope, index) => {
          expect(slopes[index].evaluate({ x, y })).toBeCloseTo(slope, 6);
        });
        expect(second.evaluate({ x, y })).toBeCloseTo(differences(slopes[0])[1], 6);
        // What is printed is what is computed.
        expect(formula(slopes[0].expression).evaluate({ x, y })).toBeCloseTo(
          slopes[0].evaluate({ x, y }),
          12,
        );
      }),
      { seed: 1, numRuns: 30 },
    );
  },
);
