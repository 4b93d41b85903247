/**
 * Sends what is written to `process.stdout` and `process.stderr`, also from a timer or by a child process, to the cell
 * that wrote it. Text written within one turn of the event loop travels together.
 */

const { forwardChildren } = require('./children');

/** UTF-16 units that may wait; more is sent at once. Also the most that one message carries. */
const MOST_WAITING = 4 * 2 ** 20;
/**
 * UTF-16 units that one turn of the event loop may print. What is printed without a pause lies in memory until the turn
 * ends, and no page can show that much.
 */
const MOST_PER_TURN = 256 * 2 ** 20;

/**
 * @typedef {import('./messages').Message} Message
 * @typedef {'stdout' | 'stderr'} Name
 * @typedef {{ request: Message, divert?: (type: string, content: any) => void }} Cell
 * @typedef {(type: 'stream', content: { name: Name, text: string }, request?: Message) => void} Publish
 */

/** Cuts text into pieces, none of them in the middle of a character. @param {string} text @param {number} most */
function* pieces(text, most) {
  let start = 0;
  while (text.length - start > most) {
    const isCut = /[\ud800-\udbff]/.test(text[start + most - 1]);
    const end = start + most - (isCut && most > 1 ? 1 : 0);
    yield text.slice(start, end);
    start = end;
  }
  yield text.slice(start);
}

/**
 * What was printed and is not sent yet.
 *
 * @param {Publish} publish
 * @param {{ mostWaiting?: number, mostPerTurn?: number }} [limits]
 */
function createOutput(publish, { mostWaiting = MOST_WAITING, mostPerTurn = MOST_PER_TURN } = {}) {
  /** @type {{ name: Name, text: string, request: Message | undefined }[]} */
  let waiting = [];
  let waitingUnits = 0;
  let unitsOfTurn = 0;
  let turnHasEnd = false;
  /** UTF-16 units that were not sent, by the cell that printed them. @type {Map<Message | undefined, number>} */
  const dropped = new Map();

  function send() {
    const parts = waiting;
    waiting = [];
    waitingUnits = 0;
    for (const { name, text, request } of parts) publish('stream', { name, text }, request);
  }

  /** Sends what waits, and says what was dropped. */
  function flush() {
    send();
    for (const [request, units] of dropped) {
      const text = `[${units.toLocaleString('en')} characters more were printed than can be shown: after ${mostPerTurn.toLocaleString('en')} a cell must await something before it prints on]\n`;
      publish('stream', { name: 'stderr', text }, request);
    }
    dropped.clear();
  }

  function endTurn() {
    flush();
    unitsOfTurn = 0;
    turnHasEnd = false;
  }

  return {
    flush,
    /** @param {Name} name @param {string} text @param {Message | undefined} request */
    print(name, text, request) {
      if (!turnHasEnd) setImmediate(endTurn);
      turnHasEnd = true;
      for (const piece of pieces(text, mostWaiting)) {
        if (unitsOfTurn + piece.length > mostPerTurn) {
          dropped.set(request, (dropped.get(request) ?? 0) + piece.length);
          continue;
        }
        unitsOfTurn += piece.length;
        waitingUnits += piece.length;
        const last = waiting.at(-1);
        const together = last?.name === name && last.request === request;
        if (together && last.text.length + piece.length <= mostWaiting) last.text += piece;
        else waiting.push({ name, text: piece, request });
        if (waitingUnits >= mostWaiting) send();
      }
    },
  };
}

/**
 * @param {{ publish: Publish }} wire
 * @param {() => Cell | undefined} currentCell the one that the running code belongs to
 * @returns {{ flush(): void }} sends what was printed so far
 */
function captureOutput(wire, currentCell) {
  const { flush, print } = createOutput(wire.publish);

  /** @param {Name} name @param {string} text */
  function write(name, text) {
    if (text === '') return;
    const cell = currentCell();
    if (cell?.divert) cell.divert('stream', { name, text });
    else print(name, text, cell?.request);
  }

  for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
    const decoder = new TextDecoder();
    process[name].write = (/** @type {string | Uint8Array} */ chunk, /** @type {any[]} */ ...rest) => {
      const encoding = typeof rest[0] === 'string' && !/^utf-?8$/i.test(rest[0]) ? rest[0] : undefined;
      const bytes =
        typeof chunk === 'string' && encoding
          ? Buffer.from(chunk, /** @type {BufferEncoding} */ (encoding))
          : chunk;
      write(name, typeof bytes === 'string' ? bytes : decoder.decode(bytes, { stream: true }));
      const done = rest.find((argument) => typeof argument === 'function');
      if (done) process.nextTick(done);
      return true;
    };
    // The stream is every cell's: one that ends it writes its last words only.
    process[name].end = /** @type {any} */ (
      (/** @type {any[]} */ ...args) => {
        const [chunk] = args;
        if (typeof chunk === 'string' || chunk instanceof Uint8Array) process[name].write(chunk);
        const done = args.find((argument) => typeof argument === 'function');
        if (done) process.nextTick(done);
        // Who waits for the end, like `pipeline`, hears of it.
        process.nextTick(() => process[name].emit('finish'));
        return process[name];
      }
    );
  }
  forwardChildren(write);
  return { flush };
}

module.exports = { captureOutput, createOutput };
