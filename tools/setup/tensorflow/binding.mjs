/** tfjs-node's binding: the file that it loads, and compiling one against the libraries of TensorFlow's wheel. */
import fs from 'node:fs';
import path from 'node:path';
import { explain, run } from '../processes.mjs';
import { hashFile, packageVersion, paths, readJson, remove, root, whyStale, writeJson } from '../project.mjs';
import { frameworkName, headers, libraries } from './libraries.mjs';

/** Compiled once and kept apart from `node_modules`, which npm empties. */
const built = path.join(paths.tensorflow, 'tfjs_binding.node');
/** What is put into `node_modules`: lowers the voice of TensorFlow's log, then loads the binding. */
const front = path.join(paths.tensorflow, 'quiet.node');
const stamp = path.join(paths.tensorflow, 'binding.json');
const frontSource = path.join(root, 'tools', 'setup', 'tensorflow', 'quiet.cc');

/** From node_modules/@tensorflow/tfjs-node/lib/napi-v8 up to the project: the folder may move, the path stays true. */
const fromFront = '../../../../../.tensorflow';

/** @returns {string} the file that tfjs-node loads */
export function bindingFile() {
  const { napi_versions: versions = [8] } = readJson(path.join(paths.tfjsNode, 'package.json'))?.binary ?? {};
  const best = Math.max(
    ...versions.filter((/** @type {number} */ version) => version <= Number(process.versions.napi)),
  );
  return path.join(paths.tfjsNode, 'lib', `napi-v${best}`, 'tfjs_binding.node');
}

/** Deletes the binding that tfjs-node loads, and the libraries that its own installer fetched. */
export function clearBinding() {
  remove(path.join(paths.tfjsNode, 'lib'));
  remove(path.join(paths.tfjsNode, 'deps'));
}

/** @returns {Record<string, string>} what a compiled binding depends on */
export function bindingSources() {
  return {
    'tfjs-node': packageVersion(paths.tfjsNode) ?? 'missing',
    'requirements-tensorflow.txt': hashFile(paths.tensorflowRequirements),
    'quiet.cc': hashFile(frontSource),
  };
}

function wanted() {
  return { ...bindingSources(), platform: `${process.platform}-${process.arch}` };
}

/** @returns {boolean} whether a binding for this platform and these versions is compiled */
export function bindingBuilt() {
  return fs.existsSync(built) && fs.existsSync(front) && !whyStale(stamp, wanted());
}

/** Puts the compiled binding where tfjs-node looks for it, whole or not at all. */
export function placeBinding() {
  clearBinding();
  const target = bindingFile();
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(front, `${target}.partial`);
  fs.renameSync(`${target}.partial`, target);
}

/**
 * Compiles tfjs-node's binding against the wheel's headers and libraries, and what is loaded before it.
 *
 * @param {string} compiler - the program
 * @throws {import('../project.mjs').Problem} what the compiler said
 */
export async function compileBinding(compiler) {
  const sources = path.join(paths.tfjsNode, 'binding');
  const files = fs.readdirSync(sources).filter((name) => name.endsWith('.cc'));
  remove(stamp);
  await compile(compiler, built, [
    ...['-I', headers],
    ...files.map((name) => path.join(sources, name)),
    ...['-L', libraries, ...linkWithLibraries()],
  ]);
  await compile(compiler, front, [
    `-DFRAMEWORK="${fromFront}/lib/${frameworkName()}"`,
    `-DBINDING="${fromFront}/${path.basename(built)}"`,
    ...[frontSource, process.platform === 'darwin' ? '' : '-ldl'].filter(Boolean),
  ]);
  writeJson(stamp, wanted());
}

/**
 * Compiles a file that Node loads, whole or not at all.
 *
 * @param {string} compiler - the program
 * @param {string} target - the file
 * @param {string[]} args - its sources, and what they need
 * @throws {import('../project.mjs').Problem} what the compiler said
 */
export async function compile(compiler, target, args) {
  const partial = `${target}.partial`;
  const result = await run(compiler, [
    ...['-O2', '-std=c++17', '-fPIC', '-DNAPI_VERSION=8'],
    ...['-I', path.join(paths.nodeModules, 'node-api-headers', 'include')],
    ...(process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
    ...args,
    ...['-o', partial],
  ]);
  if (result.code !== 0) throw explain(`compiling ${path.basename(target)}`, result);
  fs.renameSync(partial, target);
}

/** The compiled binding lies beside the folder of the libraries. */
function linkWithLibraries() {
  if (process.platform === 'darwin') {
    return ['-ltensorflow_cc.2', '-ltensorflow_framework.2', '-Wl,-rpath,@loader_path/lib'];
  }
  const names = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
  return [...names.map((name) => `-l:${name}`), '-Wl,-rpath,$ORIGIN/lib'];
}

/**
 * @returns {Promise<string>} the program that `CXX` names, else the first of the usual ones that is there
 * @throws {Error} if there is none, saying how to get one
 */
export async function findCompiler() {
  const names = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  // On a Mac without the tools, c++ is a stub that opens a window: ask the other program first.
  const mac = process.platform === 'darwin';
  const stub = mac && !process.env.CXX && (await run('xcode-select', ['-p'])).code !== 0;
  for (const name of stub ? [] : names) {
    if ((await run(name, ['--version'])).code === 0) return name;
  }
  const remedy = mac
    ? 'xcode-select --install'
    : 'Debian, Ubuntu: sudo apt install g++; Fedora: sudo dnf install gcc-c++';
  throw new Error(`there is no C++ compiler (${names.join(', ')}); install one (${remedy})`);
}
