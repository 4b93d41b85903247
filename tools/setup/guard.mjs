/**
 * Runs a program, and ends it with all that it started as soon as whoever asked for it is gone. A set-up that was
 * killed would otherwise leave an npm or a pip behind, writing into the folders that the next set-up fills; a killed
 * `npm start` a JupyterLab with its terminals and kernels.
 *
 *   node guard.mjs [--grace=MILLISECONDS] PROGRAM ARGUMENT…
 *
 * Standard input is a pipe that the caller holds open and never writes to: it ends when the caller does, however it
 * ends. With a grace the program is first asked to end (SIGTERM), and killed when the grace is over.
 * On Linux and macOS this process leads a group of its own, so that killing the caller's group does not kill the guard.
 * What the program put into groups and sessions of their own, as JupyterLab does with kernels, is ended, too.
 */
import { spawn, spawnSync } from 'node:child_process';
import process from 'node:process';
import { update } from './process-table.mjs';

const windows = process.platform === 'win32';
const rest = process.argv.slice(2);
const asked = /^--grace=(\d+)$/.exec(rest[0] ?? '');
if (asked) rest.shift();
const grace = asked ? Number(asked[1]) : 0;
const [command, ...args] = rest;
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
let ending = false;

child.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
  console.error(error.message);
  process.exit(error.code === 'ENOENT' ? 127 : 126);
});
child.on('exit', (code) => {
  if (!ending) process.exit(code ?? 1);
});

const runs = () => child.exitCode === null && child.signalCode === null;

async function end() {
  if (ending) return;
  ending = true;
  if (windows) {
    // Windows has no signal that asks, and ends a parent without its children.
    spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    process.exit(1);
  }
  /** @type {Map<number, import('./process-table.mjs').Entry>} */
  const family = new Map();
  update(family, process.pid);
  if (grace) child.kill('SIGTERM');
  const limit = Date.now() + grace;
  while (runs() && Date.now() < limit) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    update(family, process.pid);
  }
  for (const pid of family.keys()) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  process.kill(-process.pid, 'SIGKILL');
}

process.on('SIGTERM', end).on('SIGINT', end).on('SIGHUP', end);
process.stdin.on('close', end);
process.stdin.resume();
