/**
 * Jupyter's wire protocol over ZeroMQ: signed messages in, signed messages out. Knows nothing of what they mean.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 */

const { createHmac, randomUUID, timingSafeEqual } = require('node:crypto');
const fs = require('node:fs');
const zeromq = require('zeromq');

const DELIMITER = Buffer.from('<IDS|MSG>');
const PROTOCOL_VERSION = '5.3';

/**
 * @typedef {{ msg_id: string, msg_type: string, session: string, username: string, date: string, version: string }} Header
 * @typedef {{ identities: Buffer[], header: Header, content: any }} Message
 * @typedef {'shell' | 'control'} Channel
 */

/** @param {string} connectionFile what Jupyter wrote: ports, transport and the key that messages are signed with */
async function connect(connectionFile) {
  const connection = JSON.parse(fs.readFileSync(connectionFile, 'utf8'));
  const session = randomUUID();

  /** @param {Buffer[]} parts */
  function sign(parts) {
    if (!connection.key) return '';
    const hash = createHmac('sha256', connection.key);
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  }

  /** @param {Buffer[]} frames @returns {Message} @throws if the signature is not right */
  function parse(frames) {
    const delimiter = frames.findIndex((frame) => frame.equals(DELIMITER));
    if (delimiter < 0) throw new Error('Cannot read a message: it has no delimiter');
    const [signature, ...parts] = frames.slice(delimiter + 1);
    const expected = Buffer.from(sign(parts.slice(0, 4)));
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      throw new Error('Cannot trust a message: its signature is wrong');
    }
    const [header, , , content] = parts.slice(0, 4).map((part) => JSON.parse(part.toString()));
    return { identities: frames.slice(0, delimiter), header, content };
  }

  /** @param {Buffer[]} identities @param {string} type @param {object} content @param {Header | {}} parent */
  function frame(identities, type, content, parent) {
    const username = 'username' in parent ? parent.username : 'kernel';
    const header = {
      msg_id: randomUUID(),
      msg_type: type,
      session,
      username,
      date: new Date().toISOString(),
      version: PROTOCOL_VERSION,
    };
    const parts = [header, parent, {}, content].map((part) => Buffer.from(JSON.stringify(part)));
    return [...identities, DELIMITER, Buffer.from(sign(parts)), ...parts];
  }

  // No limit on what waits to be sent: the default of 1,000 messages loses output of a cell that prints much.
  const publisher = new zeromq.Publisher({ sendHighWaterMark: 0 });
  const sockets = {
    shell: new zeromq.Router({ sendHighWaterMark: 0 }),
    control: new zeromq.Router({ sendHighWaterMark: 0 }),
    stdin: new zeromq.Router(),
  };
  const heartbeat = new zeromq.Reply();
  /** @param {zeromq.Socket} socket @param {number} port */
  const bind = (socket, port) => socket.bind(`${connection.transport}://${connection.ip}:${port}`);
  await Promise.all([
    bind(publisher, connection.iopub_port),
    bind(sockets.shell, connection.shell_port),
    bind(sockets.control, connection.control_port),
    bind(sockets.stdin, connection.stdin_port),
    bind(heartbeat, connection.hb_port),
  ]);

  // A socket takes one send at a time; each waits for the one before.
  const sending = new Map();
  /** @param {any} socket @param {Buffer[]} frames */
  function send(socket, frames) {
    const sent = (sending.get(socket) ?? Promise.resolve()).then(() => socket.send(frames));
    sending.set(
      socket,
      sent.catch((/** @type {Error} */ error) => process.emitWarning(error)),
    );
  }

  return {
    /** Calls `receive` for each message, without waiting for what it does. @param {Channel} channel
     * @param {(message: Message) => void} receive */
    async listen(channel, receive) {
      for await (const frames of sockets[channel]) {
        try {
          receive(parse(frames));
        } catch (error) {
          process.emitWarning(/** @type {Error} */ (error));
        }
      }
    },
    async echoHeartbeats() {
      for await (const frames of heartbeat) await heartbeat.send(frames);
    },
    /** To everyone. @param {string} type @param {object} content @param {Message} [parent] */
    publish(type, content, parent) {
      send(publisher, frame([Buffer.from(type)], type, content, parent?.header ?? {}));
    },
    /** To whoever asked. @param {Channel} channel @param {Message} request @param {object} content */
    reply(channel, request, content) {
      const type = request.header.msg_type.replace(/_request$/, '_reply');
      send(sockets[channel], frame(request.identities, type, content, request.header));
    },
    /** Sends what waits, then closes. */
    async close() {
      await Promise.all(sending.values());
      for (const socket of [publisher, heartbeat, ...Object.values(sockets)]) socket.close();
    },
  };
}

module.exports = { connect, PROTOCOL_VERSION };
