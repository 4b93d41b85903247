import { expect, test } from 'vitest';
import { arrangeGraph } from '../../../lib/figures/arrange';

test('arrangeGraph() needs a node, and places a single one', () => {
  expect(() => arrangeGraph([], [])).toThrow(new RangeError('Cannot arrange the graph: it has no nodes'));
  expect(arrangeGraph(['a'], [])).toMatchObject({ layers: 1, rows: 1, places: { a: { layer: 0, row: 0 } } });
});
