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

/** @param {Entry[]} entries @param {unknown} pattern with `*` and `?` for any text @param {boolean} unique */
function search(entries, pattern, unique) {
  const found = entries.filter(({ input }) => matches(input, String(pattern)));
  if (!unique) return found;
  const last = new Map(found.map((entry) => [entry.input, entry]));
  return found.filter((entry) => last.get(entry.input) === entry);
}

/**
 * Whether the whole text is as the pattern says. Only the latest `*` is ever tried again, so that it takes at most
 * text × pattern steps; a regular expression could take for ever.
 *
 * @param {string} text @param {string} pattern `*`: any characters, `?`: any one
 */
function matches(text, pattern) {
  const [characters, wanted] = [[...text], [...pattern]];
  let [place, next] = [0, 0];
  /** @type {{ place: number, next: number } | undefined} where the latest `*` stands, and what it covers up to */
  let star;
  while (place < characters.length) {
    if (wanted[next] === '*') star = { place, next: next++ };
    else if (next < wanted.length && (wanted[next] === '?' || wanted[next] === characters[place])) {
      place++;
      next++;
    } else if (star) {
      place = ++star.place;
      next = star.next + 1;
    } else return false;
  }
  return wanted.slice(next).every((character) => character === '*');
}

module.exports = { createHistory };
