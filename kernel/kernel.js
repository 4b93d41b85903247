/**
 * A Jupyter kernel for TypeScript: answers the protocol's requests and sends what cells print, show and throw.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html
 */

const { randomUUID } = require('node:crypto');
const { setImmediate: nextTurn, setTimeout: delay } = require('node:timers/promises');
const { symbols } = require('./contract');
const { createComms } = require('./core/comms');
const { createHistory } = require('./history');
const { hear } = require('./interruptible');
const { PROTOCOL_VERSION } = require('./messages');
const { createNodeCells } = require('./node-host');
const { captureOutput } = require('./output');
const { createQuestions } = require('./questions');
const { stopStreams } = require('./nodeplotlib');
const { completeness, onDisplay, typescriptVersion } = require('./tslab');
const { connect } = require('./wire');

/**
 * @typedef {import('./messages').Message} Message
 * @typedef {import('./core/errors').Report} Report
 */

/** After an error, requests already on their way are read before the reply: those the error aborts. */
const DRAIN_MILLISECONDS = 20;
/** The first answer leaves before the compiler is made. */
const PREPARE_MILLISECONDS = 20;

const KERNEL_INFO = {
  status: 'ok',
  protocol_version: PROTOCOL_VERSION,
  implementation: 'descent',
  implementation_version: require('../package.json').version,
  language_info: {
    name: 'typescript',
    version: typescriptVersion,
    mimetype: 'text/typescript',
    file_extension: '.ts',
    codemirror_mode: 'typescript',
    pygments_lexer: 'typescript',
    nbconvert_exporter: 'script',
  },
  banner: `TypeScript ${typescriptVersion} on Node ${process.version}, compiled by tslab`,
  help_links: [
    { text: 'TypeScript handbook', url: 'https://www.typescriptlang.org/docs/handbook/intro.html' },
    { text: 'TensorFlow.js', url: 'https://js.tensorflow.org/api/latest/' },
    { text: 'tslab', url: 'https://github.com/yunabe/tslab' },
  ],
  debugger: false,
};

/** @param {string} connectionFile */
async function startKernel(connectionFile) {
  const wire = await connect(connectionFile);
  const sendError = (/** @type {Message} */ request, /** @type {Report} */ report) => {
    flush();
    wire.publish('error', report, request);
  };
  const cells = createNodeCells((cell, report) => sendError(cell.request, report));
  const { flush } = captureOutput(wire, cells.cellOfCode);
  const questions = createQuestions(wire, cells.cellOfCode, flush);
  questions.offer();
  const comms = createComms({
    publish(type, content, parent, metadata) {
      flush();
      wire.publish(type, content, /** @type {Message | undefined} */ (parent), metadata);
    },
    runPiece: cells.runPiece,
    cellOfCode: cells.cellOfCode,
    nextTurn,
    newId: randomUUID,
  });
  offerToLibraries(wire, cells, comms.offered, flush);

  const history = createHistory();
  let count = 0;
  /** Cells since the last one that was counted: each has a name of its own, by which errors find its lines. */
  let uncounted = 0;
  let received = 0;
  let abortedThrough = 0;
  let closing = false;

  /** @param {Message} request */
  async function execute(request) {
    comms.closeEarlier(request);
    const { silent = false, store_history = true, stop_on_error = true } = request.content;
    const code = String(request.content.code ?? '');
    const isStored = store_history && !silent;
    if (isStored) [count, uncounted] = [count + 1, 0];
    else uncounted++;
    const name = `Cell [${count}${isStored ? '' : `+${uncounted}`}]`;
    const remembered = isStored ? history.add(count, code) : undefined;
    if (!silent) wire.publish('execute_input', { code, execution_count: count }, request);
    const { report, result } = await cells.run(name, code, request);
    await questions.finish(request, Boolean(report));
    flush();
    if (report) {
      sendError(request, report);
      if (stop_on_error) {
        await delay(DRAIN_MILLISECONDS);
        abortedThrough = received;
      }
      return { ...replyTo({}), status: 'error', ...report };
    }
    if (result && !silent) {
      if (remembered) remembered.output = String(result['text/plain']);
      wire.publish('execute_result', { execution_count: count, data: encode(result), metadata: {} }, request);
    }
    return replyTo(await evaluateAll(request));
  }

  /** @param {object} user_expressions */
  const replyTo = (user_expressions) => ({
    status: 'ok',
    execution_count: count,
    payload: [],
    user_expressions,
  });

  /** What the front end wants to know when a cell has run: expressions by name. @param {Message} request */
  async function evaluateAll(request) {
    /** @type {Record<string, object>} */
    const values = {};
    for (const [name, code] of Object.entries(request.content.user_expressions ?? {})) {
      const { report, result = { 'text/plain': 'undefined' } } = await cells.evaluate(
        name,
        String(code),
        request,
      );
      values[name] = report
        ? { status: 'error', ...report }
        : { status: 'ok', data: encode(result), metadata: {} };
    }
    return values;
  }

  /** @type {Record<string, (request: Message, order: number) => object | Promise<object>>} */
  const answers = {
    kernel_info_request: () => KERNEL_INFO,
    execute_request: (request, order) =>
      closing || order <= abortedThrough ? { status: 'aborted' } : execute(request),
    is_complete_request: ({ content }) => completeness(content.code),
    complete_request({ content }) {
      const { code, cursor_pos } = content;
      const { start, end, candidates } = cells.complete(code, toUnits(code, cursor_pos));
      const [cursor_start, cursor_end] = [toCharacters(code, start), toCharacters(code, end)];
      return { status: 'ok', matches: candidates, cursor_start, cursor_end, metadata: {} };
    },
    inspect_request({ content }) {
      const text = cells.inspect(content.code, toUnits(content.code, content.cursor_pos));
      const data = text ? { 'text/plain': text } : {};
      return { status: 'ok', found: Boolean(text), data, metadata: {} };
    },
    history_request: ({ content }) => history.answer(content),
    ...comms.answers,
    interrupt_request() {
      stopStreams();
      if (!hear()) cells.interrupt();
      return { status: 'ok' };
    },
    shutdown_request({ content }) {
      hear();
      // A cell that is still being compiled must not begin: it might never end.
      closing = true;
      cells.interrupt();
      return { status: 'ok', restart: Boolean(content.restart) };
    },
  };

  /** @param {import('./wire').Channel} channel @param {Message} request @param {number} order */
  async function answer(channel, request, order) {
    const type = request.header.msg_type;
    wire.publish('status', { execution_state: 'busy' }, request);
    try {
      const content = Object.hasOwn(answers, type) ? await answers[type](request, order) : undefined;
      if (content) wire.reply(channel, request, content);
    } catch (error) {
      // A fault of the compiler or of the kernel: the request fails, the reader sees why, the kernel goes on.
      const { name = 'Error', message = String(error), stack = '' } = /** @type {Error} */ (error ?? {});
      const report = { ename: name, evalue: message, traceback: stack.split('\n') };
      if (type === 'execute_request') sendError(request, report);
      wire.reply(channel, request, { status: 'error', execution_count: count, ...report });
    }
    flush();
    wire.publish('status', { execution_state: 'idle' }, request);
    if (type === 'shutdown_request') await end(0);
    // The front end knows now that the kernel is there. To make the compiler holds up everything else.
    if (type === 'kernel_info_request') setTimeout(cells.prepare, PREPARE_MILLISECONDS);
  }

  const exit = process.exit.bind(process);
  /** @param {any} status */
  async function end(status) {
    flush();
    cells.close();
    await wire.close();
    exit(status);
  }

  // Cells run one after the other; the control channel does not wait for them.
  let queue = Promise.resolve();
  wire.listen((channel, request) => {
    if (channel === 'control') return void answer(channel, request, 0);
    const order = ++received;
    comms.announce(request.header.msg_type, request);
    queue = queue.then(() => answer(channel, request, order));
  });
  process.on('SIGINT', () => {
    stopStreams();
    cells.interrupt();
  });
  // At once it would lose what is on its way, and with it the reason why the kernel ends.
  process.exit = (status = 0) => {
    setImmediate(() => queue.then(() => end(status)));
    throw new Error('process.exit() ends the kernel: start it again, then run the cells again');
  };
  wire.publish('status', { execution_state: 'starting' });
}

