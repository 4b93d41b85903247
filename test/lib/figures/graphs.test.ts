import { expect, test } from 'vitest';
import { type GraphNode, graphFigure } from '../../../lib/figures/graphs';

/** The names of what is written in the boxes, and all words. */
function wordsOf(more: Partial<GraphNode>) {
  const { data } = graphFigure({
    title: 't',
    nodes: [
      { id: 'w', label: 'weight', ...more },
      { id: 'L', label: 'loss' },
    ],
    edges: [{ from: 'w', to: 'L' }],
  });
  const marks = data as unknown as { mode: string; name?: string; text?: string[] }[];
  const words = marks.filter(({ mode }) => mode === 'text');
  return { names: words.map(({ name }) => name).filter(Boolean), text: words.flatMap(({ text }) => text) };
}

test('graphFigure() writes values and gradients where there are some, and names only those', () => {
  expect(wordsOf({})).toEqual({ names: [], text: ['weight', 'loss'] });
  expect(wordsOf({ value: 2.5 })).toEqual({ names: ['value'], text: ['weight', 'loss', '2.5'] });
  expect(wordsOf({ gradient: -3 })).toEqual({ names: ['gradient'], text: ['weight', 'loss', '−3'] });
  expect(wordsOf({ value: 0, gradient: 0 }).names).toEqual(['value', 'gradient']);
});
