/**
 * `npm run wasm`: builds the kernels in `wasm/`, and writes the modules into `lib/`, as text that Node and a page read
 * alike: one for every engine with 128-bit SIMD, and one that multiplies and adds in one instruction ("relaxed SIMD").
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root } from './setup/project.mjs';

const compiler = path.join(root, 'node_modules/assemblyscript/bin/asc.js');
const options = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--noAssert'];
/** What could matter to memories beyond 4 GiB and to kernels that hand out vectors. */
const irrelevant = ['--disableWarning', '201', '--disableWarning', '112'];

/** The built modules. */
export const builtFile = path.join(root, 'lib/tensorflow/wasm-bytes.ts');

/**
 * Builds the kernels.
 *
 * @returns {string} the text of {@link builtFile}
 * @throws {Error} with what the compiler says
 */
export function buildKernels() {
  return [
    '/** The kernels of `wasm/`, as `npm run wasm` built them: WebAssembly modules in base64. */',
    `export const plainKernels = \`\n${base64Of([])}\`;`,
    '/** With relaxed SIMD, which multiplies and adds in one instruction. */',
    `export const relaxedKernels = \`\n${base64Of(['--enable', 'relaxed-simd'])}\`;`,
    '',
  ].join('\n');
}

/** @param {string[]} more - options of the compiler */
function base64Of(more) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-wasm-'));
  try {
    const file = path.join(folder, 'kernels.wasm');
    const args = [compiler, 'wasm/index.ts', '--outFile', file, ...options, ...irrelevant, ...more];
    const { status, stderr, error } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`Cannot build the kernels: ${stderr || error?.message}`);
    return fs
      .readFileSync(file)
      .toString('base64')
      .replace(/.{1,100}/g, '$&\n');
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  fs.writeFileSync(builtFile, buildKernels());
}
