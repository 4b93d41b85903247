import { expect, test } from 'vitest';
import { whyNoWebGpu } from '../samples/webgpu';
import { Kernel, shown } from './client';

const noWebGpu = await whyNoWebGpu();

const cell = `import { startTensorflow } from './lib/tensorflow';
import { createGpt, gptGradients } from './lib/gpt';
const gpt = createGpt({ vocabulary: 5, context: 4, layers: 1, heads: 1, width: 4 });
for (const backend of ['webgpu', 'wasm'] as const) {
  await startTensorflow(backend);
  console.log(gptGradients(gpt, [1, 2, 3, 4], [2, 3, 4, 0]).loss.toFixed(5));
}`;

test.skipIf(noWebGpu)(`a cell computes with WebGPU, and then without${noWebGpu}`, async () => {
  const kernel = await Kernel.start();
  const [card, wasm] = shown(await kernel.execute(cell))
    .trim()
    .split('\n');
  expect(card).toMatch(/^\d\.\d{5}$/);
  expect(Number(card)).toBeCloseTo(Number(wasm), 4);
  await kernel.stop();
});
