/** A class on disk: the hub's secrets, which nobody else may read, and the learners' homes. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { lifeOf, readOwner, self } from '../setup/lock.mjs';
import { exists, readProc } from '../setup/process-table.mjs';
import { Problem, readJson, root } from '../setup/project.mjs';
import { removeCgroup } from './cgroups';

/** An edition of the course, and what JupyterLab needs to speak its language. */
export interface Language {
  /** `zh` */
  name: string;
  /** JupyterLab's name of it, and where its words lie; neither where there are none */
  locale?: string;
  pack?: string;
}

/** What a class is started with. */
export interface ClassOptions {
  /** of the learners */
  names: readonly string[];
  /** where all of the class lies */
  folder: string;
  port?: number;
  /** whether each learner is a system user of his own, or all are this one */
  spawner: 'linux' | 'simple';
  /** whether the learners' system users stay when the hub ends; else they are removed */
  permanent?: boolean;
  /** of which edition the notebooks are; English unless told */
  language?: Language;
  /** what a learner's server and kernels may take together */
  memoryBytes: number;
  /** seconds until an idle server, or an idle kernel, is ended */
  idleSeconds: number;
  kernelIdleSeconds: number;
  /** a token of a program that drives the hub, for measuring and testing */
  token?: string;
}

/** Where the parts of a class lie. */
export interface ClassFolders {
  secrets: string;
  homes: string;
  passwords: string;
  settings: string;
  log: string;
  /** which process serves the class */
  owner: string;
}

export function classFolders(folder: string): ClassFolders {
  const secrets = path.join(folder, 'secrets');
  return {
    secrets,
    homes: path.join(folder, 'homes'),
    passwords: path.join(secrets, 'passwords.json'),
    settings: path.join(secrets, 'settings.json'),
    log: path.join(secrets, 'hub.log'),
    owner: path.join(secrets, 'owner.json'),
  };
}

/**
 * Makes the folders of a class, and a password for each learner who has none.
 *
 * @throws {Problem} if another hub serves the class, or the folder's path has a place that others cannot enter
 */
export function prepareClass(
  folder: string,
  names: readonly string[],
  spawner: ClassOptions['spawner'],
): ClassFolders {
  const folders = classFolders(folder);
  // One that was there keeps its mode.
  const open = [folder, folders.homes].filter((place) => !fs.existsSync(place));
  fs.mkdirSync(folders.homes, { recursive: true });
  fs.mkdirSync(folders.secrets, { recursive: true });
  fs.chmodSync(folders.secrets, 0o700);
  takeClass(folders.owner);
  for (const place of open) fs.chmodSync(place, 0o755);
  if (spawner === 'linux') requireOpenPath(folder);
  else
    for (const name of names) fs.mkdirSync(path.join(folders.homes, name), { recursive: true, mode: 0o700 });
  const known: Record<string, string> = readJson(folders.passwords) ?? {};
  const own = Object.fromEntries(names.map((name) => [name, known[name] ?? newPassword()]));
  // Who is not of the class today may be again.
  writeSecret(folders.passwords, `${JSON.stringify({ ...known, ...own }, null, 1)}\n`);
  return folders;
}

/** Easy to type: 60 random bits in letters that nobody takes for another. */
function newPassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  return Array.from(randomBytes(12), (byte) => letters[byte % 32])
    .join('')
    .replace(/(.{4})(?=.)/g, '$1-');
}

/** Writes a file that only its owner may read. */
export function writeSecret(file: string, text: string): void {
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
}

/** Two hubs in one folder would end each other's proxy. */
function takeClass(owner: string): void {
  requireIdle(owner);
  writeSecret(owner, JSON.stringify({ pid: process.pid, born: bornAt(process.pid) }));
}

/** @param owner - of a class's folders @throws {Problem} if a hub serves the class */
export function requireIdle(owner: string): void {
  const { pid, born } = readJson(owner) ?? {};
  if (typeof pid === 'number' && exists(pid) && bornAt(pid) === born) {
    throw new Problem(`Process ${pid} serves this class already`, 'end it first, or give another --folder');
  }
}

function bornAt(pid: number): string | undefined {
  try {
    return readProc(pid).born;
  } catch {
    return undefined;
  }
}

/** Learners must be able to pass through all folders above their homes. */
function requireOpenPath(folder: string): void {
  for (let place = path.resolve(folder); ; place = path.dirname(place)) {
    if ((fs.statSync(place).mode & 0o001) === 0) {
      throw new Problem(`Learners cannot enter ${place}`, 'give another --folder, such as /srv/class');
    }
    if (place === path.dirname(place)) return;
  }
}

const runtimeName = 'descent-hub-';
/** The process whose runtime folder it is, and the cgroup that it made. */
type RuntimeOwner = ReturnType<typeof self> & { cgroup?: string };
/** In a runtime folder: whose it is. */
const ownerName = 'owner.json';

/**
 * A folder with a short path for the sockets of kernels, whose addresses have room for 107 letters.
 *
 * @param cgroup - the folder of the class in the system's cgroups, if it has one: who finds it left there removes it
 */
export function makeRuntime(cgroup?: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), runtimeName));
  writeSecret(path.join(folder, ownerName), JSON.stringify({ ...self(), cgroup }));
  fs.chmodSync(folder, 0o711);
  return folder;
}

/**
 * Removes the runtime folders, and the cgroups, that hubs of this user have left which were killed. Those of a hub that may
 * live elsewhere, in a container that shares the folder, stay.
 */
export async function removeRuntimes(): Promise<void> {
  const parent = os.tmpdir();
  for (const name of fs.readdirSync(parent).filter((one) => one.startsWith(runtimeName))) {
    const folder = path.join(parent, name);
    const stats = fs.lstatSync(folder, { throwIfNoEntry: false });
    if (!stats?.isDirectory() || stats.uid !== process.getuid?.()) continue;
    const owner: RuntimeOwner | null = readOwner(path.join(folder, ownerName));
    if (!owner || lifeOf(owner) !== 'gone') continue;
    if (owner.cgroup) await removeCgroup(owner.cgroup);
    // Learners’ folders lie in it: `rm` follows no link that one of them puts there meanwhile.
    spawnSync('rm', ['-rf', '--', folder]);
  }
}

/** Where a class lies if nothing else is said. */
export const defaultFolder = path.join(root, '.hub', 'class');
