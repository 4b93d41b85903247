/** One attempt at a trial: a process that tells JSON Lines, watched until it ends or its time is over. */
import { endGuarded, spawnGuarded } from '../setup/guarded.mjs';
import { root } from '../setup/project.mjs';
import { type Figures, statuses, type TrialLine } from './contract';

/** How an attempt ended. `crashed` may work another time, as may `timed out`; `refused` and `diverged` never do. */
export type Ending = keyof typeof statuses | 'timed out';

/** What became of an attempt. */
export interface Attempt {
  ended: Ending;
  seconds: number;
  /** why there is no result, in a sentence */
  message?: string;
  figures?: Figures;
  backend?: string;
  names?: Record<string, string>;
  /** the figures of each line before the last */
  progress: Figures[];
}

/** How to watch. */
export interface AttemptOptions {
  /** seconds */
  limit: number;
  signal?: AbortSignal;
  /** told of each line of progress */
  onProgress?: (done: number, of: number, figures: Figures) => void;
}

/** One thread: the cores are for other trials. */
export const oneThread = {
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  OMP_NUM_THREADS: '1',
  TF_CPP_MIN_LOG_LEVEL: '3',
};

/**
 * Makes a trial once. Its process, and all that it starts, ends with this one however this one ends.
 *
 * @param args - Node's, relative to the project
 */
export async function attempt(args: readonly string[], options: AttemptOptions): Promise<Attempt> {
  const began = performance.now();
  const child = spawnGuarded(process.execPath, ['--import', 'tsx', ...args], {
    cwd: root,
    env: { ...process.env, ...oneThread },
  });
  let late = false;
  const end = () => endGuarded(child);
  const timer = setTimeout(() => {
    late = true;
    end();
  }, options.limit * 1000);
  options.signal?.addEventListener('abort', end);
  if (options.signal?.aborted) end();

  const reader = new LineReader(options.onProgress);
  let complaints = '';
  child.stdout?.on('data', (chunk) => reader.take(chunk));
  child.stderr?.on('data', (chunk) => {
    complaints = (complaints + chunk).slice(-4000);
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(timer);
  options.signal?.removeEventListener('abort', end);
  const seconds = Math.round(performance.now() - began) / 1000;
  const { progress } = reader;
  if (options.signal?.aborted) return { ended: 'interrupted', seconds, progress };
  if (late)
    return { ended: 'timed out', message: `It took more than ${options.limit} s.`, seconds, progress };
  return { ...judge(reader, status, complaints), seconds, progress };
}

/** The last line and the status must agree: a trial that died after its last line may have died of it. */
function judge(
  { last, torn }: LineReader,
  status: number | null,
  complaints: string,
): Omit<Attempt, 'seconds' | 'progress'> {
  if (status === statuses.done && last?.type === 'done') {
    const { figures, backend, names } = last;
    return { ended: 'done', figures, backend, names };
  }
  const told = last?.type === 'failed' ? last.message : undefined;
  const lines = complaints.split('\n').filter((line) => line.trim() && !isOfTensorflow(line));
  // Below the line with the error Node writes where it happened, and its version.
  const said = lines.filter((line) => /^\w*Error: /.test(line)).at(-1) ?? lines.at(-1);
  if (status === statuses.diverged) return { ended: 'diverged', message: told };
  if (status === statuses.refused) return { ended: 'refused', message: told ?? said };
  const tail = torn ? `after half a line (${torn.slice(0, 60)})` : 'before its last line';
  const how = last ? `It ended with status ${status}` : `It ended ${tail}, with status ${status}`;
  const why = told ?? said;
  return { ended: 'crashed', message: `${how}${why ? `: ${why}` : ''}.`.replace(/\.\.$/, '.') };
}

/** What TensorFlow's library writes before it can be told not to. */
const isOfTensorflow = (line: string) => /^WARNING: All log|^[IW]\d{4} /.test(line);

/** Takes whole lines alone; what is no line of a trial is passed over. */
export class LineReader {
  readonly progress: Figures[] = [];
  last?: Exclude<TrialLine, { type: 'progress' }>;
  private rest = Buffer.alloc(0);

  constructor(private readonly onProgress?: AttemptOptions['onProgress']) {}

  /** what came after the last whole line */
  get torn(): string {
    return this.rest.toString();
  }

  take(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    for (let end = this.rest.indexOf(10); end >= 0; end = this.rest.indexOf(10)) {
      this.takeLine(this.rest.subarray(0, end).toString());
      this.rest = this.rest.subarray(end + 1);
    }
  }

  private takeLine(text: string): void {
    const line = parsed(text);
    if (line?.type === 'progress') {
      this.progress.push(line.figures);
      this.onProgress?.(line.done, line.of, line.figures);
    } else if (line?.type === 'done' || line?.type === 'failed') {
      this.last = line;
    }
  }
}

function parsed(text: string): TrialLine | undefined {
  try {
    const line = JSON.parse(text);
    const isWhole = typeof line?.figures === 'object' || line?.type === 'failed';
    return isWhole ? line : undefined;
  } catch {
    return undefined;
  }
}
