/**
 * Jupyter's messages as they travel: signed parts of JSON.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 */

const { createHmac, randomUUID, timingSafeEqual } = require('node:crypto');
const fs = require('node:fs');

const DELIMITER = Buffer.from('<IDS|MSG>');
const PROTOCOL_VERSION = '5.3';

/**
 * @typedef {{ msg_id: string, msg_type: string, session: string, username: string, date: string, version: string }} Header
 * @typedef {object} Message
 * @property {Buffer[]} identities who asks, as ZeroMQ names them
 * @property {Header} header
 * @property {Record<string, any>} metadata JupyterLab, for one, names the cell in it: `cellId`
 * @property {any} content
 * @property {Buffer[]} buffers what is not JSON
 */

/** Tells Jupyter's log; `process.stderr` goes to the reader's cell. @param {unknown} error */
function log(error) {
  fs.writeSync(2, `kernel: ${error instanceof Error ? error.stack : error}\n`);
}

/** @param {string} key that both sides sign with; empty: nobody signs */
function createMessages(key) {
  const session = randomUUID();

  /** @param {Buffer[]} parts */
  function sign(parts) {
    if (!key) return '';
    const hash = createHmac('sha256', key);
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  }

  return {
    /** @param {Buffer[]} frames @returns {Message} @throws if the signature is not right */
    parse(frames) {
      const delimiter = frames.findIndex((frame) => frame.equals(DELIMITER));
      if (delimiter < 0) throw new Error('Cannot read a message: it has no delimiter');
      const [signature, ...parts] = frames.slice(delimiter + 1);
      const expected = Buffer.from(sign(parts.slice(0, 4)));
      if (signature?.length !== expected.length || !timingSafeEqual(signature, expected)) {
        throw new Error('Cannot trust a message: its signature is wrong');
      }
      const [header, , metadata, content] = parts.slice(0, 4).map((part) => JSON.parse(part.toString()));
      return { identities: frames.slice(0, delimiter), header, metadata, content, buffers: parts.slice(4) };
    },
    /** @param {Buffer[]} identities @param {string} type @param {object} content @param {Header | {}} parent
     * @param {object} [metadata] */
    frame(identities, type, content, parent, metadata = {}) {
      const username = 'username' in parent ? parent.username : 'kernel';
      const header = {
        msg_id: randomUUID(),
        msg_type: type,
        session,
        username,
        date: new Date().toISOString(),
        version: PROTOCOL_VERSION,
      };
      const parts = [header, parent, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
      return [...identities, DELIMITER, Buffer.from(sign(parts)), ...parts];
    },
  };
}

module.exports = { createMessages, log, PROTOCOL_VERSION };
