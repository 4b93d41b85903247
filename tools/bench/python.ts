/** The Python of `.bench-venv/`, in which Keras and PyTorch run. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Problem, pythonOf, root } from '../setup/project.mjs';
import { findPython } from '../setup/python.mjs';

const venv = path.join(root, '.bench-venv');
const requirements = path.join(root, 'tools', 'bench', 'requirements-bench.txt');

/** The program that runs their scripts. */
export const benchPython = pythonOf(venv);

/**
 * Sets the Python programs up in `.bench-venv/`, unless that is done.
 *
 * @param say - is told what happens
 * @returns why it could not be done; `undefined` if it could
 */
export function setUpPython(say: (text: string) => void): string | undefined {
  const wanted = fs.readFileSync(requirements, 'utf8');
  const stamp = path.join(venv, '.descent-bench.txt');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return undefined;
  say('Setting up TensorFlow, Keras and PyTorch in .bench-venv/ (up to 7 GB, minutes) …');
  try {
    const [python, ...args] = findPython().command;
    run(python, [...args, '-m', 'venv', venv]);
    run(benchPython, ['-m', 'pip', 'install', '--quiet', '-r', requirements]);
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  fs.writeFileSync(stamp, wanted);
  return undefined;
}

/** @throws Problem if the program fails */
function run(command: string, args: string[]): void {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split('\n').pop();
  const program = `${path.basename(command)} ${args.slice(0, 3).join(' ')}`;
  throw new Problem(`\`${program}\` failed: ${reason}`, 'mend that, or measure with --no-python');
}
