/** The Python of `.bench-venv/`, in which Keras and PyTorch run. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Problem, pythonOf, root } from '../setup/project.mjs';
import { findPython, makeLockedVenv } from '../setup/python.mjs';

const benchVenv = path.join(root, '.bench-venv');
const benchRequirements = path.join(root, 'tools', 'bench', 'requirements-bench.txt');

/** The program that runs their scripts. */
export const benchPython = pythonOf(benchVenv);

/**
 * Sets the Python programs up, unless that is done: as locked, with hashes, nothing built.
 *
 * @param say - is told what happens
 * @param venv - where; `.bench-venv/` unless told
 * @param requirements - the file that locks them
 * @returns why it could not be done; `undefined` if it could
 */
export async function setUpPython(
  say: (text: string) => void,
  venv = benchVenv,
  requirements = benchRequirements,
): Promise<string | undefined> {
  const wanted = fs.readFileSync(requirements, 'utf8');
  const stamp = path.join(venv, '.descent-bench.txt');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return undefined;
  say(`Setting up TensorFlow, Keras and PyTorch in ${path.basename(venv)}/ (up to 7 GB, minutes) …`);
  try {
    await makeLockedVenv(findPython(), venv, requirements, () => {});
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return `${error.message}; or measure with --no-python`;
  }
  fs.writeFileSync(stamp, wanted);
  return undefined;
}
