/** What the sockets of both threads have in common: how much they take, how long they wait, how they begin. */

/** The largest part of a message to the shell or of an answer. JupyterLab's server itself passes on 10 MiB at most. */
const MOST_BYTES = 32 * 2 ** 20;
/** The same for the control channel, whose requests carry a word or two, and for subscriptions. */
const MOST_CONTROL_BYTES = 2 ** 20;
/** ZeroMQ copies up to 128 bytes; what is longer it would give back to a thread that may have ended. Jupyter beats with
 * 4. */
const MOST_HEARTBEAT_BYTES = 128;
/** How long what was sent may take to leave after the kernel's end; for ever would let a stopped client hold it. */
const LINGER_MILLISECONDS = 5000;

/**
 * @param {{ bind(address: string): Promise<void> }} socket
 * @param {string} address
 * @returns {Promise<string | undefined>} why it cannot; a rejection would end the process while others still begin
 */
async function listen(socket, address) {
  try {
    await socket.bind(address);
  } catch (error) {
    return `cannot listen at ${address}: ${/** @type {Error} */ (error).message}`;
  }
}

module.exports = { LINGER_MILLISECONDS, MOST_BYTES, MOST_CONTROL_BYTES, MOST_HEARTBEAT_BYTES, listen };
