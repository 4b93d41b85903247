/**
 * npm run setup: brings a clone to the point where everything runs, and does nothing when all is there.
 * Each step writes its stamp last, so it can be stopped at any time and run again.
 */
import os from 'node:os';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { gpuNeeded, installGpu } from './setup/gpu.mjs';
import { jupyterNeeded, prepareJupyter } from './setup/jupyter.mjs';
import { requireLock, unlock, withLock } from './setup/lock.mjs';
import { readOptions, runMain } from './setup/options.mjs';
import {
  addDevelopment,
  checkNode,
  developmentMissing,
  installPackages,
  npmVersion,
  oldNode,
  packagesNeeded,
} from './setup/packages.mjs';
import { stopAll } from './setup/processes.mjs';
import { elapsed, step } from './setup/progress.mjs';
import { root } from './setup/project.mjs';
import { findPython, makeVenv, venvNeeded } from './setup/python.mjs';
import { requireNothingRuns } from './setup/running.mjs';
import {
  chosenTensorflow,
  installTensorflow,
  requireChoice,
  tensorflowNeeded,
  tensorflowStatus,
  upstreamIsNotPinned,
} from './setup/tensorflow.mjs';

/**
 * Sets up what is missing.
 *
 * @param {{ tensorflow?: string, dev?: boolean, gpu?: boolean }} [options]
 *   tensorflow - which TensorFlow to get; without it, the one that an earlier set-up reached is kept, and the first set-up
 *   takes that of the wheel, or WebAssembly
 *   dev - whether to add the packages that only tests and changes need; those that are there stay
 *   gpu - whether to add what computes on a graphics card; where it is there, it stays
 * @throws {import('./setup/project.mjs').Problem} what stops it, and the remedy
 */
export async function setUp({ tensorflow, dev = false, gpu = false } = {}) {
  const start = Date.now();
  checkNode();
  if (tensorflow) requireChoice(tensorflow);
  if (!needed(tensorflow, dev, gpu)) {
    console.log(`Descent is set up (${elapsed(start)}).`);
    return;
  }
  const stop = stopCleanly();
  console.log(`Setting up Descent in ${root}`);
  const old = oldNode();
  if (old) console.log(`  Note: ${old}.`);
  if (tensorflow === 'upstream') console.log(`  Note: ${upstreamIsNotPinned}.`);
  await withLock(() => work(tensorflow, dev, gpu)).finally(stop);
  const status = tensorflowStatus();
  if (status?.retry) {
    console.log(`  Note: ${status.reason}.`);
    console.log(`        Everything runs, training is slower. To try again: ${status.retry}`);
  }
  console.log(`Descent is set up (${elapsed(start)}).`);
}

/**
 * @param {string} [tensorflow] - which is to be there
 * @param {boolean} [development] - whether what only tests and changes need is to be there
 * @param {boolean} [gpu] - whether what computes on a graphics card is
 * @returns {string | undefined} why something must be set up
 */
export function needed(tensorflow, development = false, gpu = false) {
  const packages = packagesNeeded({ development });
  return packages ?? venvNeeded() ?? jupyterNeeded() ?? tensorflowNeeded(tensorflow) ?? gpuNeeded(gpu);
}

/** @param {string | undefined} tensorflow @param {boolean} development @param {boolean} gpu */
async function work(tensorflow, development, gpu) {
  const versions = [`Node ${process.versions.node}`, `npm ${npmVersion() ?? 'missing'}`];
  const python = venvNeeded() ? findPython() : undefined;
  if (python) versions.push(`Python ${python.version}`);
  console.log(`  ✓ ${versions.join(', ')}`);
  if (packagesNeeded() || python) requireNothingRuns();
  const missing = development ? developmentMissing() : [];
  if (missing.length) console.log(`  Tests and changes need more packages: ${missing.join(', ')}`);
  if (packagesNeeded()) await held('npm packages', (say) => installPackages(say, { development }));
  if (packagesNeeded({ development })) await held('packages for tests and changes', addDevelopment);
  if (python) await held('JupyterLab', (say) => makeVenv(python, say));
  if (jupyterNeeded()) await held('TypeScript kernel', prepareJupyter);
  if (tensorflowNeeded(tensorflow)) {
    await held(
      'TensorFlow',
      (say) => installTensorflow(tensorflow ?? chosenTensorflow(), say),
      ({ version, way }) => (version ? `${version} (${way})` : 'WebAssembly'),
    );
  }
  if (gpuNeeded(gpu)) await held('WebGPU', installGpu);
}

/** A step that begins only if the lock is still this set-up's. @type {typeof step} */
function held(name, work, describe) {
  requireLock();
  return step(name, work, describe);
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
    await setUp(
      readOptions('npm run setup', {
        tensorflow: { type: 'string' },
        dev: { type: 'boolean' },
        gpu: { type: 'boolean' },
      }),
    );
    return 0;
  });
}
