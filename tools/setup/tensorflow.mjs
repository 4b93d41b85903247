/**
 * Native TensorFlow, by the first way that works:
 *   upstream  tfjs-node's own installer, unless its host cannot be reached
 *   wheel     tfjs-node's binding, compiled here against the libraries of TensorFlow's wheel from PyPI
 *   none      WebAssembly serves: slower, and nothing to install
 * No failure here stops the set-up; `.tensorflow/status.json` says what runs and why not something better.
 */
import path from 'node:path';
import process from 'node:process';
import { run } from './processes.mjs';
import { Problem, paths, root } from './project.mjs';
import { clearBinding } from './tensorflow/binding.mjs';
import { forgetStatus, recordStatus } from './tensorflow/status.mjs';
import { installUpstream } from './tensorflow/upstream.mjs';
import { installFromWheel } from './tensorflow/wheel.mjs';

export { tensorflowNeeded, tensorflowStatus } from './tensorflow/status.mjs';

/** @typedef {import('./tensorflow/status.mjs').TensorflowStatus} TensorflowStatus */

/** @typedef {'upstream' | 'wheel'} NativeWay */

/** @type {Record<NativeWay, (say: (text: string) => void) => Promise<void>>} */
const nativeWays = { upstream: installUpstream, wheel: installFromWheel };

/** The values of `--tensorflow`. */
const choices = ['auto', ...Object.keys(nativeWays), 'none'];

/** Arguments for Node that start a backend and print it as JSON. */
const backendProbe = [
  path.join(paths.nodeModules, 'tsx', 'dist', 'cli.mjs'),
  path.join(root, 'tools', 'setup', 'probe.ts'),
];

/** @param {string} choice @throws {Problem} unless it is one of the choices */
export function requireChoice(choice) {
  if (!choices.includes(choice)) {
    throw new Problem(`--tensorflow=${choice} is unknown`, `it is one of ${choices.join(', ')}`);
  }
}

/**
 * Tries the ways that a choice allows, one after the other, each to its first product of two matrices.
 *
 * @param {string} choice - one of the choices
 * @param {(text: string) => void} say
 * @returns {Promise<TensorflowStatus>} how it ended
 */
export async function installTensorflow(choice, say) {
  forgetStatus();
  /** @type {string[]} */
  const failures = [];
  for (const way of waysOf(choice)) {
    try {
      await nativeWays[way](say);
      const version = await verify(say);
      const reason = [`native TensorFlow ${version} runs`, ...failures].join('; ');
      return recordStatus({ way, version, reason });
    } catch (error) {
      failures.push(`${way}: ${/** @type {Error} */ (error).message.split('\n')[0]}`);
    }
  }
  clearBinding();
  const reason = ['WebAssembly serves, slower than native TensorFlow', ...failures].join('; ');
  const retry = choice === 'none' ? undefined : `npm run setup -- --tensorflow=${choice}`;
  return recordStatus({ way: 'none', version: null, reason, retry });
}

/** @param {string} choice @returns {NativeWay[]} in the order in which they are tried */
function waysOf(choice) {
  const ways = /** @type {NativeWay[]} */ (Object.keys(nativeWays));
  return ways.filter((way) => choice === 'auto' || choice === way);
}

/**
 * Multiplies two matrices natively in another process, which a broken library may take down.
 *
 * @param {(text: string) => void} say
 * @returns {Promise<string>} the version of the TensorFlow library
 * @throws {Error} if it does not run
 */
async function verify(say) {
  say('trying it');
  const { code, last } = await probeBackend('native');
  if (code === 0) return JSON.parse(last).version;
  throw new Error(`it was installed but does not run (exit status ${code}: ${last})`);
}

/**
 * Starts a backend in another process and multiplies two matrices with it.
 *
 * @param {string[]} backend - its name; empty: as a notebook chooses it
 * @returns {Promise<{ code: number, output: string, last: string }>} exit status, all it printed, and the last line of
 *   that: JSON where the status is 0
 */
export async function probeBackend(...backend) {
  const { code, output } = await run(process.execPath, [...backendProbe, ...backend], {
    cwd: root,
    timeout: 120_000,
  });
  return { code, output, last: output.trim().split('\n').slice(-1)[0] };
}
