/** How the last set-up of TensorFlow ended, and whether that still holds. */
import fs from 'node:fs';
import path from 'node:path';
import { hashFile, packageVersion, paths, readJson, remove, whyStale, writeJson } from '../project.mjs';
import { bindingFile } from './binding.mjs';
import { librariesComplete } from './libraries.mjs';

/**
 * @typedef {object} TensorflowStatus
 * @property {'upstream' | 'wheel' | 'none'} way - how the TensorFlow in use was got
 * @property {string | null} version - of the TensorFlow library; null when WebAssembly serves
 * @property {string} reason - one sentence: what runs, and why nothing better
 * @property {string} [retry] - the command that tries again, where a way failed
 */

const statusFile = path.join(paths.tensorflow, 'status.json');

function wanted() {
  return {
    'tfjs-node': packageVersion(paths.tfjsNode) ?? 'missing',
    'requirements-tensorflow.txt': hashFile(paths.tensorflowRequirements),
    'Node version': process.versions.node.split('.')[0],
  };
}

/** @returns {TensorflowStatus | undefined} how the last set-up ended; undefined while one is at work */
export function tensorflowStatus() {
  return readJson(statusFile);
}

/** Forgets how the last set-up ended, so that one which is killed now is not taken for finished. */
export function forgetStatus() {
  remove(statusFile);
}

/**
 * @param {TensorflowStatus} status - how this set-up ended
 * @returns {TensorflowStatus} the same
 */
export function recordStatus(status) {
  writeJson(statusFile, { ...status, ...wanted() });
  return status;
}

/**
 * @param {string} [choice] - what the reader asked for; without it, what an earlier set-up reached is kept
 * @returns {string | undefined} why TensorFlow must be set up
 */
export function tensorflowNeeded(choice) {
  const status = tensorflowStatus();
  const stale = whyStale(statusFile, wanted());
  if (stale || !status) return stale ?? 'not finished yet';
  if (status.way !== 'none' && !fs.existsSync(bindingFile())) return 'its binding is gone';
  if (status.way === 'wheel' && !librariesComplete()) return 'its libraries are gone';
  if (!choice) return undefined;
  const kept = choice === 'auto' ? status.way !== 'none' : choice === status.way;
  return kept ? undefined : `--tensorflow=${choice}`;
}
