/** How the last set-up of TensorFlow ended, and whether that still holds. */
import fs from 'node:fs';
import path from 'node:path';
import { paths, readJson, whyStale, writeJson } from '../project.mjs';
import { bindingFile, bindingSources } from './binding.mjs';
import { librariesComplete } from './libraries.mjs';
import { operationsBuilt } from './operations.mjs';

/**
 * @typedef {object} TensorflowStatus
 * @property {string} choice - what was asked for; kept until the reader asks for something else
 * @property {'upstream' | 'wheel' | 'none'} way - how the TensorFlow in use was got
 * @property {string | null} version - of the TensorFlow library; null when WebAssembly serves
 * @property {string} reason - one sentence: what runs, and why nothing better
 * @property {string} [retry] - the command that tries again, where a way failed
 */

const statusFile = path.join(paths.tensorflow, 'status.json');

function wanted() {
  return { ...bindingSources(), 'Node version': process.versions.node.split('.')[0] };
}

/** @returns {TensorflowStatus | undefined} how the last set-up ended; undefined while one is at work */
export function tensorflowStatus() {
  const status = readJson(statusFile);
  return status?.way ? status : undefined;
}

/** @returns {string} what the reader asked for last; `auto` without a wish */
export function chosenTensorflow() {
  return readJson(statusFile)?.choice ?? 'auto';
}

/**
 * Forgets how the last set-up ended, so that one which is killed now is not taken for finished.
 *
 * @param {string} choice - what this set-up was asked for, which the next one goes on with
 */
export function beginStatus(choice) {
  writeJson(statusFile, { choice });
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
 * @param {string} [choice] - what the reader asks for; without it, what an earlier set-up reached is kept
 * @returns {string | undefined} why TensorFlow must be set up
 */
export function tensorflowNeeded(choice) {
  const status = tensorflowStatus();
  const stale = whyStale(statusFile, wanted());
  if (stale || !status) return stale ?? 'not finished yet';
  if (status.way !== 'none' && !fs.existsSync(bindingFile())) return 'its binding is gone';
  if (status.way === 'wheel' && !librariesComplete()) return 'its libraries are gone or changed';
  if (status.way === 'wheel' && !operationsBuilt()) return "the course's operations are not compiled for it";
  const way = choice === 'auto' ? 'wheel' : choice;
  return way === undefined || way === status.way ? undefined : `--tensorflow=${choice}`;
}
