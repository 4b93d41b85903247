import { describe, expect, test } from 'vitest';
import { mapFigure } from '../../../lib/figures/maps';

const options = { title: 't', xAxis: 'x', yAxis: 'y' };
const one = (name: string, place: number[]) => ({ name, sign: name[0], points: [place, [0, 0]], place });

describe('mapFigure()', () => {
  test('draws each point as its sign, in a colour that no other class has', () => {
    const names = 'abcdefghij'.split('');
    const { data } = mapFigure({ ...options, classes: names.map((name, at) => one(name, [at, at])) });
    const texts = data.filter(({ mode }) => mode === 'text') as unknown as {
      text: string[];
      textfont: { color: string };
    }[];
    expect(texts.map(({ text }) => text)).toEqual(names.map((name) => [name, name]));
    expect(new Set(texts.map(({ textfont }) => textfont.color)).size).toBe(10);
  });

  test('has one scale for both axes', () => {
    const { layout } = mapFigure({ ...options, classes: [one('a', [3, 0]), one('b', [0, 1])] });
    expect((layout.yaxis as { scaleanchor?: string }).scaleanchor).toBe('x');
  });

  test('moves words apart that would cover each other, and no others', () => {
    const words = (places: number[][]) => {
      const { layout } = mapFigure({
        ...options,
        classes: places.map((place, at) => one(`word${at}`, place)),
      });
      const notes = layout.annotations as { y: number; yshift: number }[];
      return notes.map(({ yshift }) => yshift);
    };
    const [first, second] = words([
      [0, 0],
      [0, 0],
      [5, 5],
    ]);
    expect(Math.abs(first - second)).toBeGreaterThanOrEqual(19.9);
    expect(new Set(words([[0, 0], [5, 5]])).size).toBe(1); // biome-ignore format: short
  });

  test('refuses more classes than there are colours', () => {
    const classes = Array.from({ length: 11 }, (_, at) => one(`w${at}`, [at, 0]));
    expect(() => mapFigure({ ...options, classes })).toThrow('there are colours for 10 classes, got 11');
    expect(() => mapFigure({ ...options, classes: [] })).toThrow('the number of classes must be');
  });
});
