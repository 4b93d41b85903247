/** Python, only for JupyterLab: a project-local .venv with everything locked by hash. */
import path from 'node:path';
import { ask, explain, run } from './processes.mjs';
import {
  hashFile,
  Problem,
  paths,
  pythonEnvironment,
  pythonOf,
  remove,
  requireSpace,
  root,
  whyStale,
  writeJson,
} from './project.mjs';

const stamp = path.join(paths.venv, '.descent-setup.json');
const least = [3, 10];
/** Bytes that JupyterLab's environment needs (320 MB). */
const spaceNeeded = 0.35e9;

const probe = `
import sys, json, importlib.util as u
print(json.dumps({'version': '%d.%d.%d' % sys.version_info[:3], 'executable': sys.executable,
  'venv': bool(u.find_spec('venv') and u.find_spec('ensurepip'))}))`;

/**
 * @typedef {object} Python
 * @property {string[]} command - the program and its first arguments
 * @property {string} version
 * @property {string} executable
 * @property {boolean} venv - whether it can make a virtual environment
 */

/** @param {string[]} command - the program and its first arguments @returns {Python | undefined} undefined if it does not run */
export function examinePython(command) {
  const answer = ask(command[0], [...command.slice(1), '-c', probe]);
  try {
    return answer ? { command, ...JSON.parse(answer) } : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} version */
function newEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > least[0] || (major === least[0] && minor >= least[1]);
}

/**
 * Finds the Python to use: the environment variable `PYTHON`, else the first that fits.
 *
 * @returns {Python}
 * @throws {Problem} if there is none, if all are too old, or if none can make a virtual environment
 */
export function findPython() {
  const named = process.env.PYTHON;
  const names = ['python3', 'python', ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];
  /** @type {string[][]} */
  const candidates = named ? [[named]] : names.map((name) => [name]);
  if (!named && process.platform === 'win32') candidates.unshift(['py', '-3']);
  const found = candidates.flatMap((command) => examinePython(command) ?? []);
  const fit = found.filter(({ version }) => newEnough(version));
  const usable = fit.find(({ venv }) => venv);
  if (usable) return usable;
  const again = 'then run the same command again';
  if (fit.length) {
    const { version, executable } = fit[0];
    throw new Problem(
      `Python ${version} (${executable}) has no venv module`,
      process.platform === 'linux'
        ? `install it (Debian, Ubuntu: sudo apt install python3-venv), ${again}`
        : `install Python from python.org, ${again}`,
    );
  }
  if (found.length) {
    const { version, executable } = found[0];
    throw new Problem(
      `Python ${version} (${executable}) is too old`,
      `install Python ${least.join('.')} or newer, or name one: PYTHON=/path/to/python3 npm run setup`,
    );
  }
  throw new Problem(
    named ? `PYTHON=${named} does not run` : 'Python is missing',
    `install Python ${least.join('.')} or newer (python.org; Debian, Ubuntu: sudo apt install python3 python3-venv), ${again}`,
  );
}

function wanted() {
  // The scripts in .venv/bin name the folder they were made in.
  return { 'requirements.txt': hashFile(paths.requirements), 'project folder': root };
}

/** @returns {string | undefined} the version of the .venv's Python, if it runs */
export function venvVersion() {
  return ask(paths.venvPython, ['-c', "import sys; print('%d.%d.%d' % sys.version_info[:3])"]);
}

/** @returns {string | undefined} why the .venv must be made */
export function venvNeeded() {
  return whyStale(stamp, wanted()) ?? (venvVersion() ? undefined : 'its Python does not run');
}

/**
 * Makes JupyterLab's environment.
 *
 * @param {Python} python
 * @param {(text: string) => void} say
 */
export async function makeVenv(python, say) {
  say('removing what an earlier set-up left');
  remove(paths.venv);
  requireSpace(spaceNeeded);
  await makeLockedVenv(python, paths.venv, paths.requirements, say);
  writeJson(stamp, wanted());
}

/**
 * Makes a virtual environment of what a file locks by hash: of wheels alone, so that no package's code runs meanwhile.
 *
 * @param {Python} python
 * @param {string} venv - its folder
 * @param {string} requirements - the file
 * @param {(text: string) => void} say
 * @throws {Problem} if it cannot be made, or a package is not the one that was locked
 */
export async function makeLockedVenv(python, venv, requirements, say) {
  say('making the environment');
  const [command, ...args] = python.command;
  const made = await run(command, [...args, '-m', 'venv', venv], { cwd: root, env: pythonEnvironment() });
  if (made.code !== 0) throw explain('python -m venv', made);
  const installed = await run(
    pythonOf(venv),
    [
      '-m',
      'pip',
      'install',
      '--require-hashes',
      '--only-binary=:all:',
      '--no-input',
      '--disable-pip-version-check',
      '--retries=2',
      '--timeout=30',
      '-r',
      requirements,
    ],
    { cwd: root, env: pythonEnvironment(), onLine: say },
  );
  if (installed.code !== 0) throw explain('pip install', installed);
}
