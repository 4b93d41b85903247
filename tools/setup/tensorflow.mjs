/**
 * Native TensorFlow, by the first way that works:
 *   upstream  tfjs-node's own installer, unless its host cannot be reached
 *   wheel     tfjs-node's binding, compiled here against the libraries of TensorFlow's wheel from PyPI
 *   none      WebAssembly serves: slower, and nothing to install
 * No failure here stops the set-up; `.tensorflow/status.json` says what runs and why not something better.
 */
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import path from 'node:path';
import { explain, run } from './processes.mjs';
import {
  hashFile,
  Problem,
  packageVersion,
  paths,
  readJson,
  remove,
  requireSpace,
  root,
  whyStale,
  writeJson,
} from './project.mjs';

/** The values of `--tensorflow`. */
export const choices = ['auto', 'upstream', 'wheel', 'none'];

/**
 * @typedef {object} TensorflowStatus
 * @property {'upstream' | 'wheel' | 'none'} way - how the TensorFlow in use was got
 * @property {string | null} version - of the TensorFlow library; null when WebAssembly serves
 * @property {string} reason - one sentence: what runs, and why nothing better
 * @property {string} [retry] - the command that tries again, where a way failed
 */

const statusFile = path.join(paths.tensorflow, 'status.json');
const libraries = path.join(paths.tensorflow, 'lib');
const headers = path.join(paths.tensorflow, 'include');
const librariesStamp = path.join(paths.tensorflow, 'libraries.json');
const builtBinding = path.join(paths.tensorflow, 'tfjs_binding.node');
const bindingStamp = path.join(paths.tensorflow, 'binding.json');

/** Bytes that the wheel (282 MB at most) and its libraries (884 MB at most) need side by side. */
const spaceNeeded = 1.25e9;
const probeTimeout = 4_000;
const installerTimeout = 15 * 60_000;

/** Where each platform's wheel runs: its tag, its size in MB for the progress, and how its two libraries are linked. */
const wheels = {
  'linux-x64': { tag: 'manylinux_2_27_x86_64', megabytes: 274, link: linkOnLinux },
  'linux-arm64': { tag: 'manylinux_2_27_aarch64', megabytes: 282, link: linkOnLinux },
  'darwin-arm64': { tag: 'macosx_12_0_arm64', megabytes: 223, link: linkOnMac },
};

/** @returns {TensorflowStatus | undefined} how the last set-up ended */
export function tensorflowStatus() {
  return readJson(statusFile);
}

/** @returns {string} the file that tfjs-node loads */
function bindingFile() {
  const { napi_versions: versions = [8] } =
    readJson(path.join(paths.tfjsNode, 'package.json'))?.binary ?? {};
  const best = Math.max(
    ...versions.filter((/** @type {number} */ v) => v <= Number(process.versions.napi)),
  );
  return path.join(paths.tfjsNode, 'lib', `napi-v${best}`, 'tfjs_binding.node');
}

function wanted() {
  return {
    'tfjs-node': packageVersion(paths.tfjsNode) ?? 'missing',
    'requirements-tensorflow.txt': hashFile(paths.tensorflowRequirements),
    'Node version': process.versions.node.split('.')[0],
  };
}

/**
 * @param {string} [choice] - what the reader asked for; without it, what an earlier set-up reached is kept
 * @returns {string | undefined} why TensorFlow must be set up
 */
export function tensorflowNeeded(choice) {
  const status = tensorflowStatus();
  const stale = whyStale(statusFile, wanted());
  if (stale || !status) return stale ?? 'not finished yet';
  if (status.way !== 'none' && !fs.existsSync(bindingFile())) return 'its binding is gone';
  if (status.way === 'wheel' && !librariesComplete()) return 'its libraries are gone';
  if (!choice) return undefined;
  const kept = choice === 'auto' ? status.way !== 'none' : choice === status.way;
  return kept ? undefined : `--tensorflow=${choice}`;
}

/**
 * @param {string} choice
 * @param {(text: string) => void} say
 * @returns {Promise<TensorflowStatus>}
 */
export async function installTensorflow(choice, say) {
  remove(statusFile);
  /** @type {string[]} */
  const failures = [];
  for (const way of choice === 'auto' ? /** @type {const} */ (['upstream', 'wheel']) : [choice]) {
    if (way === 'none') break;
    try {
      await (way === 'upstream' ? installUpstream(say) : installFromWheel(say));
      const version = await verify(say);
      const reason = [`native TensorFlow ${version} runs`, ...failures].join('; ');
      return record({ way: /** @type {'upstream' | 'wheel'} */ (way), version, reason });
    } catch (error) {
      failures.push(`${way}: ${/** @type {Error} */ (error).message.split('\n')[0]}`);
    }
  }
  clearBinding();
  const reason = ['WebAssembly serves, slower than native TensorFlow', ...failures].join('; ');
  const retry = choice === 'none' ? undefined : `npm run setup -- --tensorflow=${choice}`;
  return record({ way: 'none', version: null, reason, retry });
}

