import { describe, expect, test } from 'vitest';
import { reliabilityFigure } from '../../../lib/figures/reliability';

const bins = [
  { count: 0, confidence: Number.NaN, accuracy: Number.NaN },
  { count: 4, confidence: 0.6, accuracy: 0.5 },
  { count: 100, confidence: 0.95, accuracy: 0.9 },
];
const draw = (least?: number) => reliabilityFigure({ title: 't', name: 'one network', bins, least }).data;

describe('reliabilityFigure()', () => {
  test('draws, in per cent, the share that is right with a band of two standard errors', () => {
    // 2 √(0.5 · 0.5 / 4) = 0.5 and 2 √(0.9 · 0.1 / 100) = 0.06.
    const [diagonal, low, high, line] = draw();
    expect(diagonal).toMatchObject({ name: 'calibrated', x: [0, 100], y: [0, 100] });
    expect([low, high, line]).toMatchObject([{ y: [0, 84] }, { y: [100, 96] }, { y: [50, 90] }]);
    expect(line).toMatchObject({ name: 'one network', x: [60, 95] });
  });

  test('leaves out intervals with few answers', () => {
    expect(draw(4).at(-1)).toMatchObject({ x: [60, 95] });
    expect(draw(5).at(-1)).toMatchObject({ x: [95], y: [90] });
  });

  test('refuses to draw nothing, and a least number that is no count', () => {
    expect(() => draw(101)).toThrow('Cannot draw a reliability diagram: no interval has 101 answers or more');
    expect(() => draw(0)).toThrow('Cannot draw a reliability diagram: least must be');
  });
});
