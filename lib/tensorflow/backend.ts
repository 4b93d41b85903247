/**
 * TensorFlow.js with the fastest backend this machine has: native, else WebAssembly, else JavaScript; on a graphics card
 * if it is asked for.
 *
 * Every other file takes `tf` from here, so that all share one engine and one backend; only `insides.ts`,
 * which this file needs, cannot.
 */
import * as tf from '@tensorflow/tfjs';
import { requireOneOf } from '../base/checks';
import { type BackendReport, type Globals, settings, share, shared } from '../base/contract';
import { type BackendName, type HostBackend, host, type NativeAddOn } from '../base/host';
import { say } from '../base/words';
import { nativeBackend } from './insides';
import { whyNoKernels } from './wasm-kernels';

export type { BackendReport };
export { tf };

/** A backend by name, or `auto`: the fastest that starts. */
export type BackendChoice = 'auto' | BackendName;

/**
 * Starts TensorFlow on the fastest backend there is, or on the one asked for. Called again, it
 * changes the backend only if another one is asked for by name.
 *
 * @param choice - one backend; without it (or with `auto`) the one that already runs, else the one
 *   that the environment variable `DESCENT_BACKEND` names, else native, else wasm, else js; webgpu only by name
 * @returns the backend, its version, and why it runs
 * @throws RangeError if the name is unknown; Error if the backend asked for cannot start
 */
export async function startTensorflow(choice: BackendChoice = 'auto'): Promise<BackendReport> {
  requireKnown('backend', choice);
  const next = state().starting.then(async () => {
    const running = state().report;
    if (running && (choice === 'auto' || choice === running.backend)) return running;
    if (choice !== 'auto') return start(choice, `${choice} was asked for`);
    const forced = host().environment(settings.backend) || 'auto';
    requireKnown(settings.backend, forced);
    if (forced !== 'auto') return start(forced, `${settings.backend} asks for ${forced}`);
    return start('auto');
  });
  state().starting = next.then(ignore, ignore);
  return { ...(await next) };
}

/** @throws RangeError unless the host knows the backend; it also says how to get what must be asked for */
function requireKnown(name: string, value: string): asserts value is BackendChoice {
  const { backends } = host();
  if (value === 'auto' || backends.some((one) => one.name === value)) return;
  const choices = backends.map(({ name, onRequest, remedies }) =>
    onRequest ? `${name}${bracket(remedies.ifMissing)}` : name,
  );
  requireOneOf(name, value, ['auto', ...choices], 'start TensorFlow');
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
    throw new Error('Cannot describe the backend: TensorFlow has not started; await startTensorflow()');
  }
  return { ...report };
}

/** @returns the course's own operations for native TensorFlow; `undefined` where they are not loaded */
export function nativeAddOn(): NativeAddOn | undefined {
  const { addOn } = state();
  return typeof addOn === 'object' ? addOn : undefined;
}

/** @returns what makes the operations of the backend that runs; `undefined` where it brings none */
export function operationsOfBackend(): (() => object) | undefined {
  return state().operations;
}

/** Kept outside the module, like tfjs's engine: a kernel that reloads an edited file keeps both. */
function state(): Globals['tensorflow'] {
  const kept = shared('tensorflow') ?? { starting: Promise.resolve() };
  share('tensorflow', kept);
  return kept;
}

function ignore(): void {}

async function start(choice: BackendChoice, wish?: string): Promise<BackendReport> {
  // tfjs's advice to install what set-up has already tried would only confuse: warnings off.
  tf.env().set('PROD', true);
  const failures: string[] = [];
  for (const backend of host().backends) {
    const { name } = backend;
    if (choice === 'auto' ? backend.onRequest : choice !== name) continue;
    const failure = await tryToStart(backend);
    if (failure) {
      failures.push(failure);
      continue;
    }
    const version = name === 'native' ? nativeBackend().binding.TF_Version : tf.version.tfjs;
    const why = wish ?? failures.join('; ');
    const without = loadAddOn(backend, version);
    const slower = name === 'wasm' ? whyNoKernels() : undefined;
    const on = backend.device ? say(' on {device}', { device: backend.device() }) : '';
    const more = `${on}${why ? say(', because {why}', { why }) : ''}${without}`;
    const running = say('{backend} runs{more}.', { backend: describe(name, version), more });
    const reason = slower ? `${running} ${slower}` : running;
    const report = { backend: name, version, reason };
    state().operations = backend.operations?.();
    state().report = report;
    return report;
  }
  const why = wish ? `${wish}, but ` : '';
  const { examine } = host().remedies;
  throw new Error(`Cannot start TensorFlow: ${why}${failures.join('; ')}. ${examine}`.trimEnd());
}

/** @returns what there is to say if the operations that belong to a backend are not loaded, else nothing */
function loadAddOn(backend: HostBackend, version: string): string {
  if (!backend.addOn) return '';
  const addOn = nativeAddOn() ?? backend.addOn(version);
  state().addOn = addOn;
  return typeof addOn === 'string' ? say(", without the course's own operations: {why}", { why: addOn }) : '';
}

function describe(backend: BackendName, version: string): string {
  return say(ways[backend], { version });
}

const ways: Readonly<Record<BackendName, string>> = {
  native: 'Native TensorFlow {version}',
  wasm: 'TensorFlow.js {version} in WebAssembly',
  js: 'TensorFlow.js {version} in plain JavaScript',
  webgpu: 'TensorFlow.js {version} through WebGPU',
};

/** How TensorFlow.js calls each backend, and how a sentence does. */
const names: Readonly<Record<BackendName, { registered: string; spoken: string }>> = {
  native: { registered: 'tensorflow', spoken: 'native TensorFlow' },
  wasm: { registered: 'wasm', spoken: "TensorFlow.js's WebAssembly" },
  js: { registered: 'cpu', spoken: 'plain JavaScript' },
  webgpu: { registered: 'webgpu', spoken: "TensorFlow.js's WebGPU" },
};

/** Starts a backend, or returns why it cannot, with the remedy. */
async function tryToStart(backend: HostBackend): Promise<string | undefined> {
  const { registered, spoken } = names[backend.name];
  const { ifMissing, ifBroken } = backend.remedies;
  const missing = await backend.missing();
  if (missing !== undefined) return `${spoken} is not installed${missing}${bracket(ifMissing)}`;
  let fault = `${spoken} does not load`;
  try {
    await backend.load();
    fault = `${spoken} does not start`;
    const started = await tf.setBackend(registered);
    await tf.ready();
    return started ? undefined : `${fault}${bracket(ifBroken)}`;
  } catch (error) {
    return `${fault}: ${firstLine(error)}${bracket(ifBroken)}`;
  }
}

function bracket(remedy: string): string {
  return remedy ? ` (${remedy})` : '';
}

function firstLine(error: unknown): string {
  return String((error as Error)?.message ?? error)
    .trim()
    .split('\n')[0];
}
