import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainText, sentencesOf, withoutFormulas } from '../../../lib/language/plain-text';

describe('plainText()', () => {
  test.each([
    ['**What to see.** A *bend* in `relu`.', 'What to see. A bend in relu.'],
    [
      '[Goyal et al. (2017)](https://arxiv.org/abs/1706.02677) and ["a (b)"](x_(y))',
      'Goyal et al. (2017) and "a (b)"',
    ],
    ['the rate $2/L$', 'the rate 2/L'],
    ['$\\theta \\leftarrow \\theta - \\alpha\\,\\nabla J(\\theta)$', 'θ ← θ − α ∇ J(θ)'],
    ['$\\frac{\\alpha}{2}\\,x_1^2$', 'α/2 x₁²'],
    ['$\\sqrt{1-\\beta_2}$ and $\\hat m$', '√(1−β₂) and m̂'],
    ['$$\\boxed{\\alpha^* = \\frac{2}{\\mu + L}}$$', 'α^* = 2/(μ + L)'],
    ['> **Your prediction.** Which?', 'Your prediction. Which?'],
    ['3 * 4 * 5', '3 * 4 * 5'],
    ['costs 5 $ or so', 'costs 5 $ or so'],
  ])('%s', (markdown, plain) => expect(plainText(markdown)).toBe(plain));

  test('makes one line of anything', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(plainText(text)).not.toMatch(/\s\s|\n/);
      }),
    );
  });
});

test('withoutFormulas() leaves words alone', () => {
  expect(withoutFormulas('At $z = 0$ and $$x$$ below.')).toBe('At   and   below.');
});

test('sentencesOf() splits at ends of sentences, not at numbers and short forms', () => {
  const text = 'No. The loss is 0.5, e.g. here. Why? “So” it is: Half of it (see fig. 2).';
  expect(sentencesOf(text)).toEqual([
    'No.',
    'The loss is 0.5, e.g. here.',
    'Why?',
    '“So” it is:',
    'Half of it (see fig. 2).',
  ]);
  expect(sentencesOf('one')).toEqual(['one']);
});
