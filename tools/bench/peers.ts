/** The programs that are compared: each a process of its own that runs one epoch when asked. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as readline from 'node:readline';
import { projectRoot } from '../../lib/project-root';

const folder = path.join(projectRoot(), 'tools', 'bench');
const venv = path.join(projectRoot(), '.bench-venv');
const python = path.join(
  venv,
  ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
);

/** What a program answers after an epoch. */
export interface Epoch {
  seconds: number;
  loss: number;
}

/** A program that waits to be asked. */
export interface Peer {
  name: string;
  version: string;
  /** trains one epoch; rejects if the program ends or fails */
  epoch(batchSize: number): Promise<Epoch>;
  stop(): void;
}

/** How a program is started. */
export interface PeerCommand {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
}

/** Where MNIST's files lie. */
export function mnistFolder(): string {
  return path.resolve(process.env.MNIST_DIR || path.join(projectRoot(), 'data', 'mnist'));
}

/** A Python program of this folder, with its arguments. */
export function pythonPeer(name: string, [script, ...args]: string[], env = {}): PeerCommand {
  return { name, command: python, args: [path.join(folder, script), mnistFolder(), ...args], env };
}

/** The course's own training; `env` may choose the backend. */
export function descentPeer(name: string, args: string[], env = {}): PeerCommand {
  const script = path.join(folder, 'descent-peer.ts');
  return { name, command: process.execPath, args: ['--import', 'tsx', script, ...args], env };
}

/**
 * Sets the Python programs up in `.bench-venv/`, unless that is done.
 *
 * @param say - is told what happens
 * @returns why it could not be done; `undefined` if it could
 */
export function setUpPython(say: (text: string) => void): string | undefined {
  const wanted = fs.readFileSync(path.join(projectRoot(), 'requirements-bench.txt'), 'utf8');
  const stamp = path.join(venv, '.descent-bench.txt');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return undefined;
  say(
    'Setting up TensorFlow, Keras and PyTorch for Python in .bench-venv/ (up to 7 GB, minutes) …',
  );
  const base = process.env.PYTHON || (process.platform === 'win32' ? 'py' : 'python3');
  const steps: [string, string[]][] = [
    [base, ['-m', 'venv', venv]],
    [
      python,
      ['-m', 'pip', 'install', '--quiet', '-r', path.join(projectRoot(), 'requirements-bench.txt')],
    ],
  ];
  for (const [command, args] of steps) {
    const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) {
      const reason = error?.message ?? stderr.trim().split('\n').pop();
      return `\`${path.basename(command)} ${args.slice(0, 3).join(' ')}\` failed: ${reason}`;
    }
  }
  fs.writeFileSync(stamp, wanted);
  return undefined;
}

/**
 * Starts a program and waits until it is ready.
 *
 * @param command - how
 * @returns the program
 * @throws Error if it does not get ready
 */
export async function startPeer({ name, command, args, env }: PeerCommand): Promise<Peer> {
  const child = spawn(command, args, {
    cwd: projectRoot(),
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const next = answersOf(child, name);
  const { version } = (await next()) as unknown as { version: string };
  return {
    name,
    version,
    async epoch(batchSize) {
      child.stdin.write(`${JSON.stringify({ batchSize })}\n`);
      return next();
    },
    stop: () => child.stdin.end(),
  };
}

/** Reads the program's lines, one for each call. */
function answersOf(child: ChildProcess, name: string): () => Promise<Epoch> {
  let complaint = '';
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
export function runWhole({ name, command, args, env }: PeerCommand): {
  seconds: number;
  last: string;
} {
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: projectRoot(),
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...env },
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) {
    const reason = error?.message ?? stderr.trim().split('\n').pop();
    throw new Error(`${name} failed: ${reason}`);
  }
  return { seconds, last: stdout.trim().split('\n').pop() ?? '' };
}
