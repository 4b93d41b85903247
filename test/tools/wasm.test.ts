import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildKernels, builtFile } from '../../tools/wasm.mjs';

test('the committed kernels are those that `npm run wasm` builds from wasm/', () => {
  expect(buildKernels()).toBe(readFileSync(builtFile, 'utf8'));
});
