/**
 * TensorFlow.js with the fastest backend this machine has: native, else WebAssembly, else JavaScript.
 *
 * Every other file takes `tf` from here, so that all share one engine and one backend.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { requireOneOf } from '../base/checks';
import { projectRoot } from '../base/project-root';

export { tf };

/** What runs the tensors: the TensorFlow library, tfjs's WebAssembly, or tfjs's plain JavaScript. */
export type Backend = 'native' | 'wasm' | 'js';

/** A backend by name, or `auto`: the fastest that starts. */
export type BackendChoice = 'auto' | Backend;

/** The backend in use. */
export interface BackendReport {
  backend: Backend;
  /** version of the TensorFlow library (native) or of TensorFlow.js (wasm, js) */
  version: string;
  /** one sentence: which backend runs, and why not a better one */
  reason: string;
}

const fastestFirst: readonly Backend[] = ['native', 'wasm', 'js'];

/**
 * Starts TensorFlow on the fastest backend there is, or on the one asked for. Called again, it
 * changes the backend only if another one is asked for by name.
 *
 * @param choice - one backend; without it (or with `auto`) the one that already runs, else the one
 *   that the environment variable `DESCENT_BACKEND` names, else native, else wasm, else js
 * @returns the backend, its version, and why it runs
 * @throws RangeError if the name is unknown; Error if the backend asked for cannot start
 */
export async function startTensorflow(choice: BackendChoice = 'auto'): Promise<BackendReport> {
  const choices: BackendChoice[] = ['auto', ...fastestFirst];
  requireOneOf('backend', choice, choices, 'start TensorFlow');
  const next = state().starting.then(async () => {
    const running = state().report;
    if (running && (choice === 'auto' || choice === running.backend)) return running;
    if (choice !== 'auto') return start([choice], `${choice} was asked for`);
    const forced = process.env.DESCENT_BACKEND || 'auto';
    requireOneOf('DESCENT_BACKEND', forced, choices, 'start TensorFlow');
    if (forced !== 'auto') return start([forced], `DESCENT_BACKEND asks for ${forced}`);
    return start(fastestFirst);
  });
  state().starting = next.then(ignore, ignore);
  return { ...(await next) };
}

/**
 * Says which backend runs, without waiting.
 *
 * @returns the backend, its version, and why it runs
 * @throws Error before `startTensorflow()` has finished
 */
export function describeBackend(): BackendReport {
  const { report } = state();
  if (!report) {
    throw new Error(
      'Cannot describe the backend: TensorFlow has not started; await startTensorflow()',
    );
  }
  return { ...report };
}

/** The parts of tfjs-node's backend that are used here. */
interface NativeBackend {
  binding: {
    TF_Version: string;
    TF_UINT8: number;
    TF_FLOAT: number;
    TF_ATTR_TYPE: number;
    TF_ATTR_BOOL: number;
    createTensor(shape: number[], type: number, values: Uint8Array): number;
  };
  createOutputTensor(metadata: { id: number; shape: number[]; dtype: number }): tf.Tensor;
  executeSingleOutput(name: string, attributes: object[], inputs: tf.Tensor[]): tf.Tensor;
}

export function nativeBackend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

interface State {
  report?: BackendReport;
  /** settles when no start is under way */
  starting: Promise<void>;
}

/** Kept outside the module, like tfjs's engine: a kernel that reloads an edited file keeps both. */
function state(): State {
  const key = Symbol.for('descent.tensorflow');
  const place = globalThis as unknown as Record<symbol, State | undefined>;
  place[key] ??= { starting: Promise.resolve() };
  return place[key] as State;
}

function ignore(): void {}

async function start(candidates: readonly Backend[], wish?: string): Promise<BackendReport> {
  // tfjs's advice to install what set-up has already tried would only confuse: warnings off.
  tf.env().set('PROD', true);
  const failures: string[] = [];
  for (const backend of candidates) {
    const failure = await starters[backend]();
    if (failure) {
      failures.push(failure);
      continue;
    }
    const version = backend === 'native' ? nativeBackend().binding.TF_Version : tf.version.tfjs;
    const why = wish ?? failures.join('; ');
    const reason = `${describe(backend, version)} runs${why ? `, because ${why}` : ''}.`;
    const report = { backend, version, reason };
    state().report = report;
    return report;
  }
  const why = wish ? `${wish}, but ` : '';
  throw new Error(
    `Cannot start TensorFlow: ${why}${failures.join('; ')}. \`npm run doctor\` says what is missing.`,
  );
}

function describe(backend: Backend, version: string): string {
  if (backend === 'native') return `Native TensorFlow ${version}`;
  return `TensorFlow.js ${version} in ${backend === 'wasm' ? 'WebAssembly' : 'plain JavaScript'}`;
}

/** Each starts its backend, or returns why it cannot, with the remedy. */
const starters: Record<Backend, () => Promise<string | undefined>> = {
  async native() {
    const remedy = '`npm run setup -- --tensorflow=wheel` builds it';
    const binding = findPackage('@tensorflow/tfjs-node', 'lib', 'napi-v8', 'tfjs_binding.node');
    if (!binding || !fs.existsSync(binding)) {
      return `native TensorFlow is not installed${reasonFromSetup()} (${remedy})`;
    }
    prepareNode();
    try {
      require('@tensorflow/tfjs-node');
      if (await use('tensorflow')) return undefined;
      return `native TensorFlow does not start (${remedy} anew)`;
    } catch (error) {
      return `native TensorFlow does not load: ${firstLine(error)} (${remedy} anew)`;
    }
  },

  async wasm() {
    const remedy = '`npm run setup` installs it';
    const folder = findPackage('@tensorflow/tfjs-backend-wasm', 'dist');
    if (!folder) return `TensorFlow.js's WebAssembly is not installed (${remedy})`;
    try {
      require('@tensorflow/tfjs-backend-wasm').setWasmPaths(folder + path.sep);
      if (await use('wasm')) return undefined;
      return `TensorFlow.js's WebAssembly does not start (${remedy} anew)`;
    } catch (error) {
      return `TensorFlow.js's WebAssembly does not start: ${firstLine(error)} (${remedy} anew)`;
    }
  },

  async js() {
    return (await use('cpu')) ? undefined : 'plain JavaScript does not start';
  },
};

async function use(name: string): Promise<boolean> {
  const success = await tf.setBackend(name);
  await tf.ready();
  return success;
}

/**
 * Quiets the library's log, lets it work on one thread unless the environment says otherwise, and
 * gives tfjs-node back two functions that newer Nodes have dropped.
 */
function prepareNode(): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  // The operations of the course's networks last microseconds: to share one with a second thread
  // costs more than the thread saves. `npm run bench` measures both.
  process.env.TF_NUM_INTRAOP_THREADS ??= '1';
  const util = require('node:util');
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}

function findPackage(name: string, ...inside: string[]): string | undefined {
  try {
    return path.join(path.dirname(require.resolve(`${name}/package.json`)), ...inside);
  } catch {
    return undefined;
  }
}

function reasonFromSetup(): string {
  try {
    const file = path.join(projectRoot(), '.tensorflow', 'status.json');
    const { reason } = JSON.parse(fs.readFileSync(file, 'utf8'));
    return reason ? `: ${String(reason).replace(/[.\s]+$/, '')}` : '';
  } catch {
    return '';
  }
}

function firstLine(error: unknown): string {
  return String((error as Error)?.message ?? error)
    .trim()
    .split('\n')[0];
}