/**
 * What `lib/` may ask for, see README.md.
 *
 * @param {Awaited<ReturnType<typeof connect>>} wire
 * @param {ReturnType<typeof createNodeCells>} cells
 * @param {ReturnType<typeof createComms>['offered']} comms
 * @param {() => void} flush
 */
function offerToLibraries(wire, cells, comms, flush) {
  /** @param {Record<string, unknown>} data @param {object} metadata @param {object} transient @param {boolean} update */
  function show(data, metadata, transient, update) {
    flush();
    const content = { data: encode(data), metadata, transient };
    const type = update ? 'update_display_data' : 'display_data';
    const cell = cells.cellOfCode();
    if (cell?.divert) cell.divert(type, content);
    else wire.publish(type, content, cell?.request);
  }
  onDisplay(({ data, metadata, transient }, update) => show(data, metadata, transient, update));

  /** @param {Record<string, unknown>} data @param {{ id?: string, update?: boolean, metadata?: object }} [options] */
  const display = (data, { id, update = false, metadata = {} } = {}) =>
    show(data, metadata, id === undefined ? {} : { display_id: id }, update);
  display.clear = ({ wait = false } = {}) => {
    flush();
    wire.publish('clear_output', { wait }, cells.cellOfCode()?.request);
  };
  Object.defineProperties(globalThis, {
    [symbols.display]: { value: display },
    [symbols.interrupt]: {
      get() {
        const cell = cells.cellOfCode();
        if (cell) cell.listens = true;
        return cell?.signal;
      },
    },
    [symbols.comms]: { value: comms },
    [symbols.definitions]: { value: cells.definitionsUsedBy },
    [symbols.cell]: { get: () => cells.cellOfCode()?.request.content.code },
  });
}

/** Bytes travel as base64. @param {Record<string, unknown>} data MIME type → content */
function encode(data) {
  const entries = Object.entries(data).map(([type, value]) => [
    type,
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  ]);
  return Object.fromEntries(entries);
}

/** Jupyter counts characters, JavaScript UTF-16 units. @param {string} code @param {number} characters */
const toUnits = (code, characters) => [...code].slice(0, characters).join('').length;

/** @param {string} code @param {number} units */
const toCharacters = (code, units) => [...code.slice(0, units)].length;

module.exports = { startKernel };
