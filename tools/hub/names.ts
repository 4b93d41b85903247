/** The names of a class's learners: those to try it out with, or a school's own, from a file. */
import * as fs from 'node:fs';
import { Problem } from '../setup/project.mjs';

/** The most learners that a class may have. */
export const mostLearners = 500;

/** What Linux takes as a user's name, JupyterHub as it is, and nobody takes for an option. */
const name = /^[a-z][a-z0-9-]{0,30}$/;

/** @returns the names of as many learners as are asked for: `learner-01` … */
export function testNames(count: number): string[] {
  const digits = Math.max(2, String(count).length);
  return Array.from({ length: count }, (_, index) => `learner-${String(index + 1).padStart(digits, '0')}`);
}

/**
 * Reads the names of a class: one a line; empty lines count for nothing, nor does what follows a `#`.
 *
 * @param file - a text
 * @throws {Problem} if it cannot be read, names nobody or too many, or a line is no name or comes twice
 */
export function namesIn(file: string): string[] {
  const names = readLines(file)
    .map((line, index) => ({ text: line.replace(/#.*/, '').trim(), line: index + 1 }))
    .filter(({ text }) => text);
  const seen = new Set<string>();
  for (const { text, line } of names) {
    const where = `${file}, line ${line}: '${text.slice(0, 60)}'`;
    if (!name.test(text)) {
      throw new Problem(
        `${where} is no name`,
        'take small letters, digits and hyphens, a letter first, 31 at most',
      );
    }
    if (seen.has(text))
      throw new Problem(`${where} stands there twice`, 'give each learner a name of his own');
    seen.add(text);
  }
  if (seen.size > 0 && seen.size <= mostLearners) return [...seen];
  throw new Problem(`${file} names ${seen.size} learners`, `give 1 to ${mostLearners}, one a line`);
}

function readLines(file: string): string[] {
  try {
    return fs.readFileSync(file, 'utf8').split(/\r?\n/);
  } catch (error) {
    throw new Problem(`Cannot read ${file}: ${(error as Error).message}`, 'give a text with a name a line');
  }
}
