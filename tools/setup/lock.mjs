/** Lets one set-up at a time work in the project. */
import fs from 'node:fs';
import path from 'node:path';
import { paths, remove } from './project.mjs';

const file = path.join(paths.state, 'lock');
const heartbeat = 2_000;
const staleAfter = 15_000;

/**
 * Runs `work` while no other set-up of this folder runs. A lock whose owner was killed is taken over.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(work) {
  fs.mkdirSync(paths.state, { recursive: true });
  for (let waited = false; !tryLock(); waited = true) {
    if (!waited) console.log('  Another set-up of this folder is running: waiting for it.');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  // A process number can come back after a restart; a file that is touched shows that its owner lives.
  const timer = setInterval(() => fs.utimes(file, new Date(), new Date(), () => {}), heartbeat);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    unlock();
  }
}

/** Gives the lock back if this process holds it. */
export function unlock() {
  try {
    if (fs.readFileSync(file, 'utf8') === String(process.pid)) remove(file);
  } catch {}
}

function tryLock() {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  try {
    const owner = Number(fs.readFileSync(file, 'utf8'));
    const age = Date.now() - fs.statSync(file).mtimeMs;
    if (age > staleAfter || (owner && !alive(owner))) remove(file);
  } catch {}
  return false;
}

/** @param {number} pid */
function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
