import * as path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { readEvidence, showEvidence } from '../../../lib/course/evidence';
import { recordDisplay } from '../../samples/notebook-display';

const evidence = await readEvidence(path.join(__dirname, '../../fixtures/notebooks'));

test('readEvidence() reads titles and claims from the stored outputs', () => {
  expect(evidence[0]).toMatchObject({ notebook: '01-fine', title: '01 · All is well' });
  expect(evidence[0].claims.map(({ cell, measured }) => [cell, measured])).toEqual([
    ['fine-claims', 0.5],
    ['fine-claims', 0.1875],
    ['fine-claims', true],
  ]);
  expect(evidence[1].claims).toEqual([]);
});

test('readEvidence() finds the course', async () => {
  const names = (await readEvidence()).map(({ notebook }) => notebook);
  expect(names.slice(0, 3)).toEqual(['00-start-here', '01-neural-networks', '02-gradient-descent']);
});

describe('showEvidence()', () => {
  const show = async (number: string, words?: string[]) => {
    const shown = recordDisplay();
    try {
      await showEvidence(number, words, evidence);
    } finally {
      shown.stop();
    }
    return shown.outputs[0] as { 'text/plain': string; 'text/html': string };
  };

  test('folds all claims of a notebook behind one line', async () => {
    const { 'text/plain': text, 'text/html': html } = await show('01');
    expect(text.split('\n')).toHaveLength(4);
    expect(text).toContain('01 · All is well: 3 of 3 claims met');
    expect(text).toContain('✓ Each step halves the value. Measured 0.5; claimed 0.5 ± 1e-12.');
    expect(html).toMatch(/^<details><summary>01 · All is well: 3 of 3 claims met<\/summary>/);
    expect(html).toContain('href="01-fine.ipynb"');
  });

  test('shows those with the words, unfolded', async () => {
    const { 'text/plain': text, 'text/html': html } = await show('01', ['above zero', 'one value more']);
    expect(text.split('\n')).toHaveLength(3);
    expect(html).not.toContain('<details>');
  });

  test('says so where the notebook is not there, and refuses words that no claim holds', async () => {
    expect((await show('99'))['text/plain']).toContain('Notebook 99 does not lie beside this one');
    await expect(show('01', ['zero', 'nonsense'])).rejects.toThrow(/claims nothing with 'nonsense'/);
  });

  test('prints where there is no notebook', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await showEvidence('01', [], evidence);
    expect(log.mock.calls[0][0]).toContain('3 of 3 claims met');
    log.mockRestore();
  });
});

test('showEvidence() counts claims at other knobs apart, and marks them', async () => {
  const [first] = evidence;
  const claims = first.claims.map((one, place) =>
    place === 0 ? { ...one, met: false, applies: false as const } : one,
  );
  const shown = recordDisplay();
  await showEvidence('01', [], [{ ...first, claims }]);
  shown.stop();
  const { 'text/plain': text } = shown.outputs[0] as { 'text/plain': string };
  expect(text).toContain('01 · All is well: 2 of 2 claims met, 1 at other knobs than the claimed ones');
  expect(text).toMatch(/○ Each step halves the value\..* Does not apply: the knobs were others\./);
});
