/** What a command of the project computed beforehand, because it takes too long for a notebook. */
import { host } from '../base/host';

/**
 * Reads the results of a study.
 *
 * @param file - JSON, in the project's folder, that names in `command` what computes it
 * @returns what it holds
 * @throws Error if the file is missing, or is no study
 */
export async function readStudy<Study extends { command: string }>(file: string): Promise<Study> {
  if (!(await host().files.exists(file)))
    throw new Error(`Cannot read the study: there is no file '${file}'`);
  let made: Partial<Study> | undefined;
  try {
    made = JSON.parse(await host().files.readText(file));
  } catch {
    made = undefined;
  }
  if (typeof made?.command !== 'string') {
    throw new Error(`Cannot read the study: '${file}' is damaged; take it from the project anew`);
  }
  return made as Study;
}
