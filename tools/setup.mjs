/**
 * npm run setup: brings a clone to the point where everything runs, and does nothing when all is there.
 * Each step writes its stamp last, so it can be stopped at any time and run again.
 */
import os from 'node:os';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { jupyterNeeded, prepareJupyter } from './setup/jupyter.mjs';
import { unlock, withLock } from './setup/lock.mjs';
import { readOptions, runMain } from './setup/options.mjs';
import { checkNode, installPackages, npmVersion, packagesNeeded } from './setup/packages.mjs';
import { stopAll } from './setup/processes.mjs';
import { elapsed, step } from './setup/progress.mjs';
import { root } from './setup/project.mjs';
import { findPython, makeVenv, venvNeeded } from './setup/python.mjs';
import { installTensorflow, requireChoice, tensorflowNeeded, tensorflowStatus } from './setup/tensorflow.mjs';

/**
 * Sets up what is missing.
 *
 * @param {{ tensorflow?: string }} [options] - which TensorFlow to get; without it, the one that an earlier set-up
 *   reached is kept, and the first set-up takes the best it can get
 * @throws {import('./setup/project.mjs').Problem} what stops it, and the remedy
 */
export async function setUp({ tensorflow } = {}) {
  const start = Date.now();
  checkNode();
  if (tensorflow) requireChoice(tensorflow);
  if (!needed(tensorflow)) {
    console.log(`Descent is set up (${elapsed(start)}).`);
    return;
  }
  const stop = stopCleanly();
  console.log(`Setting up Descent in ${root}`);
  await withLock(() => work(tensorflow)).finally(stop);
  const status = tensorflowStatus();
  if (status?.retry) {
    console.log(`  Note: ${status.reason}.`);
    console.log(`        Everything runs, training is slower. To try again: ${status.retry}`);
  }
  console.log(`Descent is set up (${elapsed(start)}).`);
}

/** @param {string} [tensorflow] */
function needed(tensorflow) {
  return packagesNeeded() ?? venvNeeded() ?? jupyterNeeded() ?? tensorflowNeeded(tensorflow);
}

/** @param {string} [tensorflow] */
async function work(tensorflow) {
  const versions = [`Node ${process.versions.node}`, `npm ${npmVersion() ?? 'missing'}`];
  const python = venvNeeded() ? findPython() : undefined;
  if (python) versions.push(`Python ${python.version}`);
  console.log(`  ✓ ${versions.join(', ')}`);
  if (packagesNeeded()) await step('npm packages', installPackages);
  if (python) await step('JupyterLab', (say) => makeVenv(python, say));
  if (jupyterNeeded()) await step('TypeScript kernel', prepareJupyter);
  if (tensorflowNeeded(tensorflow)) {
    await step(
      'TensorFlow',
      (say) => installTensorflow(tensorflow ?? 'auto', say),
      ({ version, way }) => (version ? `${version} (${way})` : 'WebAssembly'),
    );
  }
}

/** Ctrl-C ends the programs that run, gives the lock back, and says how to go on. */
function stopCleanly() {
  /** @param {'SIGINT' | 'SIGTERM'} signal */
  const stop = (signal) => {
    stopAll();
    unlock();
    console.error('\nStopped. Run the same command again to go on.');
    process.exit(128 + os.constants.signals[signal]);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return () => process.off('SIGINT', stop).off('SIGTERM', stop);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  runMain(async () => {
    await setUp(readOptions('npm run setup', { tensorflow: { type: 'string' } }));
    return 0;
  });
}
