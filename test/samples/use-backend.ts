import { afterAll, beforeAll } from 'vitest';
import type { BackendName } from '../../lib/base/host';
import { startTensorflow } from '../../lib/tensorflow/backend';

/** The tests of the group from which this is called run on a backend; those after it on the one from before. */
export function useBackend(backend: BackendName): void {
  let before: BackendName;
  beforeAll(async () => {
    before = (await startTensorflow()).backend;
    await startTensorflow(backend);
  });
  afterAll(async () => {
    await startTensorflow(before);
  });
}
