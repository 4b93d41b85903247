/**
 * Native TensorFlow, by the way that is asked for:
 *   auto      wheel; where that fails, none
 *   wheel     tfjs-node's binding, compiled here against the libraries of TensorFlow's wheel from PyPI, locked by its hash
 *   upstream  tfjs-node's own installer, whose downloads nobody has pinned: only if asked for by name
 *   none      WebAssembly serves: slower, and nothing to install
 * No failure here stops the set-up; `.tensorflow/status.json` says what runs and why not something better.
 */
import path from 'node:path';
import process from 'node:process';
import { run } from './processes.mjs';
import { Problem, paths, root } from './project.mjs';
import { clearBinding } from './tensorflow/binding.mjs';
import { beginStatus, recordStatus } from './tensorflow/status.mjs';
import { installUpstream } from './tensorflow/upstream.mjs';
import { installFromWheel } from './tensorflow/wheel.mjs';

export { chosenTensorflow, tensorflowNeeded, tensorflowStatus } from './tensorflow/status.mjs';

/** @typedef {import('./tensorflow/status.mjs').TensorflowStatus} TensorflowStatus */

/** @typedef {'upstream' | 'wheel'} NativeWay */

/** @type {Record<NativeWay, (say: (text: string) => void) => Promise<void>>} */
const nativeWays = { wheel: installFromWheel, upstream: installUpstream };

/** The values of `--tensorflow`, each with the native way that it tries. @type {Record<string, NativeWay | undefined>} */
const choices = { auto: 'wheel', wheel: 'wheel', upstream: 'upstream', none: undefined };

/** What a reader who asks for it is told. */
export const upstreamIsNotPinned =
  "tfjs-node's own installer downloads native code whose hashes nobody has written down; the way that is pinned: npm run setup -- --tensorflow=wheel";

/** Arguments for Node that start a backend and print it as JSON. */
const backendProbe = [
  path.join(paths.nodeModules, 'tsx', 'dist', 'cli.mjs'),
  path.join(root, 'tools', 'setup', 'probe.ts'),
];

/** @param {string} choice @throws {Problem} unless it is one of the choices */
export function requireChoice(choice) {
  if (!Object.hasOwn(choices, choice)) {
    throw new Problem(`--tensorflow=${choice} is unknown`, `it is one of ${Object.keys(choices).join(', ')}`);
  }
}

/**
 * Goes the way that a choice names, to its first product of two matrices.
 *
 * @param {string} choice - one of the choices
 * @param {(text: string) => void} say
 * @returns {Promise<TensorflowStatus>} how it ended
 */
export async function installTensorflow(choice, say) {
  beginStatus(choice);
  const way = choices[choice];
  const slower = 'WebAssembly serves, slower than native TensorFlow';
  if (!way) {
    clearBinding();
    return recordStatus({ choice, way: 'none', version: null, reason: slower });
  }
  try {
    await nativeWays[way](say);
    const version = await verify(say);
    const origin =
      way === 'upstream' ? ", from tfjs-node's own installer, whose downloads are not pinned" : '';
    return recordStatus({ choice, way, version, reason: `native TensorFlow ${version} runs${origin}` });
  } catch (error) {
    clearBinding();
    const { message } = /** @type {Error} */ (error);
    const reason = `${slower}; ${way}: ${message.split('\n')[0]}`;
    const retry = `npm run setup -- --tensorflow=${choice}`;
    return recordStatus({ choice, way: 'none', version: null, reason, retry });
  }
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
  const { code, last } = await probeBackend({ backend: 'native' });
  if (code === 0) return JSON.parse(last).version;
  throw new Error(`it was installed but does not run (exit status ${code}: ${last})`);
}

/**
 * Starts a backend in another process and multiplies two matrices with it.
 *
 * @param {{ backend?: string, quiet?: boolean }} [options] - the backend's name, else as a notebook chooses it; and whether
 *   the set-up log is left alone
 * @returns {Promise<{ code: number, output: string, last: string }>} exit status, all it printed, and the last line of
 *   that: JSON where the status is 0
 */
export async function probeBackend({ backend, quiet } = {}) {
  const args = backend ? [...backendProbe, backend] : backendProbe;
  const { code, output } = await run(process.execPath, args, { cwd: root, timeout: 120_000, quiet });
  return { code, output, last: output.trim().split('\n').slice(-1)[0] };
}
