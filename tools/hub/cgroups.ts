/** The cgroup of a class, in which each learner gets one that limits his memory. */
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Where the system shows its cgroups, and what it says of this process; tests have others. */
const system = { mounts: '/sys/fs/cgroup', self: '/proc/self/cgroup' };

/** The class's cgroup, or why there is none. */
export type ClassCgroup = { folder: string; problem?: undefined } | { folder?: undefined; problem: string };

/**
 * Makes a cgroup in which memory can be limited.
 *
 * @param name - of its folder
 */
export function makeCgroup(name: string, { mounts, self } = system): ClassCgroup {
  try {
    const parent = parentOf(mounts, self);
    if (!parent) return { problem: 'this system has no cgroups that limit memory' };
    const folder = path.join(parent.folder, name);
    fs.mkdirSync(folder, { recursive: true });
    if (parent.unified) {
      for (const place of [parent.folder, folder]) {
        fs.writeFileSync(path.join(place, 'cgroup.subtree_control'), '+memory');
      }
    }
    return { folder };
  } catch (error) {
    return { problem: `no cgroup can be made here: ${(error as Error).message}` };
  }
}

function parentOf(mounts: string, self: string): { folder: string; unified: boolean } | undefined {
  const controllers = path.join(mounts, 'cgroup.controllers');
  if (fs.existsSync(controllers)) {
    // Below the top, a cgroup with processes in it cannot hand its memory on to others.
    const has = fs.readFileSync(controllers, 'utf8').split(/\s+/).includes('memory');
    return has ? { folder: mounts, unified: true } : undefined;
  }
  const memory = path.join(mounts, 'memory');
  if (!fs.existsSync(memory)) return undefined;
  const own = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(fs.readFileSync(self, 'utf8'))?.[1] ?? '/';
  const inside = path.join(memory, own);
  // What limits this process goes on limiting all of the class.
  return { folder: fs.existsSync(inside) ? inside : memory, unified: false };
}

/** Ends whatever still runs in a class's cgroup, and removes it. */
export async function removeCgroup(folder: string): Promise<void> {
  const learners = () =>
    fs.existsSync(folder)
      ? fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
      : [];
  for (let tries = 0; tries < 50 && learners().length > 0; tries++) {
    for (const { name } of learners()) {
      const own = path.join(folder, name);
      for (const pid of membersOf(own)) end(pid);
      try {
        fs.rmdirSync(own);
      } catch {
        // A process has yet to end.
      }
    }
    if (learners().length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    fs.rmdirSync(folder);
  } catch {
    // It was never made, or is in use.
  }
}

function membersOf(cgroup: string): number[] {
  try {
    return fs.readFileSync(path.join(cgroup, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
