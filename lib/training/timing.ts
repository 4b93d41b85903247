/** Clocks and pauses. */
import { tf } from '../tensorflow/backend';

/** How long a training may keep the process from doing anything else, in milliseconds. */
const patience = 30;

/** @returns the seconds since it was started, whenever it is called */
export function startClock(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}

/** Lets the process do other things now and then. */
export function pauses(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last <= patience) return undefined;
    return tf.nextFrame().then(() => {
      last = performance.now();
    });
  };
}
