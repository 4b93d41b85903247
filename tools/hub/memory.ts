/** What a learner's processes take, as Linux tells it. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';

/** In bytes; memory that several processes share counts a part in each. */
export interface MemoryUse {
  server: number;
  /** of all kernels */
  kernel: number;
  /** the most that a kernel has held, shared memory counted whole */
  kernelPeak: number;
  /** seconds that a core has computed for all kernels, whatever else the machine did */
  kernelSeconds: number;
}

/** @returns what the processes of a system user hold; zeros where there are none */
export function memoryOf(name: string): MemoryUse {
  const uid = Number(spawnSync('id', ['-u', name], { encoding: 'utf8' }).stdout);
  const use: MemoryUse = { server: 0, kernel: 0, kernelPeak: 0, kernelSeconds: 0 };
  for (const pid of fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (fs.statSync(`/proc/${pid}`).uid !== uid) continue;
      const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const share = kilobytes(pid, 'smaps_rollup', 'Pss');
      if (/[\\/](kernel|tslab)[\\/]launch\.js/.test(command)) {
        use.kernel += share;
        use.kernelSeconds += secondsOf(pid);
        use.kernelPeak = Math.max(use.kernelPeak, kilobytes(pid, 'status', 'VmHWM'));
      } else use.server += share;
    } catch {
      // It has ended.
    }
  }
  return use;
}

/** Linux counts in hundredths, whatever its own clock does. */
function secondsOf(pid: string): number {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** @returns bytes */
function kilobytes(pid: string, file: string, field: string): number {
  const text = fs.readFileSync(`/proc/${pid}/${file}`, 'utf8');
  return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}
