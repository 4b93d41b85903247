import { afterEach, describe, expect, test, vi } from 'vitest';
import { display, escapeHtml, showVerdict } from '../../../lib/course/display';
import { recordDisplay } from '../../samples/notebook-display';

afterEach(() => {
  vi.restoreAllMocks();
  delete (globalThis as Record<string, unknown>).__tslab__;
});

/** What tslab itself offers: one output of one type. */
function stockTslab(): [string, unknown][] {
  const shown: [string, unknown][] = [];
  const raw = (mime: string, content: unknown) => shown.push([mime, content]);
  (globalThis as Record<string, unknown>).__tslab__ = { require: () => ({ display: { raw } }) };
  return shown;
}

describe('display()', () => {
  test('shows nothing and says so where there is no notebook', () => {
    expect(display({ 'text/plain': 'a' })).toBe(false);
  });

  test("gives all forms and the options to this project's kernel", () => {
    const shown = recordDisplay();
    expect(display({ 'text/plain': 'a', 'x/y': { z: 1 } }, { id: 'view', update: true })).toBe(true);
    shown.stop();
    expect(shown.outputs).toEqual([{ 'text/plain': 'a', 'x/y': { z: 1 } }]);
    expect(shown.options).toEqual([{ id: 'view', update: true }]);
  });

  test('gives a stock tslab the first of the fallbacks that the bundle has', () => {
    const shown = stockTslab();
    expect(display({ 'text/plain': 'a', 'text/html': '<b>a</b>' })).toBe(true);
    expect(display({ 'text/plain': 'b', 'x/y': 1 })).toBe(true);
    expect(display({ 'text/plain': 'c', 'x/y': 2 }, {}, ['x/y'])).toBe(true);
    expect(display({ 'x/y': 3 })).toBe(false);
    expect(shown).toEqual([
      ['text/html', '<b>a</b>'],
      ['text/plain', 'b'],
      ['x/y', 2],
    ]);
  });
});

describe('showVerdict()', () => {
  const verdict = { sign: '✓', word: 'Well <done>', colour: '#0a9268' };

  test('shows text, HTML without an unescaped character, and the data in one output', () => {
    const shown = recordDisplay();
    showVerdict(verdict, 'a < b & "c".', "it's so", 'x/y', { fine: true });
    shown.stop();
    const [output] = shown.outputs;
    expect(output['text/plain']).toBe('✓ Well <done>: a < b & "c". it\'s so');
    expect(output['text/html']).toContain('✓ Well &lt;done&gt;</b>: a &lt; b &amp; &quot;c&quot;.');
    expect(output['text/html']).toContain('it&#39;s so');
    expect(output['x/y']).toEqual({ fine: true });
  });

  test('prints the line elsewhere, without a space at its end', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    showVerdict(verdict, 'A sentence.', '', 'x/y', {});
    expect(log.mock.calls).toEqual([['✓ Well <done>: A sentence.']]);
  });
});

test('escapeHtml() leaves no character that HTML reads as markup', () => {
  expect(escapeHtml(`<a href="x" id='y'>&`)).toBe('&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;');
});
