/** Runs programs while a folder cannot be written, not even by root: it is mounted read-only, for them alone. */
import { spawnSync } from 'node:child_process';

const mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
/** Who is not root becomes it in a world of users of his own, where the system has such. */
const namespaces = process.getuid?.() === 0 ? ['-m'] : ['-U', '-r', '-m'];

/**
 * @param folder - which they can only read
 * @param command - a program and its arguments
 * @returns the command that runs it so
 */
export function readOnly(folder: string, command: readonly string[]): string[] {
  return ['unshare', ...namespaces, 'sh', '-c', mount, folder, ...command];
}

const [program, ...args] = readOnly(__dirname, ['true']);
/** Why it cannot be done on this machine, for a test's name; empty where it can. */
export const notReadOnly =
  process.platform === 'linux' && spawnSync(program, args).status === 0
    ? ''
    : ' (skipped: only root, or whom Linux gives a world of his own, can mount)';
