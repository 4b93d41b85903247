/**
 * The course's own operations, `native/operations.cc`, compiled beside the binding for the processor of this machine.
 * Nothing depends on them but speed: where they cannot be compiled, or do not load, the stamp says why, `lib/` repeats it,
 * and TensorFlow's own operations serve.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hashFile, paths, readJson, remove, root, whyStale, writeJson } from '../project.mjs';
import { compile, findCompiler } from './binding.mjs';
import { headers, libraries } from './libraries.mjs';

const sources = path.join(root, 'native');
const built = path.join(paths.tensorflow, 'operations.node');
const stamp = path.join(paths.tensorflow, 'operations.json');

/**
 * @returns {Record<string, string>} what the compiled operations depend on; `lib/base/native-add-on.ts` compares the sources
 *   and the processor too
 */
function wanted() {
  const names = fs.readdirSync(sources).sort();
  const hashes = names.map((name) => `${name} ${hashFile(path.join(sources, name))}`).join('\n');
  return {
    native: createHash('sha256').update(hashes).digest('hex'),
    'requirements-tensorflow.txt': hashFile(paths.tensorflowRequirements),
    processor: processor(),
  };
}

/** @returns {boolean} whether they were compiled, or tried, for this processor and these versions */
export function operationsBuilt() {
  return !whyStale(stamp, wanted()) && (readJson(stamp).problem !== undefined || fs.existsSync(built));
}

/** Deletes them: they belong to the library of the wheel. */
export function clearOperations() {
  for (const file of [stamp, built]) remove(file);
}

/** Compiles them, or notes why not; never fails. */
export async function compileOperations() {
  clearOperations();
  const known = { ...wanted(), tensorflow: wheelVersion() };
  try {
    await compile(await findCompiler(), built, [
      ...['-O3', process.arch === 'x64' ? '-march=native' : '-mcpu=native', '-ffp-contract=fast'],
      ...['-I', headers, path.join(sources, 'operations.cc'), '-L', libraries, ...linkWithFramework()],
    ]);
    writeJson(stamp, known);
  } catch (error) {
    writeJson(stamp, { ...known, problem: /** @type {Error} */ (error).message.split('\n')[0] });
  }
}

function linkWithFramework() {
  if (process.platform === 'darwin') return ['-ltensorflow_framework.2', '-Wl,-rpath,@loader_path/lib'];
  // What the library lacks is missed when the file is loaded, not in the middle of a training.
  return ['-pthread', '-Wl,-z,now', '-l:libtensorflow_framework.so.2', '-Wl,-rpath,$ORIGIN/lib'];
}

/** @returns {string} the version of TensorFlow that is locked */
function wheelVersion() {
  return /^tensorflow\S*==(\S+)/m.exec(fs.readFileSync(paths.tensorflowRequirements, 'utf8'))?.[1] ?? '';
}

/**
 * Names the processor by all that code can depend on; `lib/base/native-add-on.ts` does the same.
 *
 * @returns {string} its architecture, its model, and in brackets a short hash of what it can do
 */
export function processor() {
  const model = os.cpus()[0]?.model.trim() ?? '';
  let abilities = '';
  try {
    abilities = /^(flags|Features)\s*:.*/m.exec(fs.readFileSync('/proc/cpuinfo', 'utf8'))?.[0] ?? '';
  } catch {}
  const hash = createHash('sha256').update(abilities).digest('hex');
  return `${process.arch} ${model} (${hash.slice(0, 8)})`;
}
