import { describe, expect, it } from 'vitest';
import { digitNames, encodeName, nameReader, pairNames } from '../../../lib/studies/names';

describe('encodeName()', () => {
  it('puts one 1 into the 26 numbers of each letter', () => {
    const code = encodeName('abz');
    expect(code.length).toBe(130);
    expect(code.flatMap((value, place) => (value ? [place] : []))).toEqual([0, 27, 77]);
  });

  it('tells all names apart', () => {
    expect(new Set(digitNames.map((name) => encodeName(name).join())).size).toBe(10);
  });

  it.each(['', 'eleven', 'Zero', 'x y'])('refuses %j', (name) => {
    expect(() => encodeName(name)).toThrow(`1 … 5 letters a … z, got '${name}'`);
  });

  it('gives each word places of its own', () => {
    const code = encodeName('one two', 2);
    expect(code.slice(0, 130)).toEqual(encodeName('one'));
    expect(code.slice(130)).toEqual(encodeName('two'));
  });

  it('refuses more or fewer words than it was told of', () => {
    expect(() => encodeName('one two')).toThrow("got 'one two'");
    expect(() => encodeName('one', 2)).toThrow("it must be 2 words, each of 1 … 5 letters a … z, got 'one'");
  });
});

describe('pairNames', () => {
  it('has the name of the left and the right digit at 10 · left + right', () => {
    expect(pairNames.length).toBe(100);
    expect(pairNames[42]).toBe('four two');
    expect(pairNames[7]).toBe('zero seven');
  });
});

describe('nameReader()', () => {
  it('tells names apart by their place alone where it reads ids', () => {
    const read = nameReader(['one', 'two'], 'ids');
    expect([read('one'), read('two')]).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(() => read('three')).toThrow("Cannot encode a name: 'three' is none of the names");
  });

  it('reads as many words as the names have', () => {
    expect(nameReader(pairNames, 'letters')('four two')).toEqual(encodeName('four two', 2));
    expect(nameReader(digitNames, 'letters')('four')).toEqual(encodeName('four'));
  });

  it('refuses another code', () => {
    expect(() => nameReader(digitNames, 'words' as never)).toThrow('code must be one of letters, ids');
  });
});
