/**
 * TensorFlow.js with the fastest backend this machine has: native, else WebAssembly, else JavaScript.
 *
 * Every other file takes `tf` from here, so that all share one engine and one backend.
 */
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { requireOneOf } from './checks';

export { tf };

const choices = ['auto', 'native', 'wasm', 'js'] as const;

/** What runs the tensors: the TensorFlow library, tfjs's WebAssembly, or tfjs's plain JavaScript. */
export type Backend = 'native' | 'wasm' | 'js';

/** A backend by name, or `auto`: the fastest that starts. */
export type BackendChoice = (typeof choices)[number];

/** The backend in use. */
export interface BackendReport {
  backend: Backend;
  /** version of the TensorFlow library (native) or of TensorFlow.js (wasm, js) */
  version: string;
  /** one sentence: which backend runs and why not a better one */
  reason: string;
}

let report: BackendReport | undefined;
let starting: Promise<BackendReport> = Promise.resolve() as never;

/**
 * Starts the fastest backend there is, or the one asked for. Idempotent.
 *
 * @param choice - `auto` (native, else wasm, else js) or the one backend to use; without it, the
 *   environment variable `DESCENT_BACKEND`, else `auto`
 * @returns the backend, its version, and why it runs
 * @throws RangeError if the name is unknown; Error if the backend asked for cannot start
 */
export async function startTensorflow(choice?: BackendChoice): Promise<BackendReport> {
  const wanted = choice ?? (process.env.DESCENT_BACKEND || 'auto');
  requireOneOf(choice ? 'backend' : 'DESCENT_BACKEND', wanted, choices, 'start TensorFlow');
  starting = starting.catch(() => undefined as never).then(() => start(wanted));
  return starting;
}

/**
 * @returns the backend in use
 * @throws Error before `startTensorflow()`
 */
export function describeBackend(): BackendReport {
  if (!report) throw new Error('TensorFlow has not started: await startTensorflow() first');
  return { ...report };
}

async function start(wanted: BackendChoice): Promise<BackendReport> {
  if (report && (wanted === 'auto' || wanted === report.backend)) return { ...report };
  const failures: string[] = [];
  for (const backend of wanted === 'auto' ? (['native', 'wasm', 'js'] as const) : [wanted]) {
    try {
      const version = await starters[backend]();
      report = { backend, version, reason: [labels[backend], ...failures].join('; ') };
      return { ...report };
    } catch (error) {
      failures.push(`${backend}: ${(error as Error).message}`);
    }
  }
  throw new Error(`Cannot start TensorFlow on ${wanted}: ${failures.join('; ')}`);
}

const labels = {
  native: 'native TensorFlow runs',
  wasm: 'WebAssembly runs',
  js: 'plain JavaScript runs',
};

const starters: Record<Backend, () => Promise<string>> = {
  async native() {
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
    const util = require('node:util');
    util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
    tf.env().set('IS_NODE', true);
    require('@tensorflow/tfjs-node');
    await use('tensorflow');
    return (tf.backend() as unknown as { binding: { TF_Version: string } }).binding.TF_Version;
  },
  async wasm() {
    const wasm = require('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(
      path.join(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '/'),
    );
    await use('wasm');
    return tf.version.tfjs;
  },
  async js() {
    await use('cpu');
    return tf.version.tfjs;
  },
};

async function use(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error(`the backend ${name} did not start`);
  await tf.ready();
}
