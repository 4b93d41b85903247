/** Programs that end with this process, however it ends, and this process with the npm that runs it. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { exists, processes } from './process-table.mjs';

const guard = path.join(path.dirname(fileURLToPath(import.meta.url)), 'guard.mjs');

/**
 * Starts a program under the guard.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, grace?: number, output?: 'pipe' | 'inherit', uid?: number, gid?: number }} [options] -
 *   `grace`: the milliseconds that it may take to end when it is asked to; 0 kills it at once. `output`: where its output
 *   goes. `uid` and `gid`: another system user, which only root can ask for
 * @returns {import('node:child_process').ChildProcess} the guard, which ends with the program's exit status
 */
export function spawnGuarded(command, args, { cwd, env, grace = 0, output = 'pipe', uid, gid } = {}) {
  return spawn(process.execPath, [guard, `--grace=${grace}`, command, ...args], {
    cwd,
    env,
    uid,
    gid,
    stdio: ['pipe', output, output],
    // In a group of its own: a Ctrl-C reaches this process alone, which then decides what becomes of the program.
    detached: process.platform !== 'win32',
  });
}

/**
 * Ends a program and all that it started: the guard does so when its input closes.
 *
 * @param {import('node:child_process').ChildProcess} child - from `spawnGuarded`
 */
export function endGuarded(child) {
  child.stdin?.destroy();
}

/**
 * Tells when npm is gone. Between `npm run` and this process stands a shell, which goes on without npm; so does this
 * process without its shell.
 *
 * @param {string} script - the script of package.json that starts this process; without npm nothing is watched
 * @param {() => void} orphaned - called once
 */
export function watchNpm(script, orphaned) {
  if (process.env.npm_lifecycle_event !== script || process.platform === 'win32') return;
  const parent = process.ppid;
  const all = processes();
  const shell = all.find(({ pid }) => pid === parent);
  const npm = all.find(({ pid }) => pid === shell?.parent);
  const watched = shell && /^(ba|da|z|k|a)?sh$/.test(shell.name) ? npm?.pid : undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent && (watched === undefined || exists(watched))) return;
    clearInterval(timer);
    orphaned();
  }, 500);
  timer.unref();
}
