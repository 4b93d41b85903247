/**
 * Runs in a thread of its own, so that it answers while a cell keeps the kernel's main thread busy: takes requests from
 * the control channel and answers from stdin, echoes the heartbeat, and ends the kernel when Jupyter is gone.
 *
 * What it sends must be strings, or buffers of at most 128 bytes. A longer buffer ZeroMQ does not copy: it gives it back
 * once it has left, to memory of this thread, which is free by then if the thread has ended. The kernel died of that at
 * shutdown ("corrupted double-linked list").
 */

const process = require('node:process');
const { parentPort, workerData } = require('node:worker_threads');
const { setTimeout: delay } = require('node:timers/promises');
const zeromq = require('zeromq');
const { breakOff, isHeard } = require('./interruptible');
const {
  LINGER_MILLISECONDS,
  listen,
  MOST_BYTES,
  MOST_CONTROL_BYTES,
  MOST_HEARTBEAT_BYTES,
} = require('./sockets');
const { createMessages, log } = require('./messages');
const { createSender } = require('./sender');

const PARENT_CHECK_MILLISECONDS = 1000;
/** How long a cell may take to come to an await by itself. */
const PATIENCE_MILLISECONDS = 300;
const isWindows = process.platform === 'win32';
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);

/** Where answers go, which the main thread may be waiting for. @type {import('node:worker_threads').MessagePort} */
const arrivals = workerData.arrivals;

const { parse } = createMessages(workerData.key);
const out = { sendHighWaterMark: 0, linger: LINGER_MILLISECONDS };
const sockets = {
  control: new zeromq.Router({ ...out, maxMessageSize: MOST_CONTROL_BYTES }),
  stdin: new zeromq.Router({ ...out, maxMessageSize: MOST_BYTES }),
};
const heartbeat = new zeromq.Reply({ linger: 0, maxMessageSize: MOST_HEARTBEAT_BYTES });

async function passRequests() {
  for await (const frames of sockets.control) {
    port.postMessage(frames);
    const type = typeOf(frames);
    if (type !== 'interrupt_request' && type !== 'shutdown_request') continue;
    deliver('interrupt');
    insist();
  }
}

async function passAnswers() {
  for await (const frames of sockets.stdin) deliver(frames);
}

/** To the main thread, also while it does nothing but wait for it. @param {Buffer[] | 'interrupt'} arrival */
function deliver(arrival) {
  arrivals.postMessage(arrival);
  Atomics.add(workerData.arrived, 0, 1);
  Atomics.notify(workerData.arrived, 0);
}

/** The main thread obeys as soon as it is free. If it is not, what keeps it is broken off. */
async function insist() {
  const order = ++orders;
  do await delay(PATIENCE_MILLISECONDS);
  while (!isWindows && !isHeard(workerData.state, order) && !breakOff(workerData.state));
}
let orders = 0;

/** @param {Buffer[]} frames @returns nothing for a message that the main thread will refuse as well */
function typeOf(frames) {
  try {
    return parse(frames).header.msg_type;
  } catch {
    return undefined;
  }
}

async function echoHeartbeats() {
  for await (const frames of heartbeat) await heartbeat.send(frames);
}

const { send, settled } = createSender(log);

/** @typedef {{ socket: keyof typeof sockets, frames: (Uint8Array | string)[] }} Dispatch */

/** @param {Dispatch | 'close'} order to send something, or to end */
async function obey(order) {
  if (order !== 'close') {
    const frames = order.frames.map((each) => (typeof each === 'string' ? each : Buffer.from(each)));
    return send(sockets[order.socket], frames);
  }
  await settled();
  for (const socket of [sockets.control, sockets.stdin, heartbeat]) socket.close();
  process.exit();
}

/** Jupyter starts kernels in a session of their own: no signal tells them that it was killed. */
function watchParent() {
  const parent = process.ppid;
  // Between Jupyter and the kernel there may be another process: a version manager's `node`.
  const jupyter = isWindows ? parent : Number(process.env.JPY_PARENT_PID);
  setInterval(() => {
    if (process.ppid !== parent || !isAlive(jupyter)) process.kill(process.pid, 'SIGKILL');
  }, PARENT_CHECK_MILLISECONDS);
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH';
  }
}

async function begin() {
  const problems = await Promise.all([
    listen(sockets.control, workerData.control),
    listen(sockets.stdin, workerData.stdin),
    listen(heartbeat, workerData.heartbeat),
  ]);
  passRequests();
  passAnswers();
  echoHeartbeats();
  port.postMessage(problems.find(Boolean));
}

port.on('message', obey);
begin();
if (process.env.JPY_PARENT_PID) watchParent();
