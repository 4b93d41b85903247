/**
 * Lets the code of cells ask the reader, in the box that Jupyter has for that: `prompt` and `confirm` hold the cell
 * until the answer is there, `input` gives a promise. What else asks (`readline`, `process.stdin`) comes here, too.
 */

const { setImmediate: nextTurn } = require('node:timers/promises');
const { interruption } = require('./core/cell');
const { replaceStdin } = require('./stdin');

/**
 * @typedef {import('./messages').Message} Message
 * @typedef {(prompt: string, options?: { password?: boolean, signal?: AbortSignal }) => Promise<string>} Ask
 *
 * @typedef {object} Question one that is open
 * @property {Message} request of the cell that asks
 * @property {(answer: string) => void} answer
 * @property {(reason: unknown) => void} end
 */

/**
 * Turns of the event loop in which code that has got an answer may ask again before its cell counts as done: a loop over
 * the lines of `readline` takes one to hand on a line and one to come back for the next.
 */
const TURNS = 4;

/** @param {string} prompt @param {string} reason @param {string} remedy */
function refusal(prompt, reason, remedy) {
  const error = new Error(`Cannot ask ${JSON.stringify(prompt)}: ${reason}; ${remedy}`);
  error.name = 'StdinNotImplementedError';
  return error;
}

/**
 * @param {Pick<Awaited<ReturnType<typeof import('./wire').connect>>, 'ask' | 'listenForAnswers'>} wire
 * @param {() => { request: Message, running: boolean } | undefined} cellOfCode
 * @param {() => void} flush sends what was printed: it stands above the box
 */
function createQuestions(wire, cellOfCode, flush) {
  /** By what an answer calls them, the oldest first. @type {Map<string, Question>} */
  const open = new Map();
  /** Of cells whose code has come to its end while a question is open. @type {Set<Message>} */
  const finishing = new Set();

  /** Whoever waits for a question to be over. */
  let settle = () => {};

  const { wait } = wire.listenForAnswers((arrival) => {
    if (arrival.kind === 'interrupt') {
      for (const question of open.values()) question.end(interruption());
      open.clear();
      return settle();
    }
    // An answer to a question that was given up says so. Simple clients name none, and answer one after the other.
    const id = arrival.question ?? open.keys().next().value ?? '';
    const question = open.get(id);
    open.delete(id);
    question?.answer(arrival.value);
    settle();
  });

  /** @param {string} prompt @returns {Message} of the cell that asks @throws if nobody would see the question */
  function requestOf(prompt) {
    const cell = cellOfCode();
    if (!cell || !(cell.running || finishing.has(cell.request))) {
      throw refusal(prompt, 'the cell that asks has ended', 'let it await what asks');
    }
    if (cell.request.content.allow_stdin === true) return cell.request;
    const remedy = 'run the cell in JupyterLab, or write the answer into the code';
    throw refusal(prompt, 'there is no box to answer in where this runs (allow_stdin is false)', remedy);
  }

  /**
   * @param {string} prompt @param {boolean} password
   * @param {Pick<Question, 'answer' | 'end'>} then
   * @returns {string} what an answer calls the question
   * @throws at once if nobody would see the question
   */
  function begin(prompt, password, { answer, end }) {
    const request = requestOf(prompt);
    flush();
    const id = wire.ask(request, { prompt, password });
    open.set(id, { request, answer, end });
    return id;
  }

  /** @type {Ask} @throws at once if nobody would see the question */
  function ask(prompt, { password = false, signal } = {}) {
    /** @type {(reason: unknown) => void} */
    let end = () => {};
    /** @type {(answer: string) => void} */
    let answer = () => {};
    const answered = /** @type {Promise<string>} */ (
      new Promise((resolve, reject) => {
        [answer, end] = [resolve, reject];
      })
    );
    const id = begin(prompt, password, { answer, end });
    // Jupyter cannot take back its box; whatever is answered then, nobody waits for.
    const withdraw = () => {
      open.delete(id);
      end(signal?.reason);
      settle();
    };
    signal?.addEventListener('abort', withdraw, { once: true });
    const forget = () => signal?.removeEventListener('abort', withdraw);
    answered.then(forget, forget);
    return answered;
  }

  /** Like `ask`, but holds the thread. @param {string} prompt @returns {string} */
  function askNow(prompt) {
    /** @type {{ value: string } | { reason: unknown } | undefined} */
    let outcome;
    begin(prompt, false, {
      answer(value) {
        outcome = { value };
      },
      end(reason) {
        outcome = { reason };
      },
    });
    while (!outcome) wait();
    if ('reason' in outcome) throw outcome.reason;
    return outcome.value;
  }

  const globals = {
    /** @param {unknown} [message] @param {unknown} [preset] */
    prompt(message = '', preset) {
      const hint = preset === undefined ? '' : ` [${preset}]`;
      return askNow(`${message}${hint}`) || (preset === undefined ? '' : String(preset));
    },
    /** @param {unknown} [message] */
    confirm: (message = '') => /^\s*y(es)?\s*$/i.test(askNow(`${message} [y/N]`)),
    /** @param {unknown} [message] @param {{ password?: boolean }} [options] */
    input: async (message = '', options) => ask(String(message), options),
  };

  return {
    /** Gives all this to the code of cells. */
    offer() {
      for (const [name, value] of Object.entries(globals)) {
        Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
      }
      replaceStdin(ask);
    },
    /**
     * Waits for the answers that a cell whose code has come to its end still wants: a callback may be waiting for one.
     *
     * @param {Message} request
     * @param {boolean} failed the cell is over, and with it what it asked
     */
    async finish(request, failed) {
      const asked = () => [...open].filter(([, question]) => question.request === request);
      finishing.add(request);
      while (!failed && asked().length > 0) {
        await new Promise((resolve) => {
          settle = () => resolve(undefined);
        });
        for (let turn = 0; turn < TURNS; turn++) await nextTurn();
      }
      finishing.delete(request);
      for (const [id] of asked()) open.delete(id);
    },
  };
}

module.exports = { createQuestions };
