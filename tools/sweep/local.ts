/** The reference engine: trials on this machine, as many at a time as it has cores and memory for. */
import { inParallel } from '../notebooks/execute';
import type { Plan, Trial } from './plan';
import { type Outcome, runTrial } from './run-trial';

/** What an engine is told, and tells. */
export interface EngineOptions {
  /** ends all trials under way */
  signal: AbortSignal;
  /** told of each trial that has ended */
  onOutcome(trial: Trial, outcome: Outcome): void;
}

/** Memory of one trial: a training takes 0.6 GB. */
const bytesEach = 0.8e9;

/**
 * Makes trials side by side, in their order.
 *
 * @param jobs - at most so many at a time
 * @throws Error if a result cannot be kept; the trials under way end first
 */
export async function runLocally(
  plan: Plan,
  trials: readonly Trial[],
  jobs: number,
  { signal, onOutcome }: EngineOptions,
): Promise<void> {
  const ending = new AbortController();
  const end = () => ending.abort();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  let failure: unknown;
  const tasks = trials.map((trial) => async () => {
    if (ending.signal.aborted) return;
    try {
      const outcome = await runTrial(plan, trial, { signal: ending.signal });
      if (outcome.status !== 'interrupted') onOutcome(trial, outcome);
    } catch (error) {
      failure ??= error;
      end();
    }
  });
  await inParallel(tasks, jobs, bytesEach);
  signal.removeEventListener('abort', end);
  if (failure) throw failure;
}
