/** Everything Jupyter: its environment, the kernelspec, quiet defaults, and trust in the course's own notebooks. */
import fs from 'node:fs';
import path from 'node:path';
import { explain, run } from './processes.mjs';
import { hashFile, paths, readJson, remove, root, writeJson } from './project.mjs';

const settings = path.join(paths.venv, 'share', 'jupyter', 'lab', 'settings', 'overrides.json');
const trusted = path.join(paths.state, 'trusted.json');

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
  const { JUPYTER_PATH, JUPYTER_CONFIG_PATH, JUPYTER_NO_CONFIG, PYTHONHOME, PYTHONPATH, ...others } =
    process.env;
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

/** The course's own notebooks, by name; a notebook that the reader puts beside them is not ours to trust. */
function courseNotebooks() {
  const names = fs.existsSync(paths.notebooks) ? fs.readdirSync(paths.notebooks) : [];
  return names.filter((name) => /^\d\d-.*\.ipynb$/.test(name)).sort();
}

function notebookHashes() {
  return Object.fromEntries(
    courseNotebooks().map((name) => [name, hashFile(path.join(paths.notebooks, name))]),
  );
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
  const current = notebookHashes();
  const changed = Object.keys(current).filter((name) => signed?.[name] !== current[name]);
  return changed.length ? `to sign: ${changed.join(', ')}` : undefined;
}

/**
 * Links the kernel into the .venv, writes the settings, and signs the course's notebooks, so that Jupyter shows the
 * outputs they came with.
 */
export async function prepareJupyter() {
  if (!kernelInstalled()) installKernel();
  writeJson(settings, overrides);
  const hashes = notebookHashes();
  if (!Object.keys(hashes).length) return;
  const files = Object.keys(hashes).map((name) => path.join(paths.notebooks, name));
  const result = await run(paths.venvPython, ['-m', 'nbformat.sign', ...files], {
    cwd: root,
    env: jupyterEnvironment(),
  });
  if (result.code !== 0) throw explain('jupyter trust', result);
  writeJson(trusted, hashes);
}
