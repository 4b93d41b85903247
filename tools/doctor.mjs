/** npm run doctor: what is installed, which TensorFlow runs and why, and for each thing wrong the command that mends it. */
import os from 'node:os';
import path from 'node:path';
import { jupyterLacks } from './setup/jupyter.mjs';
import { readOptions, runMain } from './setup/options.mjs';
import { checkNode, developmentMissing, npmVersion, oldNode, packagesNeeded } from './setup/packages.mjs';
import { ask, explain, run } from './setup/processes.mjs';
import { Problem, packageVersion, paths, root } from './setup/project.mjs';
import { findPython, venvNeeded, venvVersion } from './setup/python.mjs';
import { librariesComplete } from './setup/tensorflow/libraries.mjs';
import { probeBackend, tensorflowNeeded, tensorflowStatus } from './setup/tensorflow.mjs';

const setupCommand = 'npm run setup';

/**
 * @typedef {object} Report
 * @property {boolean} ok - whether nothing is broken; a slower backend is not broken
 * @property {string} node
 * @property {string | null} npm
 * @property {string | null} python - of the .venv, else the one that would make it
 * @property {string | null} jupyterlab
 * @property {string | null} tslab
 * @property {string | null} typescript - tslab's own, which compiles the cells
 * @property {string[]} forTestsMissing - packages that only tests and changes need, and that are not here; no fault
 * @property {'native' | 'wasm' | 'js' | 'webgpu' | null} backend - the one that really starts
 * @property {string | null} tensorflow - version of the TensorFlow library; null unless the backend is native
 * @property {string} [operations] - where the backend is native: whose operations a transformer is trained with
 * @property {string} reason - why this backend and not a better one
 * @property {number} cores
 * @property {string | null} data - which digits are loaded
 * @property {{ problem: string, remedy: string }[]} problems
 */

/** @returns {Promise<Report>} */
async function examine() {
  /** @type {Report['problems']} */
  const problems = [];
  /** @param {() => void} check @returns {boolean} */
  const passes = (check) => {
    try {
      check();
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push({ problem: error.problem, remedy: error.remedy });
      return false;
    }
  };
  /** @param {string} problem @param {string} [remedy] */
  const add = (problem, remedy = setupCommand) => problems.push({ problem, remedy });

  passes(checkNode);
  const stalePackages = packagesNeeded();
  if (stalePackages) add(`The npm packages are not as locked (${stalePackages})`);
  const python = examinePython(passes, add);
  const [native, data] = await Promise.all([examineBackend(add), examineData(add)]);
  return {
    ok: problems.length === 0,
    node: process.versions.node,
    npm: npmVersion() ?? null,
    ...python,
    tslab: packageVersion(path.join(paths.nodeModules, 'tslab')) ?? null,
    typescript: packageVersion(path.join(paths.nodeModules, '@tslab', 'typescript-for-tslab')) ?? null,
    forTestsMissing: developmentMissing(),
    ...native,
    cores: os.availableParallelism(),
    ...data,
    problems,
  };
}

/**
 * @param {(check: () => void) => boolean} passes
 * @param {(problem: string, remedy?: string) => void} add
 */
function examinePython(passes, add) {
  const staleVenv = venvNeeded();
  if (staleVenv) {
    add(`JupyterLab's .venv is not as locked (${staleVenv})`);
    /** @type {string | null} */
    let found = null;
    passes(() => {
      found = findPython().version;
    });
    return { python: venvVersion() ?? found, jupyterlab: null };
  }
  // A notebook that was edited since is signed again by the next npm start: nothing is broken.
  const lacks = jupyterLacks();
  if (lacks) add(`JupyterLab is not prepared (${lacks})`);
  const jupyterlab = ask(paths.venvPython, ['-c', 'import jupyterlab; print(jupyterlab.__version__)']);
  if (!jupyterlab) add('JupyterLab is not whole', `delete .venv, then ${setupCommand}`);
  return { python: venvVersion() ?? null, jupyterlab: jupyterlab ?? null };
}

/**
 * @param {(problem: string, remedy?: string) => void} add
 * @returns {Promise<Pick<Report, 'backend' | 'tensorflow' | 'operations' | 'reason'>>}
 */
