/** The benchmark's page trains as Node does, and says how long a notebook takes there. */
import { expect, test } from 'vitest';
import { descentPeer, pagePeer, startPeer } from '../../tools/bench/peers';
import { noJupyter } from './jupyter';

test.skipIf(noJupyter)(`a page of the book is timed, beside Node${noJupyter}`, async () => {
  const [epoch, steps, reading] = [{ batchSize: 1024 }, { steps: 3 }, { notebook: '02' }];
  const page = await startPeer(pagePeer('page', [epoch, steps, reading]));
  const env = { DESCENT_BACKEND: 'wasm' };
  const node = await startPeer(descentPeer('node', ['fused'], env));
  const gpt = await startPeer(descentPeer('node', ['gpt'], env));
  try {
    expect(page.version).toMatch(/^TensorFlow\.js, wasm \d+\.\d+\.\d+, in Chromium \d+/);
    // Twice: the second goes on where the first ended. A browser may round products and sums together, Node twice.
    for (const [peer, request] of [
      [node, epoch],
      [gpt, steps],
      [node, epoch],
      [gpt, steps],
    ] as const) {
      const [there, here] = [await page.train(request), await peer.train(request)];
      expect(there.seconds).toBeGreaterThan(0);
      expect(there.loss).toBeCloseTo(here.loss as number, 3);
    }
    const read = await page.train(reading);
    expect(read.loss).toBeUndefined();
    expect(read.seconds).toBeGreaterThan(0);
  } finally {
    for (const peer of [page, node, gpt]) peer.stop();
  }
});
