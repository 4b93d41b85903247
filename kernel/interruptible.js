/**
 * Runs code that an endless loop does not put out of reach. Node can break off a script at a SIGINT, but while it
 * starts or ends such a script the signal is lost or deadly. So the kernel's other thread, which sends it, and this one
 * agree through shared memory: the signal comes inside a stretch of code or not at all.
 */

const path = require('node:path');
const vm = require('node:vm');
const { interruption } = require('./core/cell');

const [IDLE, RUNNING, BREAKING] = [0, 1, 2];

/** Places in the shared memory: what the main thread does; whether it was broken off; how many orders it has heard. */
const [ACTIVITY, BROKEN, HEARD] = [0, 1, 2];
const state = new Int32Array(new SharedArrayBuffer(12));

/** What the code of a cell reaches under this name, like in tslab's own kernel. @type {Record<string, Function>} */
const shared = {};
/** @type {any} */ (globalThis).__tslab__ = shared;
const script = new vm.Script('__tslab__.step()', { filename: path.join(__dirname, 'step') });

/** Main thread: runs so that a break ends it. @template T @param {() => T} code @returns {T} @throws an interruption */
function runInterruptibly(code) {
  shared.step = () => {
    Atomics.store(state, ACTIVITY, RUNNING);
    try {
      return code();
    } finally {
      // The other thread has decided to send the signal: it must find this code here. A break skips `finally`.
      if (Atomics.compareExchange(state, ACTIVITY, RUNNING, IDLE) === BREAKING) for (;;);
    }
  };
  try {
    // Without `displayErrors`: for that Node reads the error's properties, where no break reaches.
    return script.runInThisContext({ breakOnSigint: true, displayErrors: false });
  } catch (error) {
    throw isBreak(error) ? interruption() : error;
  } finally {
    Atomics.store(state, ACTIVITY, IDLE);
  }
}

/** @param {any} error of a cell: whatever can be thrown */
function isBreak(error) {
  try {
    return error?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
  } catch {
    return false;
  }
}

/** Other thread: ends what the main thread runs, if it runs a cell's code. @param {Int32Array} memory the main thread's
 * `state` @returns whether there was something to end */
function breakOff(memory) {
  if (Atomics.compareExchange(memory, ACTIVITY, RUNNING, BREAKING) !== RUNNING) return false;
  Atomics.store(memory, BROKEN, 1);
  signalGroup();
  return true;
}

/** A child process that the code waits for keeps it out of a signal's reach. Jupyter starts each kernel as the leader of a
 * process group; as Ctrl-C in a terminal does, the signal then goes to all of it. */
function signalGroup() {
  try {
    process.kill(-process.pid, 'SIGINT');
  } catch {
    // The kernel leads no group.
    process.kill(process.pid, 'SIGINT');
  }
}

/** Other thread. @param {Int32Array} memory the main thread's `state` @param {number} order counted from 1 */
const isHeard = (memory, order) => Atomics.load(memory, HEARD) >= order;

/** Main thread: notes that an order was heard. @returns whether a break has already ended what it was to end */
function hear() {
  Atomics.add(state, HEARD, 1);
  return Atomics.exchange(state, BROKEN, 0) === 1;
}

module.exports = { breakOff, hear, isHeard, runInterruptibly, shared, state };
