import { expect, test } from 'vitest';
import { confusionFigure } from '../../../lib/figures/tables';

test('confusionFigure() has a scale from no mistake to the most of one kind', () => {
  const zero = confusionFigure({
    title: 't',
    counts: [
      [5, 0],
      [0, 7],
    ],
  });
  expect(zero.data[0]).toMatchObject({ zmin: 0, zmax: 1 });
  const some = confusionFigure({
    title: 't',
    counts: [
      [50, 3],
      [9, 70],
    ],
  });
  expect(some.data[0]).toMatchObject({ zmin: 0, zmax: 9 });
});
