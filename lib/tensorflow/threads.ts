/** How many threads a native operation may use. */
import { nativeAddOn } from './backend';

/**
 * From so many rows on, a second thread gains more than it costs. The products of matrices decide for themselves: from
 * about 40 million multiplications on, oneDNN shares one out, whatever is said here.
 */
const worthSharing = 512;

/**
 * Runs operations with as many threads as suit their size; without the course's own operations, with those that
 * TensorFlow started with.
 *
 * @param rows - of the matrices at work
 * @param work - calls the operations; nothing is awaited in it
 * @returns what `work` returns
 */
export function withThreadsFor<Result>(rows: number, work: () => Result): Result {
  const addOn = nativeAddOn();
  if (!addOn || rows < worthSharing) return work();
  addOn.setThreads(addOn.cores);
  try {
    return work();
  } finally {
    addOn.setThreads(1);
  }
}
