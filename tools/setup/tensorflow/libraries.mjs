/**
 * The libraries and headers of TensorFlow's wheel, unpacked into `.tensorflow/`; the wheel itself is not kept, nor are the
 * names that only a debugger reads.
 */
import fs from 'node:fs';
import path from 'node:path';
import { explain, run } from '../processes.mjs';
import {
  hashFile,
  Problem,
  paths,
  pythonEnvironment,
  readJson,
  remove,
  requireSpace,
  root,
  writeJson,
} from '../project.mjs';

/** The folder that the binding is linked with. */
export const libraries = path.join(paths.tensorflow, 'lib');
/** The folder of C headers that the binding is compiled with. */
export const headers = path.join(paths.tensorflow, 'include');

const stamp = path.join(paths.tensorflow, 'libraries.json');
const unpacker = path.join(root, 'tools', 'setup', 'tensorflow', 'unpack-wheel.py');

/** Bytes that the wheel (282 MB at most) and its libraries (884 MB at most) need side by side. */
const spaceNeeded = 1.25e9;

/**
 * @typedef {object} Wheel
 * @property {string} tag - the platform, as pip names it
 * @property {number} megabytes - its size, for the progress
 */

/** @type {Record<string, Wheel>} */
const wheels = {
  'linux-x64': { tag: 'manylinux_2_27_x86_64', megabytes: 274 },
  'linux-arm64': { tag: 'manylinux_2_27_aarch64', megabytes: 282 },
  'darwin-arm64': { tag: 'macosx_12_0_arm64', megabytes: 223 },
};

/**
 * @returns {Wheel} the wheel whose libraries run on this machine
 * @throws {Error} if there is none
 */
export function wheelOfPlatform() {
  const wheel = wheels[`${process.platform}-${process.arch}`];
  if (!wheel) {
    throw new Error(
      `there is no TensorFlow wheel to link with on ${process.platform} ${process.arch} (tfjs-node's own installer, whose downloads are not pinned, may have a library: npm run setup -- --tensorflow=upstream)`,
    );
  }
  const header = /** @type {any} */ (process.report?.getReport())?.header;
  if (process.platform === 'linux' && !header?.glibcVersionRuntime) {
    throw new Error('the TensorFlow wheel needs glibc, which this Linux does not use');
  }
  return wheel;
}

/** @returns {string} the file name of the smaller library, which the larger one needs */
export function frameworkName() {
  return process.platform === 'darwin' ? 'libtensorflow_framework.2.dylib' : 'libtensorflow_framework.so.2';
}

/**
 * Whether the libraries of the wheel that is locked are there, byte for byte as set-up left them. To hash 650 MB takes
 * about a second, so a file that has kept its size and its time since it was hashed is taken for the same.
 *
 * @param {{ anew?: boolean }} [options] - anew: hash them, whatever their time says
 * @returns {boolean}
 */
export function librariesComplete({ anew = false } = {}) {
  const noted = readJson(stamp);
  if (noted?.['requirements-tensorflow.txt'] !== hashFile(paths.tensorflowRequirements)) return false;
  const names = Object.keys(noted.files ?? {});
  const files = Object.fromEntries(names.map((name) => [name, described(name, noted.files[name], anew)]));
  if (names.length === 0 || names.some((name) => files[name].sha256 !== noted.files[name].sha256))
    return false;
  if (JSON.stringify(files) !== JSON.stringify(noted.files)) writeJson(stamp, { ...noted, files });
  return true;
}

/**
 * @typedef {object} Library - as the stamp keeps it
 * @property {string} sha256 - as it was left: compared with the wheel's own list, RECORD, then stripped
 * @property {number} size
 * @property {number} time - of the last change, when it was hashed
 */

