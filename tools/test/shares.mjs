/** Where the time of `npm test` goes. */

/** @typedef {{ name: string, seconds: number }} Timed */

/**
 * @param {readonly Timed[]} files - what ran, each with its seconds; not changed
 * @returns {string[]} one line each, slowest first: its share of the sum, its seconds, its name
 */
export function sharesOf(files) {
  const sum = files.reduce((before, { seconds }) => before + seconds, 0);
  return [...files]
    .sort((a, b) => b.seconds - a.seconds)
    .map(({ name, seconds }) => {
      const share = sum > 0 ? (100 * seconds) / sum : 0;
      return `${share.toFixed(1).padStart(5)} % ${seconds.toFixed(1).padStart(8)} s  ${name}`;
    });
}
