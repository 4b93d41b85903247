/**
 * Lets code that reads `process.stdin`, by itself or through `readline`, ask the reader: there is nobody to type into
 * the kernel's own. A question of `readline` becomes one of Jupyter's; who wants lines is asked for one after the other.
 */

const { syncBuiltinESMExports } = require('node:module');
const readline = require('node:readline');
const readlinePromises = require('node:readline/promises');
const { Readable } = require('node:stream');
const { setImmediate: nextTurn } = require('node:timers/promises');
const { promisify } = require('node:util');

/** @typedef {import('./questions').Ask} Ask */

/** @param {Ask} ask */
function replaceStdin(ask) {
  let stdin = createStdin(ask);
  Object.defineProperty(process, 'stdin', {
    configurable: true,
    enumerable: true,
    get() {
      // After an interrupted question, say: the next cell begins anew.
      if (stdin.destroyed) stdin = createStdin(ask);
      return stdin;
    },
  });
  for (const module of /** @type {any[]} */ ([readline, readlinePromises])) {
    const { createInterface } = module;
    module.createInterface = (/** @type {any[]} */ ...args) => {
      const [input, output, completer] = args;
      const options = typeof input?.on === 'function' ? { input, output, completer } : (input ?? {});
      if (options.input !== stdin) return createInterface(...args);
      return createAskingInterface(createInterface, options, ask, module === readlinePromises);
    };
  }
  syncBuiltinESMExports();
}

/** @param {Ask} ask */
function createStdin(ask) {
  let wanted = false;
  async function askIfHeard() {
    const flows = stdin.listenerCount('data') > 0 && !stdin.isPaused();
    const heard = flows || stdin.listenerCount('readable') > 0;
    // A stream reads ahead of its listeners; the reader is asked only when somebody listens.
    if (!wanted || !heard || stdin.destroyed) return;
    wanted = false;
    try {
      const line = await ask('');
      if (!stdin.destroyed) stdin.push(`${line}\n`);
    } catch (error) {
      stdin.destroy(/** @type {Error} */ (error));
    }
  }
  const stdin = new Readable({
    read() {
      wanted = true;
      setImmediate(askIfHeard);
    },
  });
  stdin.on('newListener', () => setImmediate(askIfHeard));
  stdin.on('resume', () => setImmediate(askIfHeard));
  const itself = () => stdin;
  return Object.assign(stdin, { fd: 0, ref: itself, unref: itself });
}

/**
 * An interface of `readline` on `process.stdin`. It reads from a stream of its own, so that it asks only when somebody
 * waits for a line, not already when it is made.
 *
 * @param {(options: object) => any} createInterface Node's own
 * @param {Record<string, any>} options
 * @param {Ask} ask
 * @param {boolean} promises whether it is that of `readline/promises`
 */
function createAskingInterface(createInterface, options, ask, promises) {
  const lines = new Readable({ read() {} });
  const rl = createInterface({ ...options, input: lines, terminal: false });
  const { question } = rl;
  /** Questions that are open, and whether lines are asked for. */
  let questions = 0;
  let asking = false;

  const wantsLines = () => rl.listenerCount('line') > 0 && !rl.closed && !rl.paused && questions === 0;

  async function askForLines() {
    if (asking) return;
    asking = true;
    try {
      while (wantsLines()) {
        lines.push(`${await ask('')}\n`);
        // Whoever gets the line may want no other.
        await nextTurn();
        await nextTurn();
      }
    } catch (error) {
      lines.destroy(/** @type {Error} */ (error));
    }
    asking = false;
  }

  /** @param {string} query @param {{ signal?: AbortSignal }} [settings] @returns {Promise<string>} */
  function askOnce(query, { signal } = {}) {
    const answer = ask(String(query), { signal });
    questions++;
    const over = () => {
      questions--;
      setImmediate(askForLines);
    };
    answer.then(over, over);
    return answer;
  }

  rl.on('newListener', (/** @type {string} */ event) => event === 'line' && setImmediate(askForLines));
  rl.on('resume', () => setImmediate(askForLines));
  rl.question = (/** @type {string} */ query, /** @type {any[]} */ ...rest) => {
    // A closed interface says so itself, and one whose signal has come asks nothing.
    if (rl.closed || rest[0]?.signal?.aborted) return question.call(rl, query, ...rest);
    if (promises) return (async () => askOnce(query, rest[0]))();
    const callback = rest.at(-1);
    const settings = rest.length > 1 ? rest[0] : undefined;
    askOnce(query, settings).then(
      (answer) => !rl.closed && callback(answer),
      (error) => !settings?.signal?.aborted && rl.emit('error', error),
    );
  };
  if (!promises) {
    Object.defineProperty(rl.question, promisify.custom, {
      value: async (/** @type {string} */ query, /** @type {any} */ settings) => askOnce(query, settings),
    });
  }
  return rl;
}

module.exports = { replaceStdin };
