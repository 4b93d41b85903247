/** Runs a program of `tools/` as `npm run` does, in a process of its own. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../../lib/base/project-root';

/** What a program printed, and how it ended. */
export interface Finished {
  /** `null` after a signal */
  status: number | null;
  out: string;
  err: string;
}

/** Is told all that came so far, while the program runs. */
type Watch = (text: string, kill: (signal: NodeJS.Signals) => void) => void;

/** How to watch it, and where it lies. */
interface ProgramOptions {
  /** sees what it has printed */
  onOutput?: Watch;
  onError?: Watch;
  /** of a copy of the project */
  root?: string;
  /** milliseconds after which it is killed: for what might never end */
  limit?: number;
}

/**
 * @param name - of the file in `tools/`
 * @param args - of its command line
 * @returns settles when it has ended
 */
export function runProgram(
  name: string,
  args: readonly string[],
  { onOutput, onError, root = projectRoot(), limit }: ProgramOptions = {},
): Promise<Finished> {
  const program = path.join(root, 'tools', `${name}.ts`);
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    cwd: root,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    timeout: limit,
    killSignal: 'SIGKILL',
  });
  const kill = (signal: NodeJS.Signals) => void child.kill(signal);
  const finished: Finished = { status: null, out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    finished.out += chunk;
    onOutput?.(finished.out, kill);
  });
  child.stderr.on('data', (chunk) => {
    finished.err += chunk;
    onError?.(finished.err, kill);
  });
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ ...finished, status }));
  });
}
