/**
 * Comms: channels between the code of a cell and what it put on the page, a slider for one. Knows how messages find
 * their comm and in which order they count; what they mean, `lib/` knows.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages
 */

/**
 * @typedef {import('./cell').Cell} Cell
 * @typedef {import('./errors').Report} Report
 * @typedef {{ content: any, metadata?: Record<string, any> }} Request
 *
 * @typedef {object} Behaviour
 * @property {object} [data] what the page needs to begin
 * @property {object} [metadata]
 * @property {(data: any, more: boolean) => unknown} [receive] takes a message, as a piece of the cell; `more`: a later
 *   one for the same comm waits already. The page is told that the kernel is idle when it is done.
 * @property {(report: Report) => void} [fail] is told what went wrong in `receive`; by default it is the cell's error
 * @property {() => unknown} [describe] all there is to know, for a page that comes later
 *
 * @typedef {object} Comm
 * @property {string} id
 * @property {string} target
 * @property {Behaviour} behaviour
 * @property {(data: object) => void} send
 * @property {() => void} close
 */

/**
 * @param {object} host
 * @param {(type: string, content: object, parent?: Request, metadata?: object) => void} host.publish
 * @param {(origin: Cell, code: () => unknown) => Promise<Report | undefined>} host.runPiece
 * @param {() => Cell | undefined} host.cellOfCode
 * @param {() => Promise<unknown>} host.nextTurn
 * @param {() => string} host.newId
 */
function createComms({ publish, runPiece, cellOfCode, nextTurn, newId }) {
  /** @type {Map<string, Comm & { origin: Cell | undefined }>} */
  const opened = new Map();
  /** @type {Map<string, (comm: Comm, data: any) => Behaviour>} what the page may open, by target */
  const accepted = new Map();
  /** How many messages wait, by comm. @type {Map<string, number>} */
  const waiting = new Map();
  /** @type {Request | undefined} the message that is being answered */
  let answering;

  /** @param {string} id @param {string} target @param {Cell | undefined} origin */
  function remember(id, target, origin) {
    const comm = {
      id,
      target,
      origin,
      /** @type {Behaviour} */
      behaviour: {},
      /** @param {object} data */
      send(data) {
        // A page takes an echo for that of its own message by the message it answers.
        if (opened.has(id)) publish('comm_msg', { comm_id: id, data }, answering ?? cellOfCode()?.request);
      },
      close: () => end(id, answering ?? cellOfCode()?.request),
    };
    opened.set(id, comm);
    return comm;
  }

  /** @param {string} id @param {Request | undefined} parent what it ends for */
  function end(id, parent) {
    if (opened.delete(id)) publish('comm_close', { comm_id: id, data: {} }, parent);
  }

  /**
   * Opens a comm, which lasts until the cell of the running code runs again.
   *
   * @param {string} target
   * @param {Behaviour} behaviour
   * @returns {Comm}
   */
  function open(target, behaviour) {
    const cell = cellOfCode();
    const comm = remember(newId(), target, cell);
    comm.behaviour = behaviour;
    const { data = {}, metadata } = behaviour;
    publish(
      'comm_open',
      { comm_id: comm.id, target_name: target, data },
      answering ?? cell?.request,
      metadata,
    );
    return comm;
  }

  /**
   * Lets the page open comms.
   *
   * @param {string} target
   * @param {(comm: Comm, data: any) => Behaviour} begin
   */
  function accept(target, begin) {
    accepted.set(target, begin);
  }

  /** @param {string} target @returns {Comm[]} those that are open */
  const all = (target) => [...opened.values()].filter((comm) => comm.target === target);

  /**
   * Lets `take` have what the code of this cell prints and shows, in place of the page.
   *
   * @param {NonNullable<Cell['divert']>} take
   * @returns {() => void} ends that
   */
  function divert(take) {
    const cell = cellOfCode();
    if (!cell) return () => {};
    const before = cell.divert;
    cell.divert = take;
    return () => {
      cell.divert = before;
    };
  }

  const offered = {
    open,
    accept,
    all,
    divert,
    /** Whether somebody sits at the page: who cannot be asked cannot move a slider. */
    get live() {
      return cellOfCode()?.request.content.allow_stdin === true;
    },
  };

  /** @type {Record<string, (request: Request) => object | void | Promise<void>>} */
  const answers = {
    comm_open(request) {
      const { content } = request;
      const begin = accepted.get(content.target_name);
      if (!begin) return publish('comm_close', { comm_id: content.comm_id, data: {} }, request);
      const comm = remember(content.comm_id, content.target_name, undefined);
      comm.behaviour = begin(comm, content.data);
    },
    async comm_msg(request) {
      const { comm_id: id, data } = request.content;
      // A computation that just ended may have kept later messages from being read.
      await nextTurn();
      const left = (waiting.get(id) ?? 1) - 1;
      if (left > 0) waiting.set(id, left);
      else waiting.delete(id);
      const comm = opened.get(id);
      if (!comm) return;
      const { receive, fail } = comm.behaviour;
      answering = request;
      try {
        if (!comm.origin) return void (await receive?.(data, left > 0));
        const report = await runPiece(comm.origin, () => receive?.(data, left > 0));
        if (!report) return;
        if (fail) fail(report);
        else publish('error', report, comm.origin.request);
      } finally {
        answering = undefined;
      }
    },
    comm_close({ content }) {
      opened.delete(content.comm_id);
    },
    comm_info_request({ content }) {
      const wanted = [...opened.values()].filter(({ target }) => (content.target_name ?? target) === target);
      const comms = Object.fromEntries(wanted.map(({ id, target }) => [id, { target_name: target }]));
      return { status: 'ok', comms };
    },
  };

  return {
    answers,
    offered,
    /**
     * Counts a message that arrives, before its turn.
     *
     * @param {string} type
     * @param {Request} request
     */
    announce(type, { content }) {
      if (type === 'comm_msg') waiting.set(content.comm_id, (waiting.get(content.comm_id) ?? 0) + 1);
    },
    /**
     * Closes what earlier runs of a cell opened, and cells that are no more.
     *
     * @param {Request} request - that the cell run
     */
    closeEarlier(request) {
      const { metadata = {} } = request;
      const cells = [metadata.cellId, ...(metadata.deletedCells ?? [])].filter((id) => id !== undefined);
      for (const { id, origin } of opened.values()) {
        if (cells.includes(origin?.request.metadata?.cellId)) end(id, request);
      }
    },
  };
}

module.exports = { createComms };
