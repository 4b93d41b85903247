/** Turns of the event loop in a worker. */

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

/** Calls back after everything else that is due now; a timer would wait for milliseconds. */
function soon(callback: () => void): void {
  waiting.push(callback);
  channel.port2.postMessage(undefined);
}

/** @returns a promise that resolves after everything else that is due now */
export function nextTurn(): Promise<void> {
  return new Promise(soon);
}

/**
 * Has TensorFlow.js take such turns. It would wait for the screen's next frame, 17 ms each time, and in a hidden tab
 * for ever. It chooses once, when it is loaded.
 */
export function turnWithoutFrames(): void {
  Object.assign(globalThis, { requestAnimationFrame: undefined, setImmediate: soon });
}