/** @param {TensorflowStatus} status */
function record(status) {
  writeJson(statusFile, { ...status, ...wanted() });
  return status;
}

function clearBinding() {
  remove(path.join(paths.tfjsNode, 'lib'));
  remove(path.join(paths.tfjsNode, 'deps'));
}

/**
 * Multiplies two matrices natively in another process, which a broken library may take down.
 *
 * @param {(text: string) => void} say
 * @returns {Promise<string>} the version of the TensorFlow library
 */
async function verify(say) {
  say('trying it');
  const result = await run(process.execPath, [...backendProbe, 'native'], {
    cwd: root,
    timeout: 120_000,
  });
  if (result.code !== 0) {
    const lines = result.output.trim().split('\n');
    throw new Error(
      `it was installed but does not run (exit status ${result.code}: ${lines[lines.length - 1]})`,
    );
  }
  return JSON.parse(result.output.trim().split('\n').slice(-1)[0]).version;
}

/** Arguments for Node that start a backend and print it as JSON. */
export const backendProbe = [
  path.join(paths.nodeModules, 'tsx', 'dist', 'cli.mjs'),
  path.join(root, 'tools', 'backend.ts'),
];

// ---------------------------------------------------------------- upstream

/** @param {(text: string) => void} say */
async function installUpstream(say) {
  say("asking tfjs-node's host");
  await probeHost();
  clearBinding();
  const binaries = [paths.tfjsNode, root].map((folder) =>
    path.join(folder, 'node_modules', '.bin'),
  );
  const env = { ...process.env, PATH: [...binaries, process.env.PATH].join(path.delimiter) };
  const result = await run(process.execPath, ['scripts/install.js'], {
    cwd: paths.tfjsNode,
    env,
    timeout: installerTimeout,
    onLine: say,
  });
  if (result.code !== 0) throw explain("tfjs-node's installer", result);
}

