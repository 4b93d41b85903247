/** npm start: sets up what is missing and opens JupyterLab at the first notebook, on this machine only. */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { readOptions, runMain } from './setup/options.mjs';
import { Problem, root } from './setup/project.mjs';
import { setUp } from './setup.mjs';
import { languageNamed, prepareLanguage } from './start/language.mjs';
import { host, openBrowser, startJupyter, untilReady } from './start/server.mjs';

const firstPort = 8888;
const portsToTry = 100;
const firstNotebook = '00-start-here.ipynb';

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

/**
 * @param {string} folder - of the notebooks, with slashes
 * @returns {string} the address's path of the page that opens first
 */
function firstPage(folder) {
  const notebook = `${folder}/${firstNotebook}`;
  return fs.existsSync(path.join(root, notebook)) ? `/lab/tree/${notebook}` : '/lab';
}

runMain(async () => {
  const options = readOptions('npm start', {
    port: { type: 'string' },
    'no-browser': { type: 'boolean' },
    lang: { type: 'string' },
  });
  const language = options.lang === undefined ? undefined : languageNamed(options.lang);
  // Wrong options are told before a long set-up; the port may be taken meanwhile, so it is chosen after it.
  if (options.port !== undefined) await choosePort(options.port);
  await setUp();
  const port = await choosePort(options.port);
  const environment = language ? await prepareLanguage(language) : {};
  const page = firstPage(language?.folder ?? 'notebooks');
  const jupyter = startJupyter(port, page, environment);
  try {
    await untilReady(port, jupyter.token, jupyter.ended);
    const address = `http://${host}:${port}${page}?token=${jupyter.token}`;
    if (!options['no-browser'] && hasDisplay()) jupyter.exit.then(openBrowser(address));
    console.log(`Open: ${address}`);
    console.log('JupyterLab runs until you press Ctrl-C here.');
  } catch (error) {
    if (!jupyter.asked.aborted) {
      jupyter.end();
      throw error;
    }
  }
  return jupyter.exit;
});
