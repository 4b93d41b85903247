/** npm start: sets up what is missing and opens JupyterLab at the first notebook, on this machine only. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { jupyterEnvironment } from './setup/jupyter.mjs';
import { readOptions, runMain } from './setup/options.mjs';
import { Problem, paths, root } from './setup/project.mjs';
import { setUp } from './setup.mjs';

const host = '127.0.0.1';
const firstPort = 8888;
const portsToTry = 100;
const startTimeout = 60_000;
const stopTimeout = 10_000;
const firstNotebook = 'notebooks/00-start-here.ipynb';

/** @param {string} text @returns {number} */
function readPort(text) {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) {
    throw new Problem(`--port=${text} is not a port`, 'give a whole number from 1 to 65535');
  }
  return port;
}

/** @param {number} port @returns {Promise<boolean>} whether a server can listen there */
function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** @param {string} [asked] - the reader's `--port` @returns {Promise<number>} */
async function choosePort(asked) {
  if (asked !== undefined) {
    const port = readPort(asked);
    if (await isFree(port)) return port;
    throw new Problem(
      `Port ${port} is taken or may not be used`,
      'give another one with -- --port N, or none: the next free one is then taken',
    );
  }
  for (let port = firstPort; port < firstPort + portsToTry; port++) {
    if (await isFree(port)) return port;
  }
  throw new Problem(
    `The ports ${firstPort} to ${firstPort + portsToTry - 1} are all taken`,
    'give one with -- --port N',
  );
}

/** @returns {boolean} whether a browser window could be shown */
function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** @param {string} address @param {AbortSignal} ended */
async function untilReady(address, ended) {
  const limit = Date.now() + startTimeout;
  while (Date.now() < limit && !ended.aborted) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Problem(
    'JupyterLab did not start',
    'its own words are above; npm run doctor looks for the cause',
  );
}

/** @returns {string} the address's path of the page that opens first */
function firstPage() {
  const there = fs.existsSync(path.join(root, firstNotebook));
  return there ? `/lab/tree/${firstNotebook}` : '/lab';
}

/** @param {number} port @param {string} page @param {boolean} browser - whether to open one @returns {string[]} */
function jupyterArguments(port, page, browser) {
  return [
    ...['-m', 'jupyterlab', '--log-level=ERROR', '--LabApp.log_level=ERROR'],
    ...[`--ServerApp.ip=${host}`, `--ServerApp.port=${port}`, '--ServerApp.port_retries=0'],
    ...[`--ServerApp.root_dir=${root}`, `--LabApp.default_url=${page}`],
    ...[`--ServerApp.open_browser=${browser ? 'True' : 'False'}`],
    ...['--ServerApp.use_redirect_file=False'],
    ...['--LabApp.extension_manager=readonly', '--LabApp.news_url='],
    // Only the course's kernel: the .venv's own Python knows nothing of it.
    ...['--KernelSpecManager.allowed_kernelspecs=tslab'],
    ...['--KernelSpecManager.ensure_native_kernel=False'],
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
}

/**
 * Starts JupyterLab, which a signal to this process ends.
 *
 * @param {string[]} args
 * @param {string} token - goes through the environment, where other users of this machine cannot read it
 */
function startJupyter(args, token) {
  const jupyter = spawn(paths.venvPython, args, {
    cwd: root,
    env: { ...jupyterEnvironment(), JUPYTER_TOKEN: token },
    stdio: ['ignore', 'inherit', 'inherit'],
    // In a group of its own, so that Ctrl-C reaches only us and Jupyter is ended without its question.
    detached: process.platform !== 'win32',
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
    jupyter.kill('SIGTERM');
    setTimeout(() => jupyter.kill('SIGKILL'), stopTimeout).unref();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  return { exit, ended: ended.signal, asked: asked.signal, kill: () => jupyter.kill('SIGKILL') };
}

runMain(async () => {
  const options = readOptions('npm start', {
    port: { type: 'string' },
    'no-browser': { type: 'boolean' },
  });
  // Wrong options are told before a long set-up; the port may be taken meanwhile, so it is chosen after it.
  if (options.port !== undefined) await choosePort(options.port);
  await setUp();
  const port = await choosePort(options.port);
  const page = firstPage();
  const browser = !options['no-browser'] && hasDisplay();
  const token = randomBytes(24).toString('hex');
  const jupyter = startJupyter(jupyterArguments(port, page, browser), token);
  try {
    await untilReady(`http://${host}:${port}/api/status?token=${token}`, jupyter.ended);
    console.log(`Open: http://${host}:${port}${page}?token=${token}`);
    console.log('JupyterLab runs until you press Ctrl-C here.');
  } catch (error) {
    if (!jupyter.asked.aborted) {
      jupyter.kill();
      throw error;
    }
  }
  return jupyter.exit;
});
