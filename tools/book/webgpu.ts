/** WebGPU in the pages: what one loads whose reader has chosen it, where set-up has got TensorFlow.js's backend for it. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { projectRoot } from '../../lib/surroundings';
import { shared, withoutNode } from './bundles';
import { placeOfWebGpu } from './page/shell/on-request';
import { wordsApart } from './words';

const source = (...names: string[]) => path.join(projectRoot(), ...names);

/** Where `npm run setup -- --gpu` puts it: one module, beside the one for Node. */
const backend = () =>
  source(
    '.webgpu',
    'node_modules',
    '@tensorflow',
    'tfjs-backend-webgpu',
    'dist',
    'tf-backend-webgpu.fesm.min.js',
  );

/** @returns whether set-up has got what pages need to compute on a graphics card */
export const hasWebGpu = (): boolean => fs.existsSync(backend());

/**
 * Writes what computes on a graphics card, apart from all else: before its reader has chosen it, a page loads no more of it
 * than what offers a card, and that where the browser has one.
 *
 * @param folder - of the runtime
 */
export async function writeWebGpu(folder: string): Promise<void> {
  await build({
    ...shared,
    absWorkingDir: projectRoot(),
    entryPoints: {
      ...Object.fromEntries(
        ['offer', 'probe', 'card'].map((name) => [
          name,
          source('tools', 'book', 'page', 'webgpu', `${name}.ts`),
        ]),
      ),
      backend: backend(),
      // By its path: no door opens it, and nothing in `lib/` waits for it.
      operations: source('lib', 'tensorflow', 'webgpu-operations.ts'),
    },
    outdir: path.join(folder, placeOfWebGpu),
    minify: true,
    plugins: [oneTensorflow, withoutNode, wordsApart],
  });
}

/** TensorFlow.js is the one that the page has loaded. */
const oneTensorflow: Plugin = {
  name: 'one-tensorflow',
  setup({ onResolve }) {
    onResolve({ filter: /^@tensorflow\/tfjs(?:-core)?$/ }, () => ({
      path: '../packages/tfjs.js',
      external: true,
    }));
  },
};
