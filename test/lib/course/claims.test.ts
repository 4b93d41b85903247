import { afterEach, describe, expect, test, vi } from 'vitest';
import { claimMimeType } from '../../../lib/base/contract';
import {
  above,
  atLeast,
  atMost,
  below,
  claim,
  equals,
  formatFigure,
  formatMeasured,
  judgeClaim,
  within,
} from '../../../lib/course/claims';
import { recordDisplay } from '../../samples/notebook-display';

afterEach(() => vi.restoreAllMocks());

describe('bounds', () => {
  test.each([
    ['at least 0.97', atLeast(0.97), [0.97, 1, Infinity], [0.9699999, -Infinity]],
    ['at most 2', atMost(2), [2, -5], [2.0000001, Infinity]],
    ['above 0', above(0), [1e-300, Infinity], [0, -1]],
    ['below 1', below(1), [0.9999, -Infinity], [1, 2]],
    ['exactly 101770', equals(101770), [101770], [101770.0001, 101769]],
    ['0.5 ± 0.01', within(0.5, 0.01), [0.4901, 0.5, 0.505], [0.489, 0.52]],
    ['0.5 ± 0.01', within(0.5, { absolute: 0.01 }), [0.4901, 0.505], [0.489, 0.52]],
    ['-200 ± 15 %', within(-200, { relative: 0.15 }), [-230, -170], [-231, -169, 200]],
    ['1 ± 0', within(1, 0), [1], [1 + 1e-15]],
  ])('%s', (text, bound, met, unmet) => {
    expect(bound.text).toBe(text);
    for (const measured of met) expect(bound.meets(measured), String(measured)).toBe(true);
    for (const measured of unmet) expect(bound.meets(measured), String(measured)).toBe(false);
  });

  test('refuse limits and tolerances that bound nothing', () => {
    expect(() => atLeast(NaN)).toThrow(RangeError);
    expect(() => equals(Infinity)).toThrow(RangeError);
    expect(() => within(NaN, 1)).toThrow(RangeError);
    expect(() => within(1, -0.1)).toThrow(/tolerance must be >= 0, got -0.1/);
    expect(() => within(1, { relative: -0.1 })).toThrow(RangeError);
  });
});

describe('judgeClaim()', () => {
  test.each([
    [0.978, true],
    [0.97, true],
    [0.9699, false],
    [NaN, false],
    [-Infinity, false],
  ])('with at least 0.97, measured %s: met %s', (measured, met) => {
    expect(judgeClaim('The accuracy.', measured, atLeast(0.97)).met).toBe(met);
  });

  test('takes true and false without a bound', () => {
    expect(judgeClaim('It is the same.', true)).toEqual({
      sentence: 'It is the same.',
      measured: true,
      bound: 'true',
      met: true,
    });
    expect(judgeClaim('It is the same.', false).met).toBe(false);
  });

  test('writes what JSON does not hold as text', () => {
    for (const measured of [NaN, Infinity, -Infinity]) {
      const data = judgeClaim('A sentence.', measured, atMost(1));
      expect(JSON.parse(JSON.stringify(data)).measured).toBe(String(measured));
    }
  });

  test('refuses a number without a bound, a boolean with one, and anything else', () => {
    expect(() => judgeClaim('A.', 1)).toThrow(/number needs a bound/);
    expect(() => judgeClaim('A.', true, atLeast(1))).toThrow(/takes no bound/);
    expect(() => judgeClaim('A.', '0.97' as never, atLeast(1))).toThrow(/got string/);
    expect(() => judgeClaim('A.', undefined as never)).toThrow(/got undefined/);
  });
});

describe('claim()', () => {
  test('shows one line, the same in HTML, and the data, and never throws for an unmet claim', () => {
    const shown = recordDisplay();
    claim('The accuracy of <b>.', 0.978, atLeast(0.97));
    claim('The accuracy.', 0.5, atLeast(0.97));
    shown.stop();
    expect(shown.outputs).toHaveLength(2);
    const [first, second] = shown.outputs;
    expect(first['text/plain']).toBe(
      '✓ Claim met: The accuracy of <b>. Measured 0.978; claimed at least 0.97.',
    );
    expect(first['text/html']).toContain('The accuracy of &lt;b&gt;.');
    expect(first[claimMimeType]).toEqual({
      sentence: 'The accuracy of <b>.',
      measured: 0.978,
      bound: 'at least 0.97',
      met: true,
    });
    expect(second['text/plain']).toMatch(/^✗ Claim NOT met: /);
    expect(second[claimMimeType]).toMatchObject({ met: false, measured: 0.5 });
  });

  test('shows as many digits as it takes to see which side of the bound the figure is on', () => {
    const shown = recordDisplay();
    claim('Close.', 0.969999, atLeast(0.97));
    claim('Far.', 2 / 3, atMost(1));
    shown.stop();
    expect(shown.outputs[0]['text/plain']).toContain('Measured 0.969999;');
    expect(shown.outputs[1]['text/plain']).toContain('Measured 0.6667;');
  });

  test('prints the line where there is no notebook', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    claim('It holds.', true);
    expect(log.mock.calls).toEqual([['✓ Claim met: It holds. Measured true; claimed true.']]);
  });
});

test.each([
  [101770, '101770'],
  [1 / 3, '0.3333'],
  [1e-9, '1e-9'],
  [123456.789, '123500'],
  [-0, '0'],
  [NaN, 'NaN'],
  [Infinity, 'Infinity'],
  [2 ** 80, '1.209e+24'],
])('formatFigure() writes %s as %s', (value, text) => {
  expect(formatFigure(value)).toBe(text);
});

test('a bound and its figure have as many digits as the tolerance tells apart', () => {
  expect(within(Math.log(10), 1e-12).text).toBe('2.302585092994 ± 1e-12');
  expect(within(0.5, 0.01).text).toBe('0.5 ± 0.01');
  expect(within(0, 0.1).text).toBe('0 ± 0.1');
  expect(formatMeasured(Math.log(10), '2.302585092994 ± 1e-12')).toBe('2.302585092994');
  expect(formatMeasured(0.123456, 'at most 0.00002')).toBe('0.1235');
  expect(formatMeasured(0.123456, 'below 1', 6)).toBe('0.123456');
  expect(formatMeasured('NaN', 'below 1')).toBe('NaN');
});
