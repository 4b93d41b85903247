import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readNotebook } from '../../../tools/notebooks/notebook-file';
import { setKnobs } from '../../../tools/notebooks/parameters';

const fixture = (name: string) =>
  readNotebook(path.join(__dirname, `../../fixtures/notebooks/${name}.ipynb`));
const fine = fixture('01-fine');

describe('setKnobs()', () => {
  test('puts one cell tagged injected-parameters right behind the parameters', () => {
    const before = JSON.stringify(fine.notebook);
    const settings = ['learningRate=0.25', 'epochs = 8', 'optimizer=adam', 'start=1,2'];
    const { file, warnings } = setKnobs(fine, settings);
    expect(warnings).toEqual([]);
    const cells = file.notebook.cells;
    const at = cells.findIndex(({ id }) => id === 'fine-knobs');
    expect(cells).toHaveLength(fine.notebook.cells.length + 1);
    expect(cells[at + 1].metadata).toEqual({ tags: ['injected-parameters'] });
    expect(cells[at + 1].source).toBe(
      [
        'const learningRate = 0.25; // 0.001 … 1: how far each step goes',
        'const epochs = 8; // 1 … 50: steps',
        "const optimizer: string = 'adam'; // sgd | adam: the rule",
        'const start = [1, 2]; // -5.0 … 5.0: where it begins',
        'knobs({ learningRate, epochs, optimizer, start });',
      ].join('\n'),
    );
    expect(JSON.stringify(fine.notebook)).toBe(before);
  });

  test('replaces the cell of an earlier copy', () => {
    const once = setKnobs(fine, ['epochs=8']).file;
    const again = setKnobs(once, ['epochs=9']).file.notebook.cells;
    expect(again.filter(({ id }) => id === 'injected-parameters')).toHaveLength(1);
  });

  test('warns of a value outside the range', () => {
    expect(setKnobs(fine, ['learningRate=-3']).warnings).toEqual([
      'learningRate = -3 lies outside its range 0.001 … 1; go on, but expect surprises.',
    ]);
  });

  test.each([
    ['rate=0.1', /has no knob 'rate'/],
    ['learningRate', /write it as name=value/],
    ['learningRate=fast', /learningRate must be a number/],
    ['learningRate=NaN', /must be a number/],
    ['learningRate=', /must be a number/],
    ['epochs=2.5', /must be a whole number/],
    ['optimizer=nadam', /must be one of sgd \| adam/],
    ['start=1', /list of 2 numbers/],
    ['start=1,x', /must be a list of numbers/],
  ])('refuses %s, with the list of knobs', (setting, why) => {
    expect(() => setKnobs(fine, [setting])).toThrow(why);
    expect(() => setKnobs(fine, [setting])).toThrow(/Its knobs are:\n {2}learningRate = 0.5/);
  });

  test('refuses any in a notebook without knobs', () => {
    expect(() => setKnobs(fixture('02-false-claim'), ['a=1'])).toThrow(/\(none\)/);
  });
});
