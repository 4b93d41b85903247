/** Everything Jupyter: its environment, the kernelspec, quiet defaults, and signatures of the course's own notebooks. */
import fs from 'node:fs';
import path from 'node:path';
import { unmodifiedNotebooks } from './notebook-hashes.mjs';
import { explain, run } from './processes.mjs';
import { paths, pythonEnvironment, readJson, remove, root, writeJson } from './project.mjs';

const settings = path.join(paths.venv, 'share', 'jupyter', 'lab', 'settings', 'overrides.json');
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
  fs.mkdirSync(path.dirname(paths.kernelspec), { recursive: true });
  remove(paths.kernelspec);
  try {
    const windows = process.platform === 'win32';
    const target = windows ? paths.kernel : path.relative(path.dirname(paths.kernelspec), paths.kernel);
    fs.symlinkSync(target, paths.kernelspec, windows ? 'junction' : 'dir');
  } catch {
    // A file system without links: a copy that names the kernel's folder.
    writeJson(path.join(paths.kernelspec, 'kernel.json'), copiedSpec());
  }
}

/** @returns {string | undefined} what JupyterLab lacks, signatures aside */
export function jupyterLacks() {
  if (!kernelInstalled()) return 'the kernel is not installed';
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
 * Links the kernel into the .venv, writes the settings, and signs the course's notebooks, so that Jupyter shows the
 * outputs they came with. A notebook that is not as it was published is not ours to sign: its outputs may hold scripts,
 * and a script in JupyterLab may do what the reader may. What the reader saves in JupyterLab, Jupyter signs itself.
 */
export async function prepareJupyter() {
  if (!kernelInstalled()) installKernel();
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
