/** The kernels of `wasm/`, ready to be called, in Node and in a page. */
import { plainKernels, relaxedKernels } from './wasm-bytes';

/** Names of the kernels. */
export type KernelName =
  | 'add'
  | 'multiply'
  | 'divide'
  | 'halfSquares'
  | 'relu'
  | 'sigmoid'
  | 'tanh'
  | 'softmax'
  | 'throughRelu'
  | 'throughSigmoid'
  | 'throughTanh'
  | 'throughSoftmax'
  | 'product'
  | 'addBias'
  | 'sumRows'
  | 'descend'
  | 'momentum'
  | 'rmsProp'
  | 'adam'
  | 'layerNorm'
  | 'throughLayerNorm'
  | 'biasGelu'
  | 'throughBiasGelu'
  | 'addResidual'
  | 'attentionScratch'
  | 'attend'
  | 'throughAttend'
  | 'embed'
  | 'throughEmbed'
  | 'crossEntropy';

/** WebAssembly's memory, in pages of 64 KiB. */
export interface KernelPages {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Each as `wasm/` describes it: pointers in bytes, lengths in numbers, 1 or 0 for true or false. */
export type Kernels = Readonly<Record<KernelName, (...values: number[]) => number>> & {
  readonly memory: KernelPages;
  /** where the kernels' own memory ends, in bytes */
  heapBase(): number;
};

/** What is used of the global object `WebAssembly`, for which TypeScript has types only in a page. */
interface Engine {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
}

let compiled: object | undefined;

/** @returns why the kernels cannot run, in one sentence; `undefined` if they can */
export function whyNoKernels(): string | undefined {
  compiled ??= compile(relaxedKernels) ?? compile(plainKernels);
  return compiled
    ? undefined
    : "TensorFlow.js's kernels train in place of the course's, because there is no 128-bit SIMD.";
}

/**
 * Instantiates the kernels: those that multiply and add in one instruction where the engine knows it, which takes a fifth
 * off a training.
 *
 * @returns the kernels with a memory of their own
 * @throws Error if there is no WebAssembly, or none with 128-bit SIMD
 */
export function createKernels(): Kernels {
  const reason = whyNoKernels();
  if (!compiled) throw new Error(`Cannot run the kernels: ${reason}`);
  const kernels = new (engine().Instance)(compiled).exports as Kernels;
  // Unlike the exports themselves, a copy can have stand-ins.
  return { ...kernels };
}

function engine(): Engine {
  return Reflect.get(globalThis, 'WebAssembly');
}

function compile(base64: string): object | undefined {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  try {
    return new (engine().Module)(bytes);
  } catch {
    return undefined;
  }
}
