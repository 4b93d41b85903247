/** One execution of one cell, and what runs it from one `await` to the next. */

/** How long code that listens for the interrupt may take to come to its end. */
const GRACE_MILLISECONDS = 10_000;
/** After this long without a turn of the event loop a cell makes one: messages must not wait for ever. */
const TURN_MILLISECONDS = 50;

function interruption() {
  const error = new Error('The cell was interrupted');
  error.name = 'KeyboardInterrupt';
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** @typedef {InstanceType<typeof Execution>} Cell */

class Execution {
  /** @param {string} name @param {string} source @param {any} request whom its outputs answer */
  constructor(name, source, request) {
    this.name = name;
    this.source = source;
    this.request = request;
    this.running = true;
    /** Whether its code asked for the interrupt signal. */
    this.listens = false;
    /** What has its outputs in place of the page. @type {((type: string, content: any) => void) | undefined} */
    this.divert = undefined;
    /** @type {import('./transforms').Locate} */
    this.locate = () => undefined;
    const controller = new AbortController();
    this.signal = controller.signal;
    /** What waits for something that may not come. @type {Set<(reason: unknown) => void>} */
    this.waiting = new Set();
    this.interrupt = () => {
      if (this.signal.aborted) return this.end(this.signal.reason);
      const reason = interruption();
      controller.abort(reason);
      // Code that does not listen cannot stop by itself: the cell leaves it behind.
      const timer = setTimeout(() => this.end(reason), this.listens ? GRACE_MILLISECONDS : 0);
      /** @type {{ unref?: () => void }} */ (timer).unref?.();
    };
  }

  /** Ends the cell though its code has not come to its end. @param {unknown} reason */
  end(reason) {
    for (const reject of this.waiting) reject(reason);
  }

  /** What a promise gives, or the reason why the cell ended first. @template T @param {T} value @returns {Promise<Awaited<T>>} */
  orEnd(value) {
    // Not Promise.race with one promise for the whole cell: that would keep every value until the cell ends.
    return new Promise((resolve, reject) => {
      this.waiting.add(reject);
      Promise.resolve(value)
        .then(resolve, reject)
        .finally(() => this.waiting.delete(reject));
    });
  }
}

/**
 * Runs a cell with top-level `await`s. They were compiled to `yield`s so that each stretch between two of them can run
 * interruptibly, not only the first; and so that an `await` which is given up throws, and `finally` runs.
 *
 * @param {Generator<unknown, void, unknown>} steps
 * @param {Cell} cell
 * @param {{ runStep: <T>(code: () => T) => T, nextTurn: () => Promise<unknown> }} host
 */
async function drive(steps, cell, { runStep, nextTurn }) {
  let turned = performance.now();
  let result = runStep(() => steps.next());
  while (!result.done) {
    /** @type {() => typeof result} */
    let resume;
    try {
      const value = await cell.orEnd(result.value);
      if (performance.now() - turned > TURN_MILLISECONDS) {
        await cell.orEnd(nextTurn());
        turned = performance.now();
      }
      resume = () => steps.next(value);
    } catch (error) {
      resume = () => steps.throw(error);
    }
    result = runStep(resume);
  }
}

module.exports = { Execution, drive, interruption };
