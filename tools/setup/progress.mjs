/** One line for each step: a living line in a terminal, a line at the start and at the end elsewhere. */

const live = Boolean(process.stdout.isTTY);

/**
 * @param {number} since - a time from `Date.now()`
 * @returns {string} seconds since then, such as `1.4 s`
 */
export function elapsed(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * Runs one step and shows its name, what it is doing, how it ended and its time.
 *
 * @template T
 * @param {string} name
 * @param {(say: (doing: string) => void) => Promise<T>} work - `say` replaces the text beside the name
 * @param {(result: T) => string} [describe] - what to print beside the name at the end
 * @returns {Promise<T>}
 */
export async function step(name, work, describe = () => '') {
  const start = Date.now();
  let doing = '';
  const draw = () => {
    const line = `  … ${name}  ${elapsed(start)}  ${doing}`;
    process.stdout.write(`\r\x1b[2K${line.slice(0, (process.stdout.columns || 80) - 1)}`);
  };
  const timer = live ? setInterval(draw, 200) : undefined;
  if (live) draw();
  else console.log(`  … ${name}`);
  /** @param {string} mark @param {string} text */
  const finish = (mark, text) => {
    clearInterval(timer);
    if (live) process.stdout.write('\r\x1b[2K');
    console.log(`  ${mark} ${name}${text ? `: ${text}` : ''}  (${elapsed(start)})`);
  };
  try {
    const result = await work((text) => {
      doing = text;
    });
    finish('✓', describe(result));
    return result;
  } catch (error) {
    finish('✗', 'failed');
    throw error;
  }
}
