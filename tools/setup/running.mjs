/** What of this folder's JupyterLab is at work: its packages must not be replaced under it. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Problem, paths, root } from './project.mjs';

/** What a program of JupyterLab's or a kernel names on its command line. */
const signs = [paths.venv + path.sep, path.join(root, 'kernel', 'launch.js')];

/** @throws {Problem} naming the first process found */
export function requireNothingRuns() {
  const found = commandLines().find(({ words }) =>
    words.slice(0, 2).some((word) => signs.some((sign) => word.startsWith(sign))),
  );
  if (!found) return;
  throw new Problem(
    `JupyterLab or a kernel runs in this folder (process ${found.pid}: ${found.words.join(' ').slice(0, 120)}), and packages that it uses must be replaced`,
    'end it (Ctrl-C where npm start runs), then run the same command again',
  );
}

/** @returns {{ pid: number, words: string[] }[]} the programs that run here; none on Windows, which is not asked */
function commandLines() {
  if (process.platform === 'win32') return [];
  if (process.platform === 'linux') {
    const numbers = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return numbers.map((name) => ({ pid: Number(name), words: wordsOf(name) }));
  }
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8', timeout: 5_000 });
  return [...(stdout ?? '').matchAll(/^\s*(\d+)\s+(.*)$/gm)].map(([, pid, line]) => {
    return { pid: Number(pid), words: line.split(' ') };
  });
}

/** @param {string} pid @returns {string[]} none where it has ended, or is another user's to know */
function wordsOf(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
