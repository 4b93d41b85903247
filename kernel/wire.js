/** The kernel's five ZeroMQ sockets: messages in, messages out. Knows nothing of what they mean. */

const fs = require('node:fs');
const path = require('node:path');
const { Worker } = require('node:worker_threads');
const zeromq = require('zeromq');
const { state } = require('./interruptible');
const { createMessages, log } = require('./messages');
const { createSender } = require('./sender');

/**
 * @typedef {import('./messages').Message} Message
 * @typedef {'shell' | 'control'} Channel
 */

/** @param {string} connectionFile what Jupyter wrote: ports, transport and the key that messages are signed with */
async function connect(connectionFile) {
  const connection = JSON.parse(fs.readFileSync(connectionFile, 'utf8'));
  const { parse, frame } = createMessages(connection.key);
  const address = (/** @type {number} */ port) => `${connection.transport}://${connection.ip}:${port}`;

  const sentry = new Worker(path.join(__dirname, 'sentry.js'), {
    workerData: {
      key: connection.key,
      state,
      control: address(connection.control_port),
      heartbeat: address(connection.hb_port),
    },
  });

  // No limit on what waits to be sent: the default of 1,000 messages loses output of a cell that prints much.
  const publisher = new zeromq.Publisher({ sendHighWaterMark: 0 });
  const shell = new zeromq.Router({ sendHighWaterMark: 0 });
  const stdin = new zeromq.Router();
  await Promise.all([
    publisher.bind(address(connection.iopub_port)),
    shell.bind(address(connection.shell_port)),
    stdin.bind(address(connection.stdin_port)),
    new Promise((resolve) => sentry.once('message', resolve)),
  ]);

  const { send, settled } = createSender(log);

  return {
    /** Calls `receive` for each message, without waiting for what it does.
     * @param {(channel: Channel, message: Message) => void} receive */
    async listen(receive) {
      /** @param {Channel} channel @param {Buffer[]} frames */
      const pass = (channel, frames) => {
        try {
          receive(channel, parse(frames));
        } catch (error) {
          log(error);
        }
      };
      sentry.on('message', (/** @type {Uint8Array[]} */ frames) =>
        pass(
          'control',
          frames.map((each) => Buffer.from(each)),
        ),
      );
      for await (const frames of shell) pass('shell', frames);
    },
    /** To everyone. @param {string} type @param {object} content @param {Message} [parent] @param {object} [metadata] */
    publish(type, content, parent, metadata) {
      send(publisher, frame([Buffer.from(type)], type, content, parent?.header ?? {}, metadata));
    },
    /** To whoever asked. @param {Channel} channel @param {Message} request @param {object} content */
    reply(channel, request, content) {
      const type = request.header.msg_type.replace(/_request$/, '_reply');
      const frames = frame(request.identities, type, content, request.header);
      if (channel === 'shell') send(shell, frames);
      else sentry.postMessage(frames);
    },
    /** Sends what waits, then closes. */
    async close() {
      sentry.postMessage('close');
      await Promise.all([new Promise((resolve) => sentry.once('exit', resolve)), settled()]);
      for (const socket of [publisher, shell, stdin]) socket.close();
    },
  };
}

module.exports = { connect };
