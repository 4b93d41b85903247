/** Executes a notebook in the real kernel, and says where and why it stopped. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as readline from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { spawnGuarded } from '../setup/guarded.mjs';
import { jupyterEnvironment } from '../setup/jupyter.mjs';
import { paths, root } from '../setup/project.mjs';
import { joined, type Notebook, readNotebook, writeNotebook } from './notebook-file';

/** Where and why an execution stopped. */
export interface Failure {
  /** the cell's place in the notebook, from 1; 0 before the first */
  cell: number;
  id: string;
  source: string;
  name: string;
  traceback: string;
}

/** What became of an execution. */
export interface Execution {
  notebook: Notebook;
  seconds: number;
  /** the most memory the kernel's process held */
  peakBytes: number;
  failure?: Failure;
}

/** How to execute. */
export interface ExecuteOptions {
  /** seconds that one cell may take */
  limit?: number;
  /** who executes it: a Python with what the runner needs, and the system user; else the project's own and this process's */
  by?: { python: string; uid?: number; gid?: number };
  /** environment variables on top of this process's own */
  environment?: Record<string, string>;
  /** told after each cell: how many are done, and of how many */
  onCell?: (done: number, of: number) => void;
}

/** @returns the Python of the project's environment; undefined where set-up has not made one */
export function projectPython(): string | undefined {
  return fs.existsSync(paths.venvPython) ? paths.venvPython : undefined;
}

/** Milliseconds that the driver has to end its kernel when this process is gone. */
const grace = 10_000;

let copies = 0;

/**
 * Executes a notebook from top to bottom in a fresh kernel, in a process of its own, which ends with this one however
 * this one ends.
 *
 * @param notebook - never changed
 * @param target - where the executed copy goes, when it is done: until then it has a name of its own, so that another
 *   run with the same target, at the same time, does not meet it
 * @returns the executed notebook, as far as it came
 * @throws Error if there is no Python environment, or its driver fails
 */
export async function execute(
  notebook: Notebook,
  target: string,
  options: ExecuteOptions = {},
): Promise<Execution> {
  const python = options.by?.python ?? projectPython();
  if (!python) throw new Error('Cannot execute notebooks: there is no .venv; run `npm run setup`');
  const { dir, name } = path.parse(target);
  const copy = path.join(dir, `.${name}.${process.pid}.${copies++}.ipynb`);
  writeNotebook(copy, withoutOutputs(notebook));
  if (options.by?.uid !== undefined) fs.chownSync(copy, options.by.uid, options.by.gid ?? options.by.uid);
  try {
    const told = await drive(python, copy, notebook, options);
    const executed = readNotebook(copy).notebook;
    fs.renameSync(copy, target);
    return { ...told, notebook: executed };
  } finally {
    fs.rmSync(copy, { force: true });
  }
}

/** Executes a notebook's file in place. @returns what its driver tells */
async function drive(
  python: string,
  file: string,
  notebook: Notebook,
  { limit = 3600, environment = {}, onCell, by = { python } }: ExecuteOptions,
): Promise<Omit<Execution, 'notebook'>> {
  const script = path.join(root, 'tools', 'notebooks', 'execute.py');
  const child = spawnGuarded(python, [script, file, file, String(limit)], {
    cwd: root,
    env: { ...jupyterEnvironment(), ...environment },
    grace,
    ...{ uid: by.uid, gid: by.gid },
  });
  let complaints = '';
  child.stderr?.on('data', (chunk) => {
    complaints = (complaints + chunk).slice(-4000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });

  let failure: Failure | undefined;
  let end: { seconds: number; peakBytes: number } | undefined;
  for await (const line of readline.createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const event = parseEvent(line);
    if (event?.event === 'cell') onCell?.(event.index + 1, notebook.cells.length);
    if (event?.event === 'end') end = event as never;
    if (event?.event === 'error') failure = failureOf(event, notebook);
  }
  await ended;
  if (!end && !failure) throw new Error(`Cannot execute notebooks: ${complaints.trim()}`);
  return { seconds: 0, peakBytes: 0, ...end, failure };
}

/** Cells that are not reached must not show what an earlier run left in them. */
function withoutOutputs(notebook: Notebook): Notebook {
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === 'code' ? { ...cell, outputs: [], execution_count: null } : cell,
  );
  return { ...notebook, cells };
}

interface Event {
  event: string;
  index: number;
  [key: string]: unknown;
}

function parseEvent(line: string): Event | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function failureOf(event: Event, notebook: Notebook): Failure {
  return {
    cell: event.index + 1,
    id: String(event.id),
    source: joined(notebook.cells[event.index]?.source),
    name: String(event.name),
    traceback: stripVTControlCharacters(String(event.traceback)),
  };
}

/**
 * Runs tasks side by side, never more at a time than `jobs` and than the machine has memory for; a
 * task alone always runs.
 *
 * @param tasks - started in their order
 * @param jobs - at most this many at a time
 * @param bytesEach - memory that a task is expected to take
 * @param free - tells the memory that is free now
 * @returns the results in the order of the tasks
 */
export async function inParallel<Result>(
  tasks: ReadonlyArray<() => Promise<Result>>,
  jobs: number,
  bytesEach = 1.5e9,
  free: () => number = freeMemory,
): Promise<Result[]> {
  const results: Result[] = new Array(tasks.length);
  const running = new Set<Promise<void>>();
  // A task takes its memory only after a while: what is free now counts for all that start now.
  const most = Math.max(1, Math.min(jobs, Math.floor(free() / bytesEach)));
  for (const [index, task] of tasks.entries()) {
    while (running.size >= most || (running.size > 0 && free() < bytesEach)) {
      await Promise.race(running);
    }
    const work: Promise<void> = task().then((result) => {
      results[index] = result;
      running.delete(work);
    });
    running.add(work);
  }
  await Promise.all(running);
  return results;
}

/**
 * Linux counts its page cache as used in `os.freemem()`; what is available is written elsewhere. A
 * container may be allowed less than the machine has.
 */
export function freeMemory(): number {
  const allowed = process.constrainedMemory?.() || Number.POSITIVE_INFINITY;
  try {
    const available = /MemAvailable:\s+(\d+) kB/.exec(fs.readFileSync('/proc/meminfo', 'utf8'));
    if (available) return Math.min(allowed, Number(available[1]) * 1024);
  } catch {
    // Not Linux.
  }
  return Math.min(allowed, os.freemem());
}
