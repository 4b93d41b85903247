/**
 * Runs in a thread of its own, so that it answers while a cell keeps the kernel's main thread busy: takes requests from
 * the control channel, echoes the heartbeat, and ends the kernel when Jupyter is gone.
 */

const process = require('node:process');
const { parentPort, workerData } = require('node:worker_threads');
const { setTimeout: delay } = require('node:timers/promises');
const zeromq = require('zeromq');
const { breakOff, isHeard } = require('./interruptible');
const { createMessages, log } = require('./messages');
const { createSender } = require('./sender');

const PARENT_CHECK_MILLISECONDS = 1000;
/** How long a cell may take to come to an await by itself. */
const PATIENCE_MILLISECONDS = 300;
const isWindows = process.platform === 'win32';
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);

const { parse } = createMessages(workerData.key);
const control = new zeromq.Router({ sendHighWaterMark: 0 });
const heartbeat = new zeromq.Reply();

async function passRequests() {
  for await (const frames of control) {
    port.postMessage(frames);
    const type = typeOf(frames);
    if (type === 'interrupt_request' || type === 'shutdown_request') insist();
  }
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

/** @param {Uint8Array[] | 'close'} order frames to send, or to end */
async function obey(order) {
  if (order !== 'close') {
    return send(
      control,
      order.map((each) => Buffer.from(each)),
    );
  }
  await settled();
  control.close();
  heartbeat.close();
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

port.on('message', obey);
Promise.all([control.bind(workerData.control), heartbeat.bind(workerData.heartbeat)]).then(() => {
  passRequests();
  echoHeartbeats();
  port.postMessage('ready');
});
if (process.env.JPY_PARENT_PID) watchParent();
