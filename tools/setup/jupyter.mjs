/** Everything Jupyter: its environment, the kernelspec, quiet defaults, and signatures of the course's own notebooks. */
import fs from 'node:fs';
import path from 'node:path';
import { unmodifiedNotebooks } from './notebook-hashes.mjs';
import { explain, run } from './processes.mjs';
import { hashFile, paths, pythonEnvironment, readJson, remove, root, writeJson } from './project.mjs';

const settings = path.join(paths.venv, 'share', 'jupyter', 'lab', 'settings', 'overrides.json');
const labextension = path.join(paths.venv, 'share', 'jupyter', 'labextensions', 'descent-figures');
const labextensionFiles = ['package.json', path.join('static', 'remoteEntry.js')];
const trusted = path.join(paths.state, 'trusted.json');
const signer = path.join(root, 'tools', 'setup', 'python', 'sign-notebooks.py');

/** JupyterLab's defaults for this project: nothing that asks the network or interrupts a newcomer. */
const overrides = {
  '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false },
};

/**
 * The environment of every Jupyter program of this project. Settings, signatures and running servers are kept in
 * `.setup/jupyter`, so the reader's own Jupyter and this one cannot disturb each other, and kernels start with the
 * Node that runs us.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function jupyterEnvironment() {
  const { JUPYTER_PATH, JUPYTER_CONFIG_PATH, JUPYTER_NO_CONFIG, ...others } = pythonEnvironment();
  // Of a Jupyter that started us: kernels would show its cells what opens it.
  const { JUPYTER_TOKEN, JUPYTER_TOKEN_FILE, ...env } = others;
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return {
    ...env,
    [name]: [path.dirname(process.execPath), path.dirname(paths.venvPython), env[name]].join(path.delimiter),
    VIRTUAL_ENV: paths.venv,
    JUPYTER_PREFER_ENV_PATH: '1',
    JUPYTER_PLATFORM_DIRS: '1',
    JUPYTER_CONFIG_DIR: path.join(paths.state, 'jupyter', 'config'),
    JUPYTER_DATA_DIR: path.join(paths.state, 'jupyter', 'data'),
    JUPYTER_RUNTIME_DIR: path.join(paths.state, 'jupyter', 'runtime'),
    JUPYTERLAB_SETTINGS_DIR: path.join(paths.state, 'jupyter', 'settings'),
    JUPYTERLAB_WORKSPACES_DIR: path.join(paths.state, 'jupyter', 'workspaces'),
  };
}

/** @returns {boolean} whether Jupyter finds the project's kernel */
export function kernelInstalled() {
  try {
    const installed = path.join(paths.kernelspec, 'kernel.json');
    if (fs.realpathSync(installed) === fs.realpathSync(path.join(paths.kernel, 'kernel.json'))) return true;
    return JSON.stringify(readJson(installed)) === JSON.stringify(copiedSpec());
  } catch {
    return false;
  }
}

function copiedSpec() {
  const text = fs.readFileSync(path.join(paths.kernel, 'kernel.json'), 'utf8');
  return JSON.parse(text.replaceAll('{resource_dir}', JSON.stringify(paths.kernel).slice(1, -1)));
}

function installKernel() {
  // A file system without links: a copy that names the kernel's folder.
  if (!link(paths.kernel, paths.kernelspec)) {
    writeJson(path.join(paths.kernelspec, 'kernel.json'), copiedSpec());
  }
}

/** @returns {boolean} whether JupyterLab finds the project's labextension, as it is now */
function labextensionInstalled() {
  return labextensionFiles.every(
    (name) =>
      hashFile(path.join(labextension, name)) === hashFile(path.join(paths.kernel, 'labextension', name)),
  );
}

function installLabextension() {
  const source = path.join(paths.kernel, 'labextension');
  if (!link(source, labextension)) fs.cpSync(source, labextension, { recursive: true });
}

/**
 * Makes a link in place of whatever is there.
 *
 * @param {string} target - a folder
 * @param {string} place
 * @returns {boolean} whether the file system has links
 */
function link(target, place) {
  fs.mkdirSync(path.dirname(place), { recursive: true });
  remove(place);
  try {
    const windows = process.platform === 'win32';
    const from = windows ? target : path.relative(path.dirname(place), target);
    fs.symlinkSync(from, place, windows ? 'junction' : 'dir');
    return true;
  } catch {
    return false;
  }
}

/** @returns {string | undefined} what JupyterLab lacks, signatures aside */
export function jupyterLacks() {
  if (!kernelInstalled()) return 'the kernel is not installed';
  if (!labextensionInstalled()) return 'the labextension is not installed';
  if (JSON.stringify(readJson(settings)) !== JSON.stringify(overrides)) return 'the settings are not there';
  return undefined;
}

/** @returns {string | undefined} why this step must run */
export function jupyterNeeded() {
  const lacks = jupyterLacks();
  if (lacks) return lacks;
  const signed = readJson(trusted);
  const own = unmodifiedNotebooks();
  const unsigned = Object.keys(own).filter((name) => signed?.[name] !== own[name]);
  return unsigned.length ? `to sign: ${unsigned.join(', ')}` : undefined;
}

/**
 * Links the kernel and the labextension into the .venv, writes the settings, and signs the course's notebooks, so that
 * Jupyter shows the outputs they came with. A notebook that is not as it was published is not ours to sign: its outputs
 * may hold scripts, and a script in JupyterLab may do what the reader may. What the reader saves in JupyterLab, Jupyter
 * signs itself.
 */
export async function prepareJupyter() {
  if (!kernelInstalled()) installKernel();
  if (!labextensionInstalled()) installLabextension();
  writeJson(settings, overrides);
  const own = unmodifiedNotebooks();
  if (!Object.keys(own).length) return;
  const result = await run(paths.venvPython, [signer, paths.notebookHashes], {
    cwd: root,
    env: jupyterEnvironment(),
  });
  if (result.code !== 0) throw explain('signing the notebooks', result);
  writeJson(trusted, own);
}
