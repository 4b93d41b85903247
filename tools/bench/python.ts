/** The Python of `.bench-venv/`, in which Keras and PyTorch run. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from '../setup/project.mjs';

const windows = process.platform === 'win32';
const venv = path.join(root, '.bench-venv');
const requirements = path.join(root, 'tools', 'bench', 'requirements-bench.txt');

/** The program that runs their scripts. */
export const benchPython = path.join(venv, ...(windows ? ['Scripts', 'python.exe'] : ['bin', 'python']));

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
  const base = process.env.PYTHON || (windows ? 'py' : 'python3');
  const failure =
    whyFailed(base, ['-m', 'venv', venv]) ??
    whyFailed(benchPython, ['-m', 'pip', 'install', '--quiet', '-r', requirements]);
  if (!failure) fs.writeFileSync(stamp, wanted);
  return failure;
}

/** Runs a program to its end, and says why it failed, if it did. */
function whyFailed(command: string, args: string[]): string | undefined {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return undefined;
  const reason = error?.message ?? stderr.trim().split('\n').pop();
  return `\`${path.basename(command)} ${args.slice(0, 3).join(' ')}\` failed: ${reason}`;
}
