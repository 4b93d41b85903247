/** The processes of this machine, and which of them descend from which: for ending a program with all that it started. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import process from 'node:process';

/**
 * @typedef {object} Entry
 * @property {number} pid
 * @property {number} parent - its parent's number
 * @property {string} name - of its program, as the system cuts it
 * @property {string} born - when it started; with `pid` it names one process, also after the number is used again
 */

/**
 * @returns {Entry[]} all processes that have not ended, if only for their parents to hear of it; none on Windows, whose
 * taskkill knows a tree itself
 */
export function processes() {
  if (process.platform === 'linux') return fs.readdirSync('/proc').flatMap(fromProc);
  if (process.platform === 'win32') return [];
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,state=,lstart=,ucomm='], { encoding: 'utf8' });
  const line = /^\s*(\d+)\s+(\d+)\s+[^Z\s]\S*\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*?)\s*$/gm;
  return [...(stdout ?? '').matchAll(line)].map(([, pid, parent, born, name]) => {
    return { pid: Number(pid), parent: Number(parent), name, born };
  });
}

/** @param {string} pid @returns {Entry[]} the process of that folder of /proc, unless it ended meanwhile */
function fromProc(pid) {
  if (!/^\d+$/.test(pid)) return [];
  try {
    const { ended, ...entry } = readProc(Number(pid));
    return ended ? [] : [entry];
  } catch {
    return [];
  }
}

/**
 * A process as Linux tells of it.
 *
 * @param {number} pid
 * @returns {Entry & { ended: boolean }} `ended`: it is only left for its parent to hear of it
 * @throws {NodeJS.ErrnoException} ENOENT if there is none
 */
export function readProc(pid) {
  // `4711 (name) S 1 …`: the name may hold anything, so what follows is counted from its last bracket.
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const name = stat.slice(stat.indexOf('(') + 1, end);
  return { pid, parent: Number(fields[1]), name, born: fields[19], ended: 'ZXx'.includes(fields[0]) };
}

/**
 * @param {number} pid
 * @returns {boolean} whether there is such a process, also one that has ended and of which its parent has yet to hear
 */
export function exists(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Adds to a family who has been born into it since. Called again and again, it also keeps those whose parents ended,
 * which the system gives to another parent.
 *
 * @param {Map<number, Entry>} family - by number; those that ended are taken out
 * @param {number} root - whose descendants the family is; itself not of it
 */
export function update(family, root) {
  const all = processes();
  const now = new Map(all.map((entry) => [entry.pid, entry]));
  for (const { pid, born } of family.values()) if (now.get(pid)?.born !== born) family.delete(pid);
  for (let grown = true; grown; ) {
    grown = false;
    for (const entry of all) {
      if (entry.pid === root || family.has(entry.pid)) continue;
      if (entry.parent !== root && !family.has(entry.parent)) continue;
      family.set(entry.pid, entry);
      grown = true;
    }
  }
}
