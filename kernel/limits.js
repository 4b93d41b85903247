/** What the sockets take and how long they wait: one place for both threads. */

module.exports = {
  /** The largest part of a message to the shell or of an answer. JupyterLab's server itself passes on 10 MiB at most. */
  MOST_BYTES: 32 * 2 ** 20,
  /** The same for the control channel, whose requests carry a word or two, and for subscriptions. */
  MOST_CONTROL_BYTES: 2 ** 20,
  /** ZeroMQ copies up to 128 bytes; what is longer it would give back to a thread that may have ended. Jupyter beats
   * with 4. */
  MOST_HEARTBEAT_BYTES: 128,
  /** How long what was sent may take to leave after the kernel's end; for ever would let a stopped client hold it. */
  LINGER_MILLISECONDS: 5000,
};
