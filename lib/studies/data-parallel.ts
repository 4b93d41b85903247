/**
 * Data-parallel training: worker processes, each with the whole model and a part of the digits, each
 * computing the gradient of its shard of a batch.
 */
import { fork } from 'node:child_process';
import * as path from 'node:path';
import { requireCount } from '../base/checks';
import { kernelSignal } from '../base/contract';
import { projectRoot } from '../base/project-root';
import type { DigitSet } from '../data/digit-set';
import { selectDigits } from '../data/digits';
import type { LossGradient } from '../model/loss-gradient';
import { describeBackend, type tf } from '../tensorflow/backend';

/** What a worker answers: the means over its shard. */
export interface ShardGradient extends LossGradient {
  /** digits in the shard, B_k */
  count: number;
  /** that the worker computed, without the way there and back */
  milliseconds: number;
}

/** What a worker is told, in this order: once what it works on, then one batch after another. */
export type WorkerOrder =
  | { backend: ReturnType<typeof describeBackend>['backend']; topology: object; digits: DigitSet }
  | { parameters: Float32Array; places: Uint32Array };

/** What a worker answers to an order. */
export type WorkerAnswer = { ready: true } | ShardGradient | { error: string };

/** Workers that wait for batches. */
export interface WorkerTeam {
  /** how many digits each worker holds, shape `[workers]`; no digit is held twice */
  holds: readonly number[];
  /**
   * Has the gradients of a batch's shards computed, all at once. A shard is the part of the batch
   * that a worker holds; a worker that holds none of it has no part in the answer.
   *
   * @param parameters - θ, shape `[N]`, sent to each worker
   * @param batch - numbers of digits, shape `[B]`, each 0 … `digits.count` − 1
   * @returns at most one gradient a worker
   * @throws RangeError if a number is out of range or the batch is empty; Error if a worker failed or
   *   has ended
   */
  gradients(parameters: Float32Array, batch: Uint32Array): Promise<ShardGradient[]>;
  /** ends the workers, those that hang by force; may be called again */
  stop(): Promise<void>;
}

/**
 * Starts worker processes and gives each the model and its part of the digits: the first worker the
 * first ones, and so on. They end with `stop()`, with this process, or when the reader interrupts a
 * cell that uses them.
 *
 * @param workers - how many processes, >= 1; more than the machine has cores share them
 * @param model - as `createModel` makes it; only its layers are sent, not its weights
 * @param digits - at least as many as workers
 * @returns the team, ready for batches
 * @throws RangeError if there are more workers than digits; Error if a worker does not start
 */
