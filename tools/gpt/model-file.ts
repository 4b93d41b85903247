/** Which GPT `npm run gpt` has write. */
import { existsSync } from 'node:fs';
import { defaultModel } from './options';

/** The GPT that comes with the course, and how it is made. */
const shipped = 'data/gpt/moby-dick.gpt';
const recipe = `npm run gpt -- train --steps 18000 --save ${shipped} --int8`;

/**
 * @param given - the file that the command line names, if it names one
 * @param exists - whether there is a file
 * @returns that file; else that of the reader's last training; else that of the course
 * @throws Error if there is none: one line with what to run
 */
export function modelFile(given?: string, exists: (file: string) => boolean = existsSync): string {
  const found = (given === undefined ? [defaultModel, shipped] : [given]).find(exists);
  if (found) return found;
  if (given !== undefined) {
    throw new Error(`Cannot write: there is no GPT in '${given}'. Train one: npm run gpt -- train`);
  }
  throw new Error(
    `Cannot write: there is no GPT in '${defaultModel}' or '${shipped}'. Train one in two minutes: npm run gpt -- train; or the course's, ten times as long: ${recipe}`,
  );
}