async function examineBackend(add) {
  const status = tensorflowStatus();
  const whole = status?.way !== 'wheel' || librariesComplete({ anew: true });
  if (!whole) add("TensorFlow's libraries are not byte for byte as set-up left them");
  const stale = tensorflowNeeded();
  if (packagesNeeded()) return { backend: null, tensorflow: null, reason: 'no npm packages' };
  const { code, output, last } = await probeBackend({ quiet: true });
  if (code !== 0) {
    const { problem } = explain('Starting TensorFlow', { code, output });
    const onCard = process.env.DESCENT_BACKEND === 'webgpu';
    const anew = onCard ? `${setupCommand} -- --gpu, or unset DESCENT_BACKEND` : undefined;
    add(problem, anew ?? `delete node_modules, then ${setupCommand}`);
    return { backend: null, tensorflow: null, reason: 'none starts' };
  }
  const { backend, version, operations, reason } = JSON.parse(last);
  if (backend === 'native') {
    // What set-up compiles for this processor, this library and these sources is no fault while it is missing.
    const anew = stale ? `; to have the course's own compiled: ${setupCommand}` : '';
    return { backend, tensorflow: version, operations: `${operations}${anew}`, reason };
  }
  const wasNative = status && status.way !== 'none';
  if (stale) {
    if (whole) add(`TensorFlow is not set up (${stale})`);
  } else if (!process.env.DESCENT_BACKEND && wasNative) {
    add(`Native TensorFlow does not run (${reason})`, `delete .tensorflow, then ${setupCommand}`);
  }
  const hint = status?.retry ? ` (to try again: ${status.retry})` : '';
  // Set-up knows better only why it got no native library.
  const why = status?.way === 'none' && !process.env.DESCENT_BACKEND ? status.reason : reason;
  return { backend, tensorflow: null, reason: `${why}${hint}` };
}

/**
 * Loads MNIST, as a notebook would.
 *
 * @param {(problem: string, remedy?: string) => void} add
 * @returns {Promise<Pick<Report, 'data'>>}
 */
async function examineData(add) {
  if (packagesNeeded()) return { data: null };
  const load = `require('./lib/data').loadMnist().then(
    ({ description }) => console.log(description),
    ({ message }) => { console.log(message); process.exitCode = 1; },
  )`;
  const { code, output } = await run(process.execPath, ['--import', 'tsx', '--eval', load], {
    cwd: root,
    quiet: true,
  });
  const folder = process.env.MNIST_DIR;
  const sentence = output.trim().replace(/^MNIST[:：]\s*|[.。]$/g, '');
  if (code === 0) return { data: folder ? `${sentence}, in ${folder}` : sentence };
  add(sentence, folder ? 'unset MNIST_DIR' : `delete node_modules, then ${setupCommand}`);
  return { data: null };
}

/** @param {Report} report */
function print(report) {
  const rows = [
    ['Node', oldNode()?.replace(/^Node /, '') ?? report.node],
    ['npm', report.npm],
    ['Python', report.python],
    ['JupyterLab', report.jupyterlab],
    ['tslab', report.tslab],
    ['TypeScript', report.typescript],
    ['Backend', report.backend && `${report.backend}: ${report.reason}`],
    ['TensorFlow', report.tensorflow ?? (report.backend && 'no native library')],
    ...(report.operations ? [['Operations', report.operations]] : []),
    ['Cores', String(report.cores)],
    ['MNIST', report.data],
    ['For tests', report.forTestsMissing.length ? 'npm test adds what only tests need' : 'all is here'],
  ];
  for (const [name, value] of rows) console.log(`  ${name?.padEnd(12)}${value ?? 'missing'}`);
  for (const { problem, remedy } of report.problems) console.log(`✗ ${problem}\n    mend it: ${remedy}`);
  console.log(report.ok ? 'Nothing is broken.' : `${report.problems.length} broken.`);
}

runMain(async () => {
  const { json } = readOptions('npm run doctor', { json: { type: 'boolean' } });
  const report = await examine();
  if (json) console.log(JSON.stringify(report, null, 2));
  else print(report);
  return report.ok ? 0 : 1;
});
