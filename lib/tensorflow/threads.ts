/** How many threads a native operation may use. */
import { nativeAddOn } from './backend';

/**
 * From so many rows on, a second thread gains more than it costs. Two threads took 1.05 times as long as one at 512 rows,
 * 0.83 times at 768, 0.82 at 1,024, 0.78 at 2,048 (`npm run bench -- --only threads --rounds 21`, medians). Products of
 * fewer rows are TensorFlow's, where oneDNN decides by itself: it shares one out from 13 to 19 million multiplications on,
 * whatever is said here.
 */
const worthSharing = 768;

let isLarge = false;

/** @returns whether operations run on so many rows that they are worth sharing, in {@link withThreadsFor} */
export function runsOnManyRows(): boolean {
  return isLarge;
}

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
  isLarge = true;
  try {
    return work();
  } finally {
    isLarge = false;
    addOn.setThreads(1);
  }
}
