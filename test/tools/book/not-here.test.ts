/** Claims that do not apply in a page: each is one that a notebook makes. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claimMimeType } from '../../../lib/base/contract';
import { projectRoot } from '../../../lib/base/project-root';
import { asInPage } from '../../../tools/book/page/not-here';
import { findNotebooks } from '../../../tools/notebooks/notebook-file';

test.each([
  ['00', 3],
  ['02', 0],
  ['12', 8],
])('notebook %s makes %d of them', (number, count) => {
  const [{ notebook }] = findNotebooks(join(projectRoot(), 'notebooks'), [number]);
  const claims = notebook.cells.flatMap(({ id, outputs = [] }) =>
    outputs
      .flatMap(({ data }) => (data && claimMimeType in data ? [data] : []))
      .map((data, place) => ({ data, id, place })),
  );
  expect(claims.length).toBeGreaterThan(count);
  const shown = claims.map(({ data, id, place }) => asInPage(data, id, place));
  const beside = shown.filter((data) => (data[claimMimeType] as { applies?: boolean }).applies === false);
  expect(beside).toHaveLength(count);
  for (const data of beside) expect(data['text/plain']).toMatch(/^○ Claim does not apply \(\w.*\): \w/);
});
