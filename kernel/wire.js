/** The kernel's five ZeroMQ sockets: messages in, messages out. Knows nothing of what they mean. */

const { randomUUID } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { MessageChannel, receiveMessageOnPort, Worker } = require('node:worker_threads');
const zeromq = require('zeromq');
const { state } = require('./interruptible');
const { createMessages, createRefusals, log } = require('./messages');
const { createSender } = require('./sender');
const { LINGER_MILLISECONDS, listen, MOST_BYTES, MOST_CONTROL_BYTES } = require('./sockets');

/**
 * @typedef {import('./messages').Message} Message
 * @typedef {'shell' | 'control'} Channel
 * @typedef {{ kind: 'answer', question: string | undefined, value: string } | { kind: 'interrupt' }} Arrival what came
 *   while something was asked; an answer that does not name its question has `undefined`
 */

/** How long a wait for an answer lasts before the thread looks whether it is to be broken off. */
const SLICE_MILLISECONDS = 100;

/** @param {{ transport?: string, ip: string }} connection @param {number} port */
function addressOf({ transport = 'tcp', ip }, port) {
  return transport === 'ipc' ? `ipc://${ip}-${port}` : `${transport}://${ip}:${port}`;
}

/** @param {string} connectionFile what Jupyter wrote: ports, transport and the key that messages are signed with */
async function connect(connectionFile) {
  const connection = JSON.parse(fs.readFileSync(connectionFile, 'utf8'));
  const { parse, frame } = createMessages(connection.key);
  const refuse = createRefusals(log);
  const address = (/** @type {number} */ port) => addressOf(connection, port);

  const { port1: arrivals, port2: arrivalsOfSentry } = new MessageChannel();
  const arrived = new Int32Array(new SharedArrayBuffer(4));
  const sentry = new Worker(path.join(__dirname, 'sentry.js'), {
    workerData: {
      key: connection.key,
      state,
      arrived,
      arrivals: arrivalsOfSentry,
      control: address(connection.control_port),
      stdin: address(connection.stdin_port),
      heartbeat: address(connection.hb_port),
    },
    transferList: [arrivalsOfSentry],
  });

  // No limit on what waits to be sent: the default of 1,000 messages loses output of a cell that prints much.
  const out = { sendHighWaterMark: 0, linger: LINGER_MILLISECONDS };
  const publisher = new zeromq.Publisher({ ...out, maxMessageSize: MOST_CONTROL_BYTES });
  const shell = new zeromq.Router({ ...out, maxMessageSize: MOST_BYTES });
  const problems = await Promise.all([
    listen(publisher, address(connection.iopub_port)),
    listen(shell, address(connection.shell_port)),
    new Promise((resolve) => sentry.once('message', resolve)),
  ]);

  const { send, settled } = createSender(log);

  /** Sends what waits, then closes. */
  async function close() {
    sentry.postMessage('close');
    await Promise.all([new Promise((resolve) => sentry.once('exit', resolve)), settled()]);
    for (const socket of [publisher, shell]) socket.close();
    arrivals.close();
  }

  const problem = problems.find(Boolean);
  if (problem) {
    await close();
    throw new Error(problem);
  }

  /** @param {Buffer[]} frames @returns {Message | undefined} nothing for a message that is refused */
  function accept(frames) {
    try {
      return parse(frames);
    } catch (error) {
      refuse(error);
    }
  }

  /** @param {Uint8Array[] | 'interrupt'} arrival @returns {Arrival | undefined} */
  function readArrival(arrival) {
    if (arrival === 'interrupt') return { kind: 'interrupt' };
    const message = accept(arrival.map((each) => Buffer.from(each)));
    if (message?.header.msg_type !== 'input_reply') return undefined;
    return { kind: 'answer', question: message.parent?.msg_id, value: String(message.content.value ?? '') };
  }

  return {
    /** Calls `receive` for each message, without waiting for what it does.
     * @param {(channel: Channel, message: Message) => void} receive */
    async listen(receive) {
      /** @param {Channel} channel @param {Buffer[]} frames */
      const pass = (channel, frames) => {
        const message = accept(frames);
        if (message) receive(channel, message);
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
      send(publisher, frame([Buffer.from(type)], type, content, parent?.header ?? {}, { metadata }));
    },
    /** To whoever asked. @param {Channel} channel @param {Message} request @param {object} content */
    reply(channel, request, content) {
      const type = request.header.msg_type.replace(/_request$/, '_reply');
      const frames = frame(request.identities, type, content, request.header);
      if (channel === 'shell') send(shell, frames);
      else sentry.postMessage({ socket: 'control', frames });
    },
    /** Asks whoever sent a request for a line of text. @param {Message} request
     * @param {{ prompt: string, password: boolean }} content @returns {string} what an answer names as its question */
    ask(request, content) {
      const id = randomUUID();
      const frames = frame(request.identities, 'input_request', content, request.header, { id });
      sentry.postMessage({ socket: 'stdin', frames });
      return id;
    },
    /** Calls `receive` for each answer, and for each interrupt. @param {(arrival: Arrival) => void} receive
     * @returns {{ wait(): void }} `wait` holds the thread until something may have come, and passes on what has */
    listenForAnswers(receive) {
      /** @param {Uint8Array[] | 'interrupt'} arrival */
      const pass = (arrival) => {
        const read = readArrival(arrival);
        if (read) receive(read);
      };
      arrivals.on('message', pass);
      return {
        wait() {
          const before = Atomics.load(arrived, 0);
          const arrival = receiveMessageOnPort(arrivals);
          if (arrival) pass(arrival.message);
          else Atomics.wait(arrived, 0, before, SLICE_MILLISECONDS);
        },
      };
    },
    close,
  };
}

module.exports = { addressOf, connect };
