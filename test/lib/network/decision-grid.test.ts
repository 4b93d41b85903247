import { expect, test } from 'vitest';
import { decisionGrid } from '../../../lib/network/decision-grid';

test('decisionGrid() puts values back in the order of its points', () => {
  const grid = decisionGrid([0, 1], [5, 7], 2);
  expect(grid.points).toEqual([
    [0, 5],
    [1, 5],
    [0, 7],
    [1, 7],
  ]);
  expect(grid.rows([1, 2, 3, 4])).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(decisionGrid([0, 1], [0, 1]).points).toHaveLength(41 ** 2);
  expect(() => decisionGrid([0, 1], [0, Number.NaN])).toThrow('must be a finite number');
});
