/** Where the time of `npm test` goes. */

/** @typedef {{ name: string, seconds: number }} Timed */

/** @param {number} seconds @param {number} sum @param {string} name */
function shareOf(seconds, sum, name) {
  const share = sum > 0 ? (100 * seconds) / sum : 0;
  return `${share.toFixed(1).padStart(5)} % ${seconds.toFixed(1).padStart(8)} s  ${name}`;
}

/** @param {readonly Timed[]} files @returns {number} the seconds of all */
function secondsOf(files) {
  return files.reduce((before, { seconds }) => before + seconds, 0);
}

/**
 * @param {readonly Timed[]} files - what ran, each with its seconds; not changed
 * @returns {string[]} one line each, slowest first: its share of the sum, its seconds, its name; those of less than a second
 *   share one line
 */
export function sharesOf(files) {
  const sum = secondsOf(files);
  const slow = files.filter(({ seconds }) => seconds >= 1).sort((a, b) => b.seconds - a.seconds);
  const lines = slow.map(({ name, seconds }) => shareOf(seconds, sum, name));
  const quick = files.filter(({ seconds }) => seconds < 1);
  if (quick.length === 0) return lines;
  const name = quick.length === 1 ? quick[0].name : `${quick.length} more, each of less than a second`;
  return [...lines, shareOf(secondsOf(quick), sum, name)];
}
