/** JupyterLab as `npm start` runs it: on this machine only, with a token that no command line shows. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { endGuarded, spawnGuarded, watchNpm } from '../setup/guarded.mjs';
import { jupyterEnvironment } from '../setup/jupyter.mjs';
import { Problem, paths, root } from '../setup/project.mjs';

export const host = '127.0.0.1';

const startTimeout = 60_000;
const stopTimeout = 10_000;
const config = path.join(root, 'tools', 'start', 'jupyter_config.py');

/** @param {number} port @param {string} page @returns {string[]} */
function jupyterArguments(port, page) {
  return [
    ...['-m', 'jupyterlab', `--config=${config}`, '--log-level=ERROR', '--LabApp.log_level=ERROR'],
    ...[`--ServerApp.ip=${host}`, `--ServerApp.port=${port}`, '--ServerApp.port_retries=0'],
    ...[`--ServerApp.root_dir=${root}`, `--LabApp.default_url=${page}`],
    // The browser is opened by `openBrowser`: of Jupyter's own ways one shows the token, and one fails in a sandbox.
    '--ServerApp.open_browser=False',
    ...['--LabApp.extension_manager=readonly', '--LabApp.news_url='],
    // Only the course's kernel: the .venv's own Python knows nothing of it.
    ...['--KernelSpecManager.allowed_kernelspecs=tslab'],
    ...['--KernelSpecManager.ensure_native_kernel=False'],
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
}

/**
 * Starts JupyterLab under the guard: it ends with its terminals and kernels when this process gets a signal, and also
 * when this process, or the npm that runs it, is killed.
 *
 * @param {number} port
 * @param {string} page - the path of the page that opens first
 * @param {Record<string, string>} [environment] - further variables of its environment
 * @returns the token that opens it, its exit status to be (0 if it was asked to end), and whether it ended, was asked to
 */
export function startJupyter(port, page, environment = {}) {
  const token = randomBytes(24).toString('hex');
  const jupyter = spawnGuarded(paths.venvPython, jupyterArguments(port, page), {
    cwd: root,
    // Through the environment, which other users of this machine cannot read; the configuration takes it out.
    env: { ...jupyterEnvironment(), ...environment, JUPYTER_TOKEN: token },
    grace: stopTimeout,
    output: 'inherit',
  });
  const ended = new AbortController();
  const asked = new AbortController();
  /** @type {Promise<number>} */
  const exit = new Promise((resolve) => {
    jupyter.on('close', (code) => resolve(asked.signal.aborted ? 0 : (code ?? 1)));
    jupyter.on('error', () => resolve(1));
  });
  exit.then(() => ended.abort());
  const stop = () => {
    if (asked.signal.aborted) return;
    asked.abort();
    console.log('\nStopping JupyterLab.');
    endGuarded(jupyter);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  watchNpm('start', stop);
  return { token, exit, ended: ended.signal, asked: asked.signal, end: () => endGuarded(jupyter) };
}

/**
 * Waits until JupyterLab answers. Asked is this machine itself, past any proxy, with the token in a header: an address
 * is written into logs.
 *
 * @param {number} port
 * @param {string} token
 * @param {AbortSignal} ended - aborted when JupyterLab has ended
 * @throws {Problem} if it ends first, or takes longer than a minute
 */
export async function untilReady(port, token, ended) {
  const limit = Date.now() + startTimeout;
  while (Date.now() < limit && !ended.aborted) {
    if (await answers(port, token)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Problem(
    'JupyterLab did not start',
    'its own words are above; npm run doctor looks for the cause',
  );
}

/** @param {number} port @param {string} token @returns {Promise<boolean>} */
function answers(port, token) {
  return new Promise((resolve) => {
    const request = http.get({
      ...{ host, port, path: '/api/status', timeout: 5000 },
      headers: { Authorization: `token ${token}` },
      // An agent of its own: the global one may be set to ask a proxy.
      agent: false,
    });
    request.on('response', (response) => resolve(response.resume().statusCode === 200));
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/**
 * Opens the reader's browser at an address that holds a token. Command lines are shown to every user of a machine, so
 * the browser is given a page that only the reader may read, which leads on to the address. The page lies in `out/`:
 * a browser in a sandbox of its own may not read hidden folders of the home folder.
 *
 * @param {string} address
 * @returns {() => void} what deletes the page again
 */
export function openBrowser(address) {
  const folder = path.join(root, 'out');
  const page = path.join(folder, `open-${new URL(address).port}.html`);
  fs.mkdirSync(folder, { recursive: true });
  fs.rmSync(page, { force: true });
  fs.writeFileSync(page, redirect(address), { mode: 0o600, flag: 'wx' });
  // Python's own module knows the browsers of each system, and the variable BROWSER.
  const browser = spawn(paths.venvPython, ['-m', 'webbrowser', pathToFileURL(page).href], {
    env: jupyterEnvironment(),
    stdio: 'ignore',
    detached: true,
  });
  // Without a browser the printed address serves.
  browser.on('error', () => {});
  browser.unref();
  return () => fs.rmSync(page, { force: true });
}

/** @param {string} address - as `URL` writes it, so without quotes @returns {string} a page that leads there */
function redirect(address) {
  const target = address.replaceAll('&', '&amp;');
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${target}"><title>JupyterLab</title>
<a href="${target}">JupyterLab</a></html>
`;
}
