/**
 * Sends messages in their order. A ZeroMQ socket takes most messages at once, also while a cell keeps the event loop
 * busy; the one that it does not take at once it works on, and until that is done it refuses every other.
 *
 * @param {(error: unknown) => void} log told what could not be sent
 */
function createSender(log) {
  /** Per socket, what waits for the message under way. @type {Map<Sends, Frames[]>} */
  const queues = new Map();
  /** @type {Set<Promise<void>>} */
  const underWay = new Set();
  /** @type {Set<Promise<void>>} */
  const draining = new Set();

  /**
   * @typedef {import('./messages').Frames} Frames
   * @typedef {{ send(frames: Frames): Promise<void> }} Sends
   */

  /** @param {Promise<void>} sent */
  function track(sent) {
    const settled = sent.catch(log).finally(() => underWay.delete(settled));
    underWay.add(settled);
  }

  /** @param {Sends} socket @param {Frames[]} queue */
  async function drain(socket, queue) {
    await Promise.all(underWay);
    for (let frames = queue[0]; frames; frames = queue[0]) {
      await socket.send(frames).catch(log);
      queue.shift();
    }
    queues.delete(socket);
  }

  return {
    /** @param {Sends} socket @param {Frames} frames */
    send(socket, frames) {
      const queue = queues.get(socket);
      if (queue) return void queue.push(frames);
      try {
        track(socket.send(frames));
      } catch (error) {
        if (/** @type {{ code?: string }} */ (error).code !== 'EBUSY') return log(error);
        const waiting = [frames];
        queues.set(socket, waiting);
        const drained = drain(socket, waiting).finally(() => draining.delete(drained));
        draining.add(drained);
      }
    },
    /** Resolves when everything is sent. */
    async settled() {
      await Promise.all([...underWay, ...draining]);
    },
  };
}

module.exports = { createSender };
