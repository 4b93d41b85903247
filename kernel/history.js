/** What was run in this session, for a console's arrow keys and search. */

/** The number of the session: each kernel remembers its own alone. */
const SESSION = 1;
const REMEMBERED = 10_000;

/** @typedef {{ line: number, input: string, output: string | null }} Entry */

function createHistory() {
  /** @type {Entry[]} the oldest first */
  const entries = [];

  return {
    /** @param {number} line its execution count @param {string} input @returns {Entry} */
    add(line, input) {
      const entry = { line, input, output: null };
      entries.push(entry);
      if (entries.length > REMEMBERED) entries.shift();
      return entry;
    },
    /** The content of a `history_reply`. @param {any} request the content of a `history_request` */
    answer(request) {
      const chosen = choose(entries, request);
      const tuple = (/** @type {Entry} */ { line, input, output }) => [
        SESSION,
        line,
        request.output ? [input, output] : input,
      ];
      return { status: 'ok', history: chosen.map(tuple) };
    },
  };
}

/** @param {Entry[]} entries @param {any} request */
function choose(entries, { hist_access_type, n, session = 0, start = 0, stop, pattern, unique }) {
  if (hist_access_type === 'range') {
    // 0 is the present session, negative ones count back from it.
    if (session !== 0 && session !== SESSION) return [];
    return entries.filter(({ line }) => line >= start && line < (stop ?? Number.POSITIVE_INFINITY));
  }
  const found = hist_access_type === 'search' ? search(entries, pattern ?? '*', unique) : entries;
  return n === undefined || n === null ? found : found.slice(Math.max(0, found.length - n));
}

/** @param {Entry[]} entries @param {string} pattern with `*` and `?` for any text @param {boolean} unique */
function search(entries, pattern, unique) {
  const parts = [...pattern].map((character) =>
    character === '*'
      ? '[\\s\\S]*'
      : character === '?'
        ? '[\\s\\S]'
        : character.replace(/[\\^$.|+()[\]{}]/, '\\$&'),
  );
  const expression = new RegExp(`^${parts.join('')}$`, 'u');
  const found = entries.filter(({ input }) => expression.test(input));
  if (!unique) return found;
  const last = new Map(found.map((entry) => [entry.input, entry]));
  return found.filter((entry) => last.get(entry.input) === entry);
}

module.exports = { createHistory };
