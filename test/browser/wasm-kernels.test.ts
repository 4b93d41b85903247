import { expect, test } from 'vitest';
import { plainKernels, relaxedKernels } from '../../lib/tensorflow/wasm-bytes';
import { openChromium } from '../../tools/pictures';
import { noChromium } from './chromium';

/** What the page does: compiles the kernels at once, on its own thread, and multiplies 2 × 3 by 3 × 2. */
function multiply(base64: string): number[] {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const { WebAssembly } = globalThis as unknown as Record<
    string,
    Record<string, new (value: object) => object>
  >;
  const kernels = (new WebAssembly.Instance(new WebAssembly.Module(bytes)) as { exports: unknown })
    .exports as Record<string, (...values: number[]) => number> & { memory: { buffer: ArrayBuffer } };
  const base = kernels.heapBase();
  const numbers = new Float32Array(kernels.memory.buffer, base, 48);
  numbers.set([1, 2, 3, 4, 5, 6], 0);
  numbers.set([1, 0, 2, 1, 0, 3], 16);
  kernels.product(base + 128, 8, base, 12, 4, base + 64, 8, 4, 2, 3, 2, 0);
  return [...numbers.subarray(32, 36)];
}

test.skipIf(noChromium)(`the kernels run on a page, plain and relaxed${noChromium}`, async () => {
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    for (const base64 of [plainKernels, relaxedKernels]) {
      expect(await page.evaluate(multiply, base64)).toEqual([5, 11, 14, 23]);
    }
  } finally {
    await browser.close();
  }
});
