import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Figure } from '../../../lib/figures';
import { plotlyMimeType, projectRoot } from '../../../lib/surroundings';
import { findNotebooks } from '../../../tools/notebooks/notebook-file';
import { figureHash } from '../../../tools/pictures/bake';

/** Cells whose pictures were drawn before there were filmstrips; `run --save` draws them anew. To shrink, never to grow. */
const drawnBefore = ['gd-slider', 'sgd-cloud', 'scratch-boundary', 'scratch-depth', 'mm-sharpness'];

test('the stored picture of every figure with frames is its filmstrip', () => {
  const stored = findNotebooks(join(projectRoot(), 'notebooks')).flatMap(({ notebook }) =>
    notebook.cells.flatMap(({ id, outputs = [] }) =>
      outputs.map(({ data, metadata }) => ({ id, data, metadata })),
    ),
  );
  const moving = stored.filter(({ data }) => (data?.[plotlyMimeType] as Figure | undefined)?.frames?.length);
  expect(moving.length).toBeGreaterThan(0);
  const without = moving.filter(
    ({ data, metadata }) => metadata?.descent_figure !== figureHash(data?.[plotlyMimeType]),
  );
  expect(without.map(({ id }) => id).filter((id) => !drawnBefore.includes(id))).toEqual([]);
});
