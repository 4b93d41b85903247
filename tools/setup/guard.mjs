/**
 * Runs a program, and ends it with all that it started as soon as set-up is gone. A set-up that was killed would
 * otherwise leave an npm or a pip behind, writing into the folders that the next set-up fills.
 *
 *   node guard.mjs PROGRAM ARGUMENT…
 *
 * Standard input is a pipe that set-up holds open and never writes to: it ends when set-up does, however it ends.
 * On Linux and macOS this process leads a group of its own, so that killing set-up's group does not kill the guard.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

child.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
  console.error(error.message);
  process.exit(error.code === 'ENOENT' ? 127 : 126);
});
child.on('exit', (code) => process.exit(code ?? 1));

process.stdin.on('close', () => {
  if (process.platform === 'win32') child.kill();
  else process.kill(-process.pid, 'SIGKILL');
});
process.stdin.resume();
