/** Runs the hub of a class on this machine: JupyterHub, its proxy, and what limits the learners' memory. */
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { endGuarded, spawnGuarded } from '../setup/guarded.mjs';
import { Problem, pythonEnvironment, root } from '../setup/project.mjs';
import { makeAccounts, removePassing } from './accounts';
import { makeCgroup, removeCgroup } from './cgroups';
import {
  type ClassFolders,
  type ClassOptions,
  makeRuntime,
  prepareClass,
  removeRuntimes,
  writeSecret,
} from './class';
import { hubConfiguration, hubPython, proxyProgram, requireSharedCourse } from './environment';

const host = '127.0.0.1';
const startTimeout = 120_000;
/** Milliseconds that the hub may take to end all servers when it is asked to end. */
const stopTimeout = 60_000;

/** A hub that runs. */
export interface Hub {
  address: string;
  folders: ClassFolders;
  /** why nothing limits the learners' memory; undefined if a cgroup does */
  unlimited?: string;
  /** settles when the hub has ended and all that it started is gone */
  ended: Promise<void>;
  /** Ends it. */
  stop(): Promise<void>;
}

/**
 * Starts the hub of a class, and waits until it answers.
 *
 * @throws {Problem} if it cannot run here
 */
export async function startHub(options: ClassOptions): Promise<Hub> {
  const { names, spawner, permanent, language } = options;
  if (spawner === 'linux') requireSharedCourse();
  const [port, hubPort, proxyPort] = await freePorts(options.port);
  const folders = prepareClass(options.folder, names, spawner);
  if (spawner === 'linux') makeAccounts(names, folders.homes, permanent);
  await removeRuntimes();
  const cgroup = makeCgroup(`descent-${process.pid}`);
  const runtime = makeRuntime(cgroup.folder);
  writeSecret(
    folders.settings,
    JSON.stringify({
      ...{ course: root, secrets: folders.secrets, homes: folders.homes, runtime, learners: names, spawner },
      ...{ port, hubPort, proxyPort, node: process.execPath, proxy: proxyProgram },
      ...{ memoryBytes: options.memoryBytes, cgroup: cgroup.folder ?? '', token: options.token },
      ...{ idleSeconds: options.idleSeconds, kernelIdleSeconds: options.kernelIdleSeconds, language },
      cullEverySeconds: Math.min(60, Math.ceil(options.kernelIdleSeconds / 4)),
    }),
  );
  const log = fs.openSync(folders.log, 'a', 0o600);
  const child = spawnGuarded(hubPython, ['-m', 'jupyterhub', `--config=${hubConfiguration}`], {
    cwd: folders.secrets,
    env: { ...pythonEnvironment(), DESCENT_HUB: folders.settings },
    grace: stopTimeout,
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => fs.writeSync(log, bytes));
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ended = closed.then(async () => {
    if (cgroup.folder) await removeCgroup(cgroup.folder);
    // Also those that a hub has left that was killed.
    if (spawner === 'linux') removePassing(names);
    fs.rmSync(runtime, { recursive: true, force: true });
    fs.rmSync(folders.owner, { force: true });
    fs.closeSync(log);
  });
  const address = `http://${host}:${port}`;
  const stop = () => {
    endGuarded(child);
    return ended;
  };
  if (!(await answers(`${address}/hub/health`, ended))) {
    await stop();
    const last = fs.readFileSync(folders.log, 'utf8').trim().split('\n').at(-1) ?? '';
    throw new Problem(`The hub did not start: ${last.slice(0, 200)}`, `see ${folders.log}`);
  }
  return { address, folders, unlimited: cgroup.problem, ended, stop };
}

/** Waits until an address answers. @returns false if the hub ended before, or it took too long */
async function answers(address: string, ended: Promise<void>): Promise<boolean> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  for (const limit = Date.now() + startTimeout; !over && Date.now() < limit; ) {
    const found = await fetch(address).catch(() => undefined);
    if (found?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

/** @returns the port that is asked for, or the next free one from 8000 on, and two more */
async function freePorts(asked?: number): Promise<[number, number, number]> {
  if (asked !== undefined && !(await isFree(asked))) {
    throw new Problem(`Port ${asked} is taken or may not be used`, 'give another --port, or none');
  }
  const found = asked === undefined ? [] : [asked];
  for (let port = 8000; found.length < 3 && port < 8900; port++) {
    if (!found.includes(port) && (await isFree(port))) found.push(port);
  }
  if (found.length < 3) throw new Problem('The ports 8000 to 8899 are all taken', 'give one with --port');
  return found as [number, number, number];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** @returns a file's place, relative to where the reader stands if that is shorter */
export function shortPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.length < file.length ? relative : file;
}