/** @param {string} name @param {Library} noted @param {boolean} anew @returns {Library} the file as it is */
function described(name, noted, anew) {
  const file = path.join(libraries, name);
  const { size, mtimeMs: time } = fs.statSync(file, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
  const same = !anew && size === noted.size && time === noted.time;
  return { sha256: same ? noted.sha256 : hashFile(file), size, time };
}

/**
 * Downloads the wheel, and keeps of it what the binding needs.
 *
 * @param {Wheel} wheel - of this platform
 * @param {(text: string) => void} say
 * @throws {import('../project.mjs').Problem} why it could not be done
 */
export async function fetchLibraries(wheel, say) {
  const partial = path.join(paths.tensorflow, 'partial');
  remove(stamp);
  remove(partial);
  requireSpace(spaceNeeded);
  fs.mkdirSync(partial, { recursive: true });
  /** @type {Record<string, string>} */
  let wheelHashes;
  try {
    await download(wheel, partial, say);
    say('unpacking');
    wheelHashes = await unpack(partial);
  } finally {
    remove(partial);
  }
  say('comparing with the hashes of the wheel');
  const names = Object.keys(wheelHashes);
  if (names.some((name) => hashFile(path.join(libraries, name)) !== wheelHashes[name])) {
    throw new Problem(
      "TensorFlow's libraries are not those that the wheel lists",
      'run the same command again; if it stays, look at the disk and its free space',
    );
  }
  say('stripping');
  for (const name of names) await strip(path.join(libraries, name));
  const unknown = { sha256: '', size: 0, time: 0 };
  writeJson(stamp, {
    'requirements-tensorflow.txt': hashFile(paths.tensorflowRequirements),
    wheel: wheelHashes,
    files: Object.fromEntries(names.map((name) => [name, described(name, unknown, true)])),
  });
}

/**
 * Takes from a library the names that only a debugger reads, a quarter of its bytes. Without the program, or without the
 * room for a second copy, it stays as it is; a Mac's stays too, because its signature speaks of the whole file.
 *
 * @param {string} library - the file, which is replaced whole or not at all
 */
export async function strip(library) {
  if (process.platform !== 'linux') return;
  const stripped = `${library}.stripped`;
  const { code } = await run('strip', ['--strip-unneeded', '-o', stripped, library]);
  if (code === 0) fs.renameSync(stripped, library);
  else remove(stripped);
}

/** @param {Wheel} wheel @param {string} folder @param {(text: string) => void} say */
async function download({ tag, megabytes }, folder, say) {
  const watch = setInterval(() => say(`${downloaded(folder)} of ${megabytes} MB`), 500);
  // pip downloads into its temporary folder: ours, so that a small /tmp cannot stop it and progress can be seen.
  const env = { ...pythonEnvironment(), TMPDIR: folder, TEMP: folder, TMP: folder };
  const args = [
    ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:'],
    ...['--python-version=3.12', '--implementation=cp', `--platform=${tag}`],
    ...['--no-cache-dir', '--no-input', '--disable-pip-version-check'],
    ...['--retries=2', '--timeout=30'],
    ...['--require-hashes', '-r', paths.tensorflowRequirements, '-d', folder],
  ];
  const result = await run(paths.venvPython, args, { cwd: root, env }).finally(() => clearInterval(watch));
  if (result.code !== 0) throw explain('the download of the TensorFlow wheel', result);
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
    // pip renames what it has downloaded, between the list and the look.
    return 0;
  }
}

/**
 * @param {string} folder - holds the wheel
 * @returns {Promise<Record<string, string>>} the SHA-256 of each library, from the wheel's list of its files
 */
async function unpack(folder) {
  const [wheel] = fs.readdirSync(folder).filter((name) => name.endsWith('.whl'));
  const args = [unpacker, path.join(folder, wheel), folder];
  const result = await run(paths.venvPython, args, { env: pythonEnvironment() });
  if (result.code !== 0) throw explain('unpacking the TensorFlow wheel', result);
  const record = readJson(path.join(folder, 'record.json'));
  for (const target of [libraries, headers]) {
    remove(target);
    fs.renameSync(path.join(folder, path.basename(target)), target);
  }
  return record;
}
