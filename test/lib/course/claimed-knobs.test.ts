import { afterEach, describe, expect, test, vi } from 'vitest';
import { claimMimeType } from '../../../lib/base/contract';
import { changedKnobs, registerKnobs } from '../../../lib/course/claimed-knobs';
import { atLeast, claim, judgeClaim, statusOf } from '../../../lib/course/claims';
import { knobNamed, knobs } from '../../../lib/course/knobs';
import { recordDisplay } from '../../samples/notebook-display';

afterEach(() => {
  registerKnobs({}, {});
  vi.restoreAllMocks();
});

const names = () => changedKnobs().map(({ name }) => name);

describe('knobs() with the values that claims speak of', () => {
  test('finds none changed where all are as claimed, and those that are not', () => {
    knobs({ epochs: 10, rule: 'adam', fast: true }, { epochs: 10, rule: 'adam', fast: true });
    expect(changedKnobs()).toEqual([]);
    knobs({ epochs: 1, rule: 'sgd', fast: false }, { epochs: 10, rule: 'adam', fast: true });
    expect(changedKnobs()).toEqual([
      { name: 'epochs', value: '1', claimedAt: '10' },
      { name: 'rule', value: "'sgd'", claimedAt: "'adam'" },
      { name: 'fast', value: 'false', claimedAt: 'true' },
    ]);
  });

  test.each([
    [[1, 2], [1, 2], []],
    [[1, 3], [1, 2], ['sizes']],
    [[2, 1], [1, 2], ['sizes']],
    [[1], [1, 2], ['sizes']],
    [[1, 2, 3], [1, 2], ['sizes']],
    [[], [], []],
  ])('compares lists entry by entry: %j with %j', (sizes, claimed, changed) => {
    knobs({ sizes }, { sizes: claimed });
    expect(names()).toEqual(changed);
  });

  test('keeps copies of lists', () => {
    const sizes = [1, 2];
    const claimed = [1, 2];
    knobs({ sizes }, { sizes: claimed });
    sizes[0] = 7;
    expect(names()).toEqual([]);
    claimed[0] = 7;
    expect(names()).toEqual([]);
  });

  test('a later call without them, of some of the knobs, leaves what is claimed', () => {
    knobs({ epochs: 10, width: 128 }, { epochs: 10, width: 128 });
    knobs({ epochs: 1 });
    expect(changedKnobs()).toEqual([{ name: 'epochs', value: '1', claimedAt: '10' }]);
    knobs({ width: 64 });
    expect(names()).toEqual(['epochs', 'width']);
    knobs({ epochs: 10 });
    expect(names()).toEqual(['width']);
  });

  test('a cell that runs again registers its new values, and no longer its old knobs', () => {
    knobs({ epochs: 1, width: 128 }, { epochs: 10, width: 128 });
    knobs({ epochs: 10 }, { epochs: 10 });
    expect(names()).toEqual([]);
    knobs({ width: 64 });
    expect(names()).toEqual([]);
    knobs({ epochs: 5 }, { epochs: 4 });
    expect(changedKnobs()).toEqual([{ name: 'epochs', value: '5', claimedAt: '4' }]);
  });

  test('without them, nothing is claimed at a value', () => {
    knobs({ epochs: 10 });
    knobs({ epochs: 1 });
    expect(changedKnobs()).toEqual([]);
    expect(judgeClaim('It is so.', true)).not.toHaveProperty('applies');
  });

  test.each<[Parameters<typeof knobs>, RegExp]>([
    [[{ a: 1, b: 2 }, { a: 1 }], /'b' has no value that the claims speak of/],
    [[{ a: 1 }, { a: 1, b: 2 }], /the claims speak of 'b', which is not among the knobs/],
    [[{ toString: 1 }, {}], /'toString' has no value/],
    [[{ a: 1 }, { a: '1' }], /a must be a text like the claimed '1', got 1/],
    [[{ a: 1 }, { a: [1] }], /a must be a list of numbers like the claimed \[1\], got 1/],
    [[{ a: 1 }, { a: true }], /a must be a true or false like/],
  ])('refuses %j', (both, why) => {
    knobs({ epochs: 1 }, { epochs: 10 });
    expect(() => knobs(...both)).toThrow(RangeError);
    expect(() => knobs(...both)).toThrow(why);
    expect(names()).toEqual(['epochs']);
  });

  test('leaves to sliders the value that is set', () => {
    knobs({ epochs: 1 }, { epochs: 10 });
    expect(knobNamed('epochs', 'make a slider').value).toBe(1);
  });
});

describe('claim() at other knobs', () => {
  const shown = (...made: Parameters<typeof claim>) => {
    const { outputs, stop } = recordDisplay();
    try {
      claim(...made);
    } finally {
      stop();
    }
    return outputs[0] as Record<string, unknown> & { 'text/plain': string; 'text/html': string };
  };

  test('says that it does not apply, with the knob, the figure and the bound', () => {
    knobs({ epochs: 1, width: 128 }, { epochs: 10, width: 128 });
    const output = shown('The accuracy.', 0.93, atLeast(0.97));
    expect(output['text/plain']).toBe(
      '○ Claim does not apply (epochs is 1, not 10): The accuracy. ' +
        'Measured 0.93; with epochs = 10 claimed at least 0.97.',
    );
    expect(output['text/html']).not.toMatch(/#d55e00|#0a9268/);
    expect(output[claimMimeType]).toEqual({
      sentence: 'The accuracy.',
      measured: 0.93,
      bound: 'at least 0.97',
      met: false,
      applies: false,
      changed: [{ name: 'epochs', value: '1', claimedAt: '10' }],
    });
  });

  test('counts as neither met nor unmet, whatever the figure', () => {
    knobs({ epochs: 1 }, { epochs: 10 });
    for (const measured of [0.5, 0.99, Number.NaN]) {
      const data = judgeClaim('The accuracy.', measured, atLeast(0.97));
      expect(data.met).toBe(false);
      expect(statusOf(data)).toBe('not applicable');
    }
    expect(statusOf(judgeClaim('It is so.', true))).toBe('not applicable');
    knobs({ epochs: 10 });
    expect(statusOf(judgeClaim('The accuracy.', 0.99, atLeast(0.97)))).toBe('met');
    expect(statusOf(judgeClaim('It is so.', false))).toBe('unmet');
  });

  test('names all knobs that were changed', () => {
    knobs({ epochs: 1, width: 64, rule: 'sgd' }, { epochs: 10, width: 128, rule: 'adam' });
    const { 'text/plain': text } = shown('It is so.', true);
    expect(text).toContain("(epochs is 1, not 10; width is 64, not 128; rule is 'sgd', not 'adam')");
    expect(text).toContain("Measured true; with epochs = 10, width = 128 and rule = 'adam' claimed true.");
  });

  test('still refuses what is no claim', () => {
    knobs({ epochs: 1 }, { epochs: 10 });
    expect(() => judgeClaim('It is so.', true, atLeast(1))).toThrow(TypeError);
    expect(() => judgeClaim('It is so.', 1)).toThrow(TypeError);
  });
});
