/** What has become of an English cell since it was translated, as git knows it. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';
import { type Cell, joined, type Notebook } from '../notebooks/notebook-file';
import { hashOf } from './check';

/** How many commits of a notebook are looked through. */
const depth = 200;

function git(...options: string[]): string {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, ...env } = process.env;
  const root = projectRoot();
  const { stdout } = spawnSync('git', ['-c', `safe.directory=${root}`, ...options], {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 29,
  });
  return stdout ?? '';
}

/**
 * The difference between an English cell as it was translated and as it is.
 *
 * @param file - of the English notebook, absolute
 * @param of - the hash that the translation bears
 * @returns lines as `git diff` writes them; undefined where git does not know the earlier text
 */
export function changesSince(file: string, cell: Cell, of: string): string[] | undefined {
  const name = path.relative(projectRoot(), file).replaceAll(path.sep, '/');
  const commits = git('log', `-${depth}`, '--format=%H', '--', name).split('\n').filter(Boolean);
  for (const commit of commits) {
    const old = cellIn(git('show', `${commit}:${name}`), cell.id);
    if (old && hashOf(old) === of) return differenceOf(joined(old.source), joined(cell.source));
  }
  return undefined;
}

function cellIn(text: string, id: string): Cell | undefined {
  try {
    return (JSON.parse(text) as Notebook).cells.find((cell) => cell.id === id);
  } catch {
    return undefined;
  }
}

function differenceOf(before: string, after: string): string[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-translate-'));
  try {
    const [old, now] = ['before', 'now'].map((name) => path.join(folder, name));
    fs.writeFileSync(old, `${before}\n`);
    fs.writeFileSync(now, `${after}\n`);
    const lines = git('diff', '--no-index', '--no-color', '--unified=0', old, now).split('\n');
    return lines.filter((line) => /^[-+](?![-+]{2} )/.test(line));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
