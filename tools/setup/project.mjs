/** Where the parts of an installation lie, and the small file helpers that set-up, start, doctor and test share. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

const windows = process.platform === 'win32';
const requirements = path.join(root, 'tools', 'setup', 'python');

/** @param {string} venv - a folder of a virtual environment @returns {string} its Python */
export function pythonOf(venv) {
  return path.join(venv, ...(windows ? ['Scripts', 'python.exe'] : ['bin', 'python']));
}

/** Paths of an installation, absolute. */
export const paths = {
  nodeModules: path.join(root, 'node_modules'),
  packageLock: path.join(root, 'package-lock.json'),
  venv: path.join(root, '.venv'),
  venvPython: pythonOf(path.join(root, '.venv')),
  requirements: path.join(requirements, 'requirements.txt'),
  tensorflowRequirements: path.join(requirements, 'requirements-tensorflow.txt'),
  kernel: path.join(root, 'kernel'),
  kernelspec: path.join(root, '.venv', 'share', 'jupyter', 'kernels', 'tslab'),
  notebooks: path.join(root, 'notebooks'),
  notebookHashes: path.join(root, 'notebooks', 'SHA256SUMS'),
  tensorflow: path.join(root, '.tensorflow'),
  tfjsNode: path.join(root, 'node_modules', '@tensorflow', 'tfjs-node'),
  /** of who asked for it: Dawn, and TensorFlow.js's backend upon it */
  webgpu: path.join(root, '.webgpu'),
  /** lock, log and Jupyter's own files: everything set-up writes that belongs to no other folder */
  state: path.join(root, '.setup'),
  log: path.join(root, '.setup', 'setup.log'),
};

/**
 * The environment for the project's Python, without what would make it take packages from elsewhere or put them there: a
 * package that pip finds on PYTHONPATH counts as installed, without its hash, and is missing later.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function pythonEnvironment() {
  const { PYTHONPATH, PYTHONHOME, PIP_TARGET, PIP_PREFIX, PIP_ROOT, PIP_USER, ...env } = process.env;
  return env;
}

/** Something that stops the work, said in one line: what is wrong, with the value, and the remedy. */
export class Problem extends Error {
  /**
   * @param {string} message - what is wrong, naming the value
   * @param {string} remedy - what the reader does about it
   */
  constructor(message, remedy) {
    super(`${message}; ${remedy}`);
    this.name = 'Problem';
    this.problem = message;
    this.remedy = remedy;
  }
}

/**
 * @param {string} file
 * @returns {string} the SHA-256 of the file's bytes, or `missing`
 */
export function hashFile(file) {
  try {
    return hashPieces(fs.openSync(file, 'r'));
  } catch {
    return 'missing';
  }
}

/** @param {number} opened - a file, read in pieces because some are larger than the memory that a process should take */
function hashPieces(opened) {
  try {
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafe(1 << 20);
    for (let size = fs.readSync(opened, piece); size > 0; size = fs.readSync(opened, piece)) {
      hash.update(piece.subarray(0, size));
    }
    return hash.digest('hex');
  } finally {
    fs.closeSync(opened);
  }
}

/**
 * @param {string} file
 * @returns {any} the file's JSON, or undefined if it is missing or damaged
 */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Writes a text so that a reader sees the old file or the new one, never half of it.
 *
 * @param {string} file
 * @param {string} text
 * @throws {Error} of the system, if it cannot be written: the old file stays
 */
export function replaceFile(file, text) {
  const draft = `${file}.${process.pid}.part`;
  try {
    fs.writeFileSync(draft, text);
    fs.renameSync(draft, file);
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Makes a folder and those above it. Node's own `recursive` never comes to an end where the system says of a folder that is
 * there that it is not, as in `/proc`.
 *
 * @param {string} folder - nothing is done where it is there
 * @throws {NodeJS.ErrnoException} of the system, if it cannot be made
 */
export function makeFolder(folder) {
  const place = path.resolve(folder);
  try {
    fs.mkdirSync(place);
  } catch (error) {
    if (fs.statSync(place, { throwIfNoEntry: false })?.isDirectory()) return;
    const above = path.dirname(place);
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== 'ENOENT' || above === place || fs.existsSync(above)) throw error;
    makeFolder(above);
    makeFolder(place);
  }
}

/**
 * Writes JSON, as `replaceFile` does; its folder is made.
 *
 * @param {string} file
 * @param {unknown} value
 */
export function writeJson(file, value) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  replaceFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * @param {number} bytes - needed in the project's folder
 * @throws {Problem} if the disk has less
 */
export function requireSpace(bytes) {
  const { bavail, bsize } = fs.statfsSync(root);
  const gigabytes = (/** @type {number} */ size) => `${(size / 1e9).toFixed(2)} GB`;
  if (bavail * bsize >= bytes) return;
  throw new Problem(
    `${gigabytes(bavail * bsize)} of disk space are free, ${gigabytes(bytes)} are needed`,
    'free some space and run the same command again',
  );
}

/**
 * @param {string} folder - an installed npm package
 * @returns {string | undefined} its version
 */
export function packageVersion(folder) {
  return readJson(path.join(folder, 'package.json'))?.version;
}

/**
 * Whether a finished step's stamp still describes what is wanted. A stamp is written last, so a step that
 * was killed has none.
 *
 * @param {string} stampFile
 * @param {Record<string, string>} wanted
 * @returns {string | undefined} why the step must run, or undefined if it need not
 */
export function whyStale(stampFile, wanted) {
  const stamp = readJson(stampFile);
  if (!stamp) return 'not finished yet';
  const changed = Object.keys(wanted).filter((key) => stamp[key] !== wanted[key]);
  return changed.length ? `changed: ${changed.join(', ')}` : undefined;
}

/** @param {string} target - a file or folder to delete, if it is there */
export function remove(target) {
  fs.rmSync(target, { recursive: true, force: true, maxRetries: 3 });
}
