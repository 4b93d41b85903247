/** What the programs of this project share: reading their options, and ending with one line if they fail. */
import { parseArgs } from 'node:util';
import { recognise } from './processes.mjs';
import { Problem } from './project.mjs';

/**
 * Reads command-line options; an unknown one, or one without its value, is a clear error.
 *
 * @template {Record<string, { type: 'string' | 'boolean' }>} Options
 * @param {string} command - as the reader types it, such as `npm start`
 * @param {Options} options
 * @param {string[]} [args]
 * @returns {{ [name in keyof Options]?: Options[name]['type'] extends 'boolean' ? boolean : string }}
 * @throws {Problem} naming the option and listing those there are
 */
export function readOptions(command, options, args = process.argv.slice(2)) {
  try {
    const { values } = parseArgs({ args, options, strict: true, allowPositionals: false });
    return /** @type {any} */ (values);
  } catch (error) {
    const names = Object.entries(options).map(
      ([name, { type }]) => `--${name}${type === 'string' ? '=…' : ''}`,
    );
    const reason = /** @type {Error} */ (error).message.split(/[.\n]/)[0];
    throw new Problem(`${command}: ${reason}`, `the options are ${names.join(', ')}`);
  }
}

/**
 * Runs a command's main function; a problem becomes one line on stderr and exit status 1.
 *
 * @param {() => Promise<number>} main - returns the exit status
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    const { message, code, path } = /** @type {NodeJS.ErrnoException} */ (error);
    const known = code ? recognise(message) : undefined;
    if (error instanceof Problem) console.error(`✗ ${message}`);
    else if (known) console.error(`✗ ${known.cause} (${path ?? code}); ${known.remedy}`);
    else console.error(error);
    process.exitCode = 1;
  }
}