/** Asks for the binding that the installer would download: the host, or this platform's file, may not be there. */
async function probeHost() {
  const load = createRequire(path.join(paths.tfjsNode, 'package.json'));
  const { name, version, binary } = load('./package.json');
  const { ARCH_MAPPING, PLATFORM_MAPPING, PLATFORM_EXTENSION } = load(
    './scripts/deps-constants.js',
  );
  const platform = PLATFORM_MAPPING[process.platform];
  if (!platform || !ARCH_MAPPING[process.arch]) {
    throw new Error(`${name} has no build for ${process.platform} ${process.arch}`);
  }
  const host = process.env.npm_config_tfjs_binding_binary_host_mirror ?? binary.host;
  const file = `napi-v8/${version}/CPU-${platform}-${version}.${PLATFORM_EXTENSION}`;
  const url = new URL(`${host.replace(/\/$/, '')}/${file}`);
  const proxy = process.env.HTTPS_PROXY || process.env.https_proxy;
  const agent = proxy ? new (load('https-proxy-agent'))(proxy) : undefined;
  const status = await new Promise((resolve, reject) => {
    const client = url.protocol === 'http:' ? http : https;
    const request = client.request(
      url,
      { method: 'HEAD', agent },
      (/** @type {any} */ response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    const timer = setTimeout(() => request.destroy(new Error('no answer')), probeTimeout);
    request.on('close', () => clearTimeout(timer));
    request.on('error', (/** @type {any} */ error) =>
      reject(new Error(`${url.host} cannot be reached (${error.code ?? error.message})`)),
    );
    request.end();
  });
  if (status !== 200) throw new Error(`${url.host} answers ${status}`);
}

// ---------------------------------------------------------------- wheel

/** @param {(text: string) => void} say */
async function installFromWheel(say) {
  const wheel = /** @type {Record<string, typeof wheels['linux-x64']>} */ (wheels)[
    `${process.platform}-${process.arch}`
  ];
  if (!wheel)
    throw new Error(
      `there is no TensorFlow wheel to link with on ${process.platform} ${process.arch}`,
    );
  const header = /** @type {any} */ (process.report?.getReport())?.header;
  if (process.platform === 'linux' && !header?.glibcVersionRuntime) {
    throw new Error('the TensorFlow wheel needs glibc, which this Linux does not use');
  }
  if (!bindingBuilt()) {
    const compiler = await findCompiler();
    if (!librariesComplete() || !fs.existsSync(headers)) await fetchLibraries(wheel, say);
    say('compiling the binding');
    await compile(compiler, wheel.link);
  } else if (!librariesComplete()) {
    await fetchLibraries(wheel, say);
  }
  clearBinding();
  const target = bindingFile();
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(builtBinding, `${target}.partial`);
  fs.renameSync(`${target}.partial`, target);
}

function librariesComplete() {
  const stamp = readJson(librariesStamp);
  if (stamp?.['requirements-tensorflow.txt'] !== hashFile(paths.tensorflowRequirements))
    return false;
  return Object.entries(stamp.files).every(([name, size]) => {
    const file = path.join(libraries, name);
    return fs.existsSync(file) && fs.statSync(file).size === size;
  });
}

function bindingWanted() {
  const { 'Node version': _, ...rest } = wanted();
  return { ...rest, platform: `${process.platform}-${process.arch}` };
}

function bindingBuilt() {
  return fs.existsSync(builtBinding) && !whyStale(bindingStamp, bindingWanted());
}

/**
 * @returns {Promise<string>} the program that `CXX` names, else the first of the usual ones that is there
 * @throws if there is none
 */
async function findCompiler() {
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

/**
 * @param {typeof wheels['linux-x64']} wheel
 * @param {(text: string) => void} say
 */
async function fetchLibraries({ tag, megabytes }, say) {
  const partial = path.join(paths.tensorflow, 'partial');
  remove(librariesStamp);
  remove(partial);
  requireSpace(spaceNeeded);
  fs.mkdirSync(partial, { recursive: true });
  try {
    const watch = setInterval(() => say(`${downloaded(partial)} of ${megabytes} MB`), 500);
    const requirements = ['--require-hashes', '-r', paths.tensorflowRequirements];
    const target = [
      '--python-version=3.12',
      '--implementation=cp',
      `--platform=${tag}`,
      '--only-binary=:all:',
    ];
    const quiet = [
      '--no-cache-dir',
      '--no-input',
      '--disable-pip-version-check',
      '--retries=2',
      '--timeout=30',
    ];
    const args = [
      '-m',
      'pip',
      'download',
      '--no-deps',
      ...target,
      ...quiet,
      ...requirements,
      '-d',
      partial,
    ];
    // pip downloads into its temporary folder: ours, so that a small /tmp cannot stop it and progress can be seen.
    const env = { ...process.env, TMPDIR: partial, TEMP: partial, TMP: partial };
    const result = await run(paths.venvPython, args, { cwd: root, env }).finally(() =>
      clearInterval(watch),
    );
    if (result.code !== 0) throw explain('the download of the TensorFlow wheel', result);
    say('unpacking');
    const [file] = fs.readdirSync(partial).filter((name) => name.endsWith('.whl'));
    const unpacker = path.join(root, 'tools', 'setup', 'unpack-wheel.py');
    const unpacked = await run(paths.venvPython, [unpacker, path.join(partial, file), partial]);
    if (unpacked.code !== 0) throw explain('unpacking the TensorFlow wheel', unpacked);
    for (const folder of [libraries, headers]) {
      remove(folder);
      fs.renameSync(path.join(partial, path.basename(folder)), folder);
    }
    const sizes = fs
      .readdirSync(libraries)
      .map((name) => [name, fs.statSync(path.join(libraries, name)).size]);
    writeJson(librariesStamp, {
      'requirements-tensorflow.txt': hashFile(paths.tensorflowRequirements),
      files: Object.fromEntries(sizes),
    });
  } finally {
    remove(partial);
  }
}

/** @param {string} folder @returns {number} megabytes of wheel in a folder that pip is filling */
function downloaded(folder) {
  try {
    const names = /** @type {string[]} */ (fs.readdirSync(folder, { recursive: true }));
    const sizes = names
      .filter((name) => name.includes('.whl'))
      .map((name) => fs.statSync(path.join(folder, name)).size);
    return Math.round(Math.max(0, ...sizes) / 1e6);
  } catch {
    return 0;
  }
}

/** From node_modules/@tensorflow/tfjs-node/lib/napi-v8 up to the project: the folder may move, the path stays true. */
const fromBinding = '../../../../../.tensorflow/lib';

function linkOnLinux() {
  const names = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
  return ['-shared', ...names.map((name) => `-l:${name}`), `-Wl,-rpath,$ORIGIN/${fromBinding}`];
}

function linkOnMac() {
  const names = ['tensorflow_cc.2', 'tensorflow_framework.2'];
  const rpath = `-Wl,-rpath,@loader_path/${fromBinding}`;
  return ['-bundle', '-undefined', 'dynamic_lookup', ...names.map((name) => `-l${name}`), rpath];
}

/**
 * @param {string} compiler
 * @param {() => string[]} link
 */
async function compile(compiler, link) {
  const sources = path.join(paths.tfjsNode, 'binding');
  const files = fs.readdirSync(sources).filter((name) => name.endsWith('.cc'));
  const partial = `${builtBinding}.partial`;
  remove(bindingStamp);
  const result = await run(compiler, [
    ...['-O2', '-std=c++17', '-fPIC', '-DNAPI_VERSION=8'],
    ...['-I', path.join(paths.nodeModules, 'node-api-headers', 'include'), '-I', headers],
    ...files.map((name) => path.join(sources, name)),
    ...['-o', partial, '-L', libraries, ...link()],
  ]);
  if (result.code !== 0) throw explain("compiling tfjs-node's binding", result);
  fs.renameSync(partial, builtBinding);
  writeJson(bindingStamp, bindingWanted());
}

/** @param {string} choice @throws {Problem} unless it is one of the choices */
export function requireChoice(choice) {
  if (!choices.includes(choice)) {
    throw new Problem(`--tensorflow=${choice} is unknown`, `it is one of ${choices.join(', ')}`);
  }
}
