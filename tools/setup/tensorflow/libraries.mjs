/** The libraries and headers of TensorFlow's wheel, unpacked into `.tensorflow/`; the wheel itself is not kept. */
import fs from 'node:fs';
import path from 'node:path';
import { explain, run } from '../processes.mjs';
import { hashFile, paths, readJson, remove, requireSpace, root, writeJson } from '../project.mjs';

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
    throw new Error(`there is no TensorFlow wheel to link with on ${process.platform} ${process.arch}`);
  }
  const header = /** @type {any} */ (process.report?.getReport())?.header;
  if (process.platform === 'linux' && !header?.glibcVersionRuntime) {
    throw new Error('the TensorFlow wheel needs glibc, which this Linux does not use');
  }
  return wheel;
}

/** @returns {boolean} whether the libraries of the wheel that is locked are there, each in its full size */
export function librariesComplete() {
  const { files, 'requirements-tensorflow.txt': requirements } = readJson(stamp) ?? {};
  if (requirements !== hashFile(paths.tensorflowRequirements)) return false;
  return Object.entries(files).every(([name, size]) => {
    const file = path.join(libraries, name);
    return fs.existsSync(file) && fs.statSync(file).size === size;
  });
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
  try {
    await download(wheel, partial, say);
    say('unpacking');
    await unpack(partial);
  } finally {
    remove(partial);
  }
  const sizes = fs.readdirSync(libraries).map((name) => [name, fs.statSync(path.join(libraries, name)).size]);
  writeJson(stamp, {
    'requirements-tensorflow.txt': hashFile(paths.tensorflowRequirements),
    files: Object.fromEntries(sizes),
  });
}

/** @param {Wheel} wheel @param {string} folder @param {(text: string) => void} say */
async function download({ tag, megabytes }, folder, say) {
  const watch = setInterval(() => say(`${downloaded(folder)} of ${megabytes} MB`), 500);
  // pip downloads into its temporary folder: ours, so that a small /tmp cannot stop it and progress can be seen.
  const env = { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder };
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

/** @param {string} folder - holds the wheel */
async function unpack(folder) {
  const [wheel] = fs.readdirSync(folder).filter((name) => name.endsWith('.whl'));
  const result = await run(paths.venvPython, [unpacker, path.join(folder, wheel), folder]);
  if (result.code !== 0) throw explain('unpacking the TensorFlow wheel', result);
  for (const target of [libraries, headers]) {
    remove(target);
    fs.renameSync(path.join(folder, path.basename(target)), target);
  }
}
