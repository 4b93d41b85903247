/** Where the time of a computation goes, operation by operation. */
import { requireCount } from '../base/checks';
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
 * call of the library, elsewhere each of TensorFlow.js's kernels and of the course's in `wasm/`. Reading the clock adds a
 * fraction of a microsecond to each.
 *
 * @param work - the computation; what is built in it is timed, what was built before may not be
 * @param options - `repeats`: how often it runs, doing the same each time; of each kind of operation, and of the rest,
 *   the least time counts: what else the machine does can only add
 * @returns the times
 * @throws what `work` throws; the backend is then as before
 */
export async function profileOperations(
  work: () => unknown,
  { repeats = 1 } = {},
): Promise<OperationProfile> {
  requireCount('repeats', repeats, 'profile');
  let least = await profileOnce(work);
  for (let repeat = 1; repeat < repeats; repeat++) least = leastOf(least, await profileOnce(work));
  return least;
}

async function profileOnce(work: () => unknown): Promise<OperationProfile> {
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
  const operations = [...times.values()];
  return profileOf(operations, milliseconds - sumOf(operations, 'milliseconds'));
}

/** Of each part the shorter time. */
function leastOf(before: OperationProfile, next: OperationProfile): OperationProfile {
  const operations = before.operations.map((one) => {
    const again = next.operations.find(({ name }) => name === one.name);
    return again && again.milliseconds < one.milliseconds ? again : one;
  });
  return profileOf(operations, Math.min(before.outside, next.outside));
}

function profileOf(operations: OperationTime[], outside: number): OperationProfile {
  const inOperations = sumOf(operations, 'milliseconds');
  return {
    operations: [...operations].sort((a, b) => b.milliseconds - a.milliseconds),
    milliseconds: inOperations + outside,
    inOperations,
    outside,
    calls: sumOf(operations, 'calls'),
  };
}

function sumOf(operations: readonly OperationTime[], part: 'calls' | 'milliseconds'): number {
  return operations.reduce((sum, one) => sum + one[part], 0);
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
