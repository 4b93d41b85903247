/**
 * Jupyter's messages as they travel: signed parts of JSON.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 */

const { createHmac, randomUUID, timingSafeEqual } = require('node:crypto');
const fs = require('node:fs');

const DELIMITER = Buffer.from('<IDS|MSG>');
const PROTOCOL_VERSION = '5.3';
/** Signatures that are remembered, so that nobody sends a message a second time; as many as Jupyter's clients do. */
const REMEMBERED = 2 ** 16;
/** How long refused messages are only counted after one was told. */
const QUIET_MILLISECONDS = 10_000;

/**
 * @typedef {{ msg_id: string, msg_type: string, session: string, username: string, date: string, version: string }} Header
 * @typedef {(Buffer | string)[]} Frames what is sent
 * @typedef {object} Message
 * @property {Buffer[]} identities who asks, as ZeroMQ names them
 * @property {Header} header
 * @property {Partial<Header>} [parent] what it answers
 * @property {Record<string, any>} metadata JupyterLab, for one, names the cell in it: `cellId`
 * @property {any} content
 * @property {Buffer[]} buffers what is not JSON
 */

/** Tells Jupyter's log; `process.stderr` goes to the reader's cell. @param {unknown} error */
function log(error) {
  fs.writeSync(2, `kernel: ${error instanceof Error ? error.stack : error}\n`);
}

/**
 * Tells of messages that were refused: of the first at once, of those that follow within ten seconds only the count.
 * Whoever may send anything at all could otherwise fill the log.
 *
 * @param {(text: string) => void} tell
 */
function createRefusals(tell) {
  let quiet = false;
  let untold = 0;
  return (/** @type {unknown} */ error) => {
    if (quiet) return void untold++;
    quiet = true;
    tell(error instanceof Error ? error.message : String(error));
    const end = () => {
      quiet = false;
      if (untold > 0) tell(`Refused ${untold} more messages in ${QUIET_MILLISECONDS / 1000} s`);
      untold = 0;
    };
    setTimeout(end, QUIET_MILLISECONDS).unref();
  };
}

/** @param {Buffer} part @param {string} name @returns {any} an object */
function readPart(part, name) {
  let value;
  try {
    value = JSON.parse(part.toString());
  } catch {
    // Told below.
  }
  if (typeof value === 'object' && value !== null) return value;
  throw new Error(`Cannot read a message: its ${name} is not a JSON object`);
}

/**
 * Half of a character, as `'😀'[0]` is, becomes the character that stands for what is none: a notebook that holds one
 * cannot be saved. JSON writes halves alone, and nothing else, as `\\ud83d`.
 *
 * @param {string} json
 */
function wellFormed(json) {
  if (!json.includes('\\ud')) return json;
  return json.replace(/\\(u(d[89a-f][0-9a-f]{2})|.)/g, (written, _name, half) => (half ? '\ufffd' : written));
}

/** @param {string} key that both sides sign with; empty: nobody signs, and whatever stands for a signature counts */
function createMessages(key) {
  const session = randomUUID();
  /** The oldest first. @type {Set<string>} */
  const seen = new Set();

  /** @param {(Buffer | string)[]} parts */
  function sign(parts) {
    if (!key) return '';
    const hash = createHmac('sha256', key);
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  }

  /** @param {Buffer} signature @param {Buffer[]} parts @throws if it is wrong or came before */
  function check(signature, parts) {
    const expected = Buffer.from(sign(parts));
    if (signature?.length !== expected.length || !timingSafeEqual(signature, expected)) {
      throw new Error('Cannot trust a message: its signature is wrong');
    }
    const digest = Buffer.from(expected.toString(), 'hex').toString('latin1');
    if (seen.has(digest)) throw new Error('Cannot trust a message: it came a second time');
    seen.add(digest);
    if (seen.size > REMEMBERED) for (const oldest of seen) return void seen.delete(oldest);
  }

  return {
    /** @param {Buffer[]} frames @returns {Message} @throws if it is not signed with the key, was sent before, or is not
     * what the protocol calls a message */
    parse(frames) {
      const delimiter = frames.findIndex((frame) => frame.equals(DELIMITER));
      if (delimiter < 0) throw new Error('Cannot read a message: it has no delimiter');
      const [signature, ...parts] = frames.slice(delimiter + 1);
      const signed = parts.slice(0, 4);
      if (key) check(signature, signed);
      if (signed.length < 4) throw new Error(`Cannot read a message: it has ${signed.length} of 4 parts`);
      const names = ['header', 'parent header', 'metadata', 'content'];
      const [header, parent, metadata, content] = signed.map((part, index) => readPart(part, names[index]));
      if (typeof header.msg_id !== 'string' || typeof header.msg_type !== 'string') {
        throw new Error('Cannot read a message: its header names no msg_id or no msg_type');
      }
      const identities = frames.slice(0, delimiter);
      return { identities, header, parent, metadata, content, buffers: parts.slice(4) };
    },
    /**
     * The parts of JSON are strings: ZeroMQ copies a string, but keeps a buffer of more than 128 bytes until it is
     * sent, and gives it back to the thread that sent it, which may have ended by then.
     *
     * @param {Buffer[]} identities @param {string} type @param {object} content @param {Header | {}} parent
     * @param {{ metadata?: object, id?: string }} [options]
     * @returns {Frames}
     */
    frame(identities, type, content, parent, { metadata = {}, id = randomUUID() } = {}) {
      const header = {
        msg_id: id,
        msg_type: type,
        session,
        username: 'username' in parent ? parent.username : 'kernel',
        date: new Date().toISOString(),
        version: PROTOCOL_VERSION,
      };
      const parts = [header, parent, metadata, content].map((part) => wellFormed(JSON.stringify(part)));
      return [...identities, DELIMITER, sign(parts), ...parts];
    },
  };
}

module.exports = { createMessages, createRefusals, log, PROTOCOL_VERSION };
