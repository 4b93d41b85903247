/** What the programs' command lines have in common: numbers that are checked, and refusals of one line. */
import * as os from 'node:os';
import { InvalidArgumentError, type OutputConfiguration } from 'commander';

/** @returns reads a whole number from `least` to `greatest` */
export function whole(least: number, greatest: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= greatest) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${greatest}.`);
  };
}

/** @returns reads a number above 0; the complaint names an `example` */
export function positive(example: number): (text: string) => number {
  return (text) => numberIn(text, (value) => value > 0, `above 0, such as ${example}`);
}

/** @returns reads a number of at least 0; the complaint names an `example` */
export function notNegative(example: number): (text: string) => number {
  return (text) => numberIn(text, (value) => value >= 0, `of at least 0, such as ${example}`);
}

function numberIn(text: string, fits: (value: number) => boolean, what: string): number {
  const value = text.trim() ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && fits(value)) return value;
  throw new InvalidArgumentError(`It must be a number ${what}.`);
}

/**
 * How a command says in one line what it refuses, and where help is.
 *
 * @param help - what prints its options, such as `npm run mnist -- --help`
 * @returns for `configureOutput` of commander
 */
export function refusals(help: string): OutputConfiguration {
  return {
    outputError: (text, write) => {
      const line = text.trim().replace(/\s*\n\s*/g, ' ');
      write(`${line}${/[.)?]$/.test(line) ? '' : '.'} See: ${help}${os.EOL}`);
    },
  };
}
