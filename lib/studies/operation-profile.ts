/** Where the time of a computation goes, operation by operation. */
import { tf } from '../tensorflow/backend';
import { interposeOperations, isNative } from '../tensorflow/insides';
import { interposeKernels } from '../tensorflow/wasm-memory';

/** One kind of operation in a profile. */
export interface OperationTime {
  /** as the backend names it, such as `MatMul` */
  name: string;
  calls: number;
  milliseconds: number;
}

/** What a computation's time was spent on. */
export interface OperationProfile {
  /** longest first */
  operations: OperationTime[];
  /** the whole computation */
  milliseconds: number;
  /** all operations together */
  inOperations: number;
  /** the rest: bookkeeping in JavaScript */
  outside: number;
  calls: number;
}

/**
 * Runs a computation and times each operation that the backend does for it: on native TensorFlow each
 * call of the library, elsewhere each of TensorFlow.js's kernels and of the course's in `wasm/`. Reading the clock adds a fraction of
 * a microsecond to each.
 *
 * @param work - the computation; what is built in it is timed, what was built before may not be
 * @returns the times
 * @throws what `work` throws; the backend is then as before
 */
export async function profileOperations(work: () => unknown): Promise<OperationProfile> {
  const times = new Map<string, OperationTime>();
  const timed = <Result>(name: string, call: () => Result): Result => {
    const start = performance.now();
    const result = call();
    const milliseconds = performance.now() - start;
    const known = times.get(name) ?? { name, calls: 0, milliseconds: 0 };
    known.calls++;
    known.milliseconds += milliseconds;
    times.set(name, known);
    return result;
  };
  const restore = isNative() ? timeNative(timed) : timeKernels(timed);
  const start = performance.now();
  try {
    await work();
  } finally {
    restore();
  }
  const milliseconds = performance.now() - start;
  const operations = [...times.values()].sort((a, b) => b.milliseconds - a.milliseconds);
  const inOperations = operations.reduce((sum, one) => sum + one.milliseconds, 0);
  const calls = operations.reduce((sum, one) => sum + one.calls, 0);
  return { operations, milliseconds, inOperations, outside: milliseconds - inOperations, calls };
}

type Timed = <Result>(name: string, call: () => Result) => Result;

function timeNative(timed: Timed): () => void {
  return interposeOperations(
    (own) =>
      (name, ...rest) =>
        timed(name, () => own(name, ...rest)),
  );
}

function timeKernels(timed: Timed): () => void {
  const kernels = tf.getKernelsForBackend(tf.getBackend());
  const before = kernels.map(({ kernelFunc }) => kernelFunc);
  for (const kernel of kernels) {
    const { kernelName, kernelFunc } = kernel;
    kernel.kernelFunc = (parameters) => timed(kernelName, () => kernelFunc(parameters));
  }
  const restoreOwn = interposeKernels(timed);
  return () => {
    restoreOwn();
    kernels.forEach((kernel, index) => {
      kernel.kernelFunc = before[index];
    });
  };
}
