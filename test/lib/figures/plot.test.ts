import { describe, expect, test } from 'vitest';
import { lineFigure } from '../../../lib/figures/lines';

/** The room above the plot of a figure whose legend has so many names, each of one letter many times. */
function roomAbove(count: number, letter = 'a', times = 18): number {
  const series = Array.from({ length: count }, (_, index) => ({
    name: String.fromCodePoint((letter.codePointAt(0) as number) + index).repeat(times),
    y: [1, 2],
  }));
  const { layout } = lineFigure({ title: 't', xAxis: 'x', yAxis: 'y', series });
  return (layout.margin as { t: number }).t;
}

describe('the room above a plot', () => {
  test('grows by a line where the next three names begin another row of the legend', () => {
    const line = roomAbove(6) - roomAbove(3);
    expect(line).toBeGreaterThan(10);
    expect(roomAbove(9) - roomAbove(6)).toBe(line);
    expect(roomAbove(5)).toBe(roomAbove(6));
    expect(roomAbove(4)).toBe(roomAbove(6));
    expect(roomAbove(2)).toBe(roomAbove(3));
  });

  test('counts a Chinese sign as wide as it is', () => {
    expect(roomAbove(5, '一', 12)).toBe(roomAbove(5, 'a', 21));
    expect(roomAbove(5, '一', 12)).toBeGreaterThan(roomAbove(5, 'a', 12));
  });
});
