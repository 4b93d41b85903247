import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Cell, readNotebook } from '../../../tools/notebooks/notebook-file';
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

  test('takes the last of several values of a knob, in one constant, and warns of that one alone', () => {
    const { file, warnings } = setKnobs(fine, [
      'epochs=99',
      'learningRate=0.1',
      'epochs=7',
      'learningRate=2',
    ]);
    const { source } = file.notebook.cells.find(({ id }) => id === 'injected-parameters') as Cell;
    expect(source).toBe(
      [
        'const epochs = 7; // 1 … 50: steps',
        'const learningRate = 2; // 0.001 … 1: how far each step goes',
        'knobs({ epochs, learningRate });',
      ].join('\n'),
    );
    expect(warnings).toEqual([expect.stringMatching(/^learningRate = 2 lies outside/)]);
    expect(() => setKnobs(fine, ['epochs=many', 'epochs=7'])).toThrow(/epochs must be a number/);
  });

  test.each(['two\nlines', 'a\r\nb', "it's", '`$x`', 'back\\slash\\', '"', 'a\u2028b', '*/ // <!--', ''])(
    'writes %j as a literal that stands for it',
    (text) => {
      const source = "const words: string = 'none'; // what is said";
      const notebook = {
        ...fine.notebook,
        cells: fine.notebook.cells.map((cell) => (cell.id === 'fine-knobs' ? { ...cell, source } : cell)),
      };
      const { file } = setKnobs({ ...fine, notebook }, [`words=${text}`]);
      const cell = file.notebook.cells.find(({ id }) => id === 'injected-parameters') as Cell;
      const code = String(cell.source).replace('words: string', 'words');
      expect(new Function(`${code}\nreturn words;`)()).toBe(text);
    },
  );

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
