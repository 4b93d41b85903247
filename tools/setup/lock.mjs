/**
 * Lets one set-up at a time work in the project. The lock is a file that names its owner; it is taken over only from an
 * owner that is gone. One that is merely paused (Ctrl-Z, a suspended laptop, a long step) keeps it.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exists, readProc } from './process-table.mjs';
import { Problem, paths, remove } from './project.mjs';

const file = path.join(paths.state, 'lock');
const heartbeat = 2_000;
/** How long an owner of whom nothing can be learnt from here may be silent. */
const silence = 5 * 60_000;

/**
 * @typedef {object} Owner
 * @property {string} id - of this lock
 * @property {number} process
 * @property {string | null} started - when the process began, as the system says it: process numbers come back
 * @property {string} host
 * @property {string | null} boot - this start of the system, with the world of processes that the number belongs to
 */

/** @type {Owner | undefined} */
let own;

/**
 * Runs `work` while no other set-up of this folder runs. A lock whose owner is gone is taken over.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @param {() => Promise<unknown>} [wait] - called between two looks at another's lock
 * @returns {Promise<T>}
 * @throws {Problem} if the owner, on another machine or in another container, shows no life for minutes
 */
export async function withLock(work, wait = () => pause(500)) {
  fs.mkdirSync(paths.state, { recursive: true });
  const owner = self();
  for (let waited = false; !tryLock(owner); waited = true) {
    if (!waited) console.log('  Another set-up of this folder is running: waiting for it.');
    await wait();
  }
  own = owner;
  // For those who can learn nothing else of this process: a file that is touched shows that its owner lives.
  const timer = setInterval(() => fs.utimes(file, new Date(), new Date(), () => {}), heartbeat);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    unlock();
  }
}

/** @throws {Problem} if the lock is not this process's any more: somebody deleted it, and another set-up may be at work */
export function requireLock() {
  if (own && read()?.id === own.id) return;
  throw new Problem(
    `the lock ${file} is not this set-up's any more`,
    'wait for the other set-up to end, then run the same command again',
  );
}

/** Gives the lock back if this process holds it. */
export function unlock() {
  if (own && read()?.id === own.id) remove(file);
  own = undefined;
}

/** @param {Owner} owner @returns {boolean} whether the lock is now this owner's */
function tryLock(owner) {
  // Written whole and then linked: nobody sees a lock that does not name its owner yet.
  const draft = `${file}.${owner.id}`;
  fs.writeFileSync(draft, JSON.stringify(owner));
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') return createLock(owner, error);
  } finally {
    remove(draft);
  }
  clearIfGone();
  return false;
}

/**
 * On a file system without links.
 *
 * @param {Owner} owner @param {unknown} reason @returns {boolean}
 */
function createLock(owner, reason) {
  try {
    fs.writeFileSync(file, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw reason;
  }
  clearIfGone();
  return false;
}

/** Removes the lock of an owner that is gone. @throws {Problem} for one of whom nothing is known for too long */
function clearIfGone() {
  const { size, mtimeMs } = fs.statSync(file, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: Date.now() };
  const age = Date.now() - mtimeMs;
  const owner = read();
  // Without links there is a moment in which a new lock names nobody yet.
  if (owner === undefined || (size === 0 && age < heartbeat)) return;
  const life = lifeOf(owner);
  if (life === 'gone') return removeLockOf(owner);
  if (life === 'unknown' && age > silence) {
    throw new Problem(
      `a set-up on ${owner?.host} (process ${owner?.process}) holds ${file} and has shown no life for ${Math.round(age / 60_000)} minutes`,
      'if none runs there any more, delete that file and run the same command again',
    );
  }
}

/**
 * Two waiters may both have seen that an owner is gone, and the first may hold the lock by now: what is moved away is
 * looked at again, and put back if it is another's.
 *
 * @param {Owner | null} owner - null: the file holds no owner
 */
function removeLockOf(owner) {
  const moved = `${file}.${randomUUID()}`;
  try {
    fs.renameSync(file, moved);
    if ((readOwner(moved)?.id ?? null) !== (owner?.id ?? null)) fs.linkSync(moved, file);
  } catch {
    // Another waiter was faster.
  } finally {
    remove(moved);
  }
}

/** @returns {Owner | null | undefined} null: no owner is in the file; undefined: there is no file */
function read() {
  return fs.existsSync(file) ? readOwner(file) : undefined;
}

/** @param {string} place - a file @returns {Owner | null} whom it names */
export function readOwner(place) {
  try {
    const owner = JSON.parse(fs.readFileSync(place, 'utf8'));
    return typeof owner?.process === 'number' ? owner : null;
  } catch {
    return null;
  }
}

/** @returns {Owner} this process, so that another can learn whether it lives */
export function self() {
  const host = os.hostname();
  return {
    id: randomUUID(),
    process: process.pid,
    started: startOf(process.pid) ?? null,
    host,
    boot: boot(),
  };
}

/**
 * @param {Owner | null} owner - null: nobody is named
 * @returns {'alive' | 'gone' | 'unknown'} `unknown` of one on another machine, or in another container
 */
export function lifeOf(owner) {
  if (owner === null) return 'gone';
  const here = boot();
  if (owner.boot !== here) {
    // Another machine, another container, or this machine before it was started anew.
    const restarted = owner.host === os.hostname() && bootOnly(owner.boot) !== bootOnly(here);
    return restarted ? 'gone' : 'unknown';
  }
  if (here === null && owner.host !== os.hostname()) return 'unknown';
  if (!exists(owner.process)) return 'gone';
  const started = startOf(owner.process);
  if (started === undefined) return 'gone';
  if (started === null || owner.started === null) return 'unknown';
  return started === owner.started ? 'alive' : 'gone';
}

/**
 * @param {number} pid
 * @returns {string | null | undefined} when the process began; undefined if it has ended, whoever waits for it; null where
 *   this system does not say
 */
function startOf(pid) {
  if (process.platform === 'win32') return null;
  if (process.platform === 'linux') {
    try {
      const { ended, born } = readProc(pid);
      return ended ? undefined : born;
    } catch (error) {
      return /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT' ? undefined : null;
    }
  }
  const said = command('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
  const [, state, start] = /^(\S+)\s+(.*)$/.exec(said) ?? [];
  return start === undefined || state.startsWith('Z') ? undefined : start;
}

/** @returns {string | null} null where the system does not say */
function boot() {
  try {
    if (process.platform === 'linux') {
      const [id, again] = [1, 2].map(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
      // Some sandboxes make a new one each time it is read.
      return id === again ? `${id} ${fs.readlinkSync('/proc/self/ns/pid')}` : null;
    }
    if (process.platform === 'darwin') return command('sysctl', ['-n', 'kern.bootsessionuuid']) || null;
  } catch {}
  return null;
}

/** @param {string | null} value - of `boot()` @returns {string | undefined} without the world of processes */
function bootOnly(value) {
  return value?.split(' ')[0];
}

/** @param {string} program @param {string[]} args @returns {string} what it prints */
function command(program, args) {
  const env = { ...process.env, LC_ALL: 'C' };
  return spawnSync(program, args, { encoding: 'utf8', env, timeout: 5_000 }).stdout?.trim() ?? '';
}