export async function startWorkers(
  workers: number,
  model: tf.LayersModel,
  digits: DigitSet,
): Promise<WorkerTeam> {
  requireCount('workers', workers, 'start workers');
  if (workers > digits.count) {
    throw new RangeError(
      `Cannot start workers: workers must be <= ${digits.count}, the number of digits, got ${workers}`,
    );
  }
  const { backend } = describeBackend();
  const topology = model.toJSON(null, false) as object;
  const starts = Array.from({ length: workers + 1 }, (_, worker) =>
    Math.round((worker * digits.count) / workers),
  );
  const team = Array.from({ length: workers }, () => startWorker());
  const stop = async () => void (await Promise.all(team.map((worker) => worker.stop())));
  const interrupted = () => void stop();
  // The same listener again is the same listener: a cell that makes many steps adds one.
  const stopWithCell = () => kernelSignal()?.addEventListener('abort', interrupted);
  stopWithCell();
  try {
    await Promise.all(
      team.map((worker, index) =>
        worker.ask({ backend, topology, digits: part(digits, starts[index], starts[index + 1]) }),
      ),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    holds: team.map((_, index) => starts[index + 1] - starts[index]),
    stop,
    async gradients(parameters, batch) {
      const shards = shardsOf(batch, starts);
      stopWithCell();
      const answers = team.flatMap((worker, index) =>
        shards[index].length > 0 ? [worker.ask({ parameters, places: shards[index] })] : [],
      );
      return (await Promise.all(answers)) as ShardGradient[];
    },
  };
}

/**
 * Puts the shards together, `g = Σ (B_k / B) g_k`.
 *
 * @param shards - at least one, all gradients of the same shape `[N]`; never changed
 * @returns gradient and loss of the whole batch, added up with 64 bits
 * @throws RangeError if there is no shard, or the shapes differ
 */
export function averageShards(shards: readonly ShardGradient[]): LossGradient {
  requireCount('the number of shards', shards.length, 'average gradients');
  const size = shards[0].gradient.length;
  const batchSize = shards.reduce((sum, { count }) => sum + count, 0);
  const gradient = new Float64Array(size);
  let loss = 0;
  for (const shard of shards) {
    if (shard.gradient.length !== size) {
      throw new RangeError(
        `Cannot average gradients: all must have ${size} numbers, got ${shard.gradient.length}`,
      );
    }
    const share = shard.count / batchSize;
    loss += share * shard.loss;
    for (let index = 0; index < size; index++) gradient[index] += share * shard.gradient[index];
  }
  return { loss, gradient: Float32Array.from(gradient) };
}

/** The batch's digits by worker, numbered as in the worker's own part. */
function shardsOf(batch: Uint32Array, starts: readonly number[]): Uint32Array[] {
  const total = starts[starts.length - 1];
  requireCount('the number of digits in the batch', batch.length, 'share a batch');
  const wrong = batch.find((place) => place >= total);
  if (wrong !== undefined) {
    throw new RangeError(`Cannot share a batch: digits are numbered 0 … ${total - 1}, got ${wrong}`);
  }
  return starts
    .slice(1)
    .map((end, worker) =>
      batch.filter((place) => place >= starts[worker] && place < end).map((place) => place - starts[worker]),
    );
}

/** The digits from one number to another, in memory of their own. */
function part(digits: DigitSet, from: number, to: number): DigitSet {
  return selectDigits(
    digits,
    Array.from({ length: to - from }, (_, place) => from + place),
  );
}

/** How long a worker that has been told to end may take: it may be stopped, or never look up from its work. */
const patienceMilliseconds = 3000;

interface Worker {
  ask(order: WorkerOrder): Promise<WorkerAnswer>;
  stop(): Promise<void>;
}

function startWorker(): Worker {
  const script = path.join(projectRoot(), 'lib', 'studies', 'data-parallel-worker.ts');
  const child = fork(script, {
    cwd: projectRoot(),
    execArgv: ['--import', 'tsx'],
    // Structured clone hands typed arrays over as bytes; JSON would spell out each number.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.on('data', (bytes) => {
    complaint = `${complaint}${bytes}`.slice(-2000);
  });
  let ended: Error | undefined;
  // A worker answers in the order in which it is asked.
  const waiting: { resolve(answer: WorkerAnswer): void; reject(error: Error): void }[] = [];
  child.on('message', (answer: WorkerAnswer) => {
    const asker = waiting.shift();
    if ('error' in answer) asker?.reject(new Error(`A worker failed: ${answer.error}`));
    else asker?.resolve(answer);
  });
  const end = (why: string) => {
    const last = complaint.match(/^\w*Error: .*$/gm)?.pop();
    ended ??= new Error(`A worker ended (${why})${last ? `: ${last}` : ''}; start the team anew`);
    for (const asker of waiting.splice(0)) asker.reject(ended);
  };
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      end(error.message);
      resolve();
    });
    child.once('exit', (code, signal) => {
      end(signal ?? `status ${code}`);
      resolve();
    });
  });
  return {
    ask: (order) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        waiting.push({ resolve, reject });
        child.send(order, (error) => error && end(error.message));
      }),
    async stop() {
      ended ??= new Error('The workers have been stopped; start the team anew');
      for (const asker of waiting.splice(0)) asker.reject(ended);
      if (child.connected) child.disconnect();
      const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMilliseconds);
      await exited;
      clearTimeout(impatience);
    },
  };
}
