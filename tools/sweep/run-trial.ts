/** A trial from its first attempt to its result, which is kept as soon as there is one. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { makeFolder, replaceFile } from '../setup/project.mjs';
import { type Attempt, type AttemptOptions, attempt } from './attempt';
import { type Plan, resultFile, type Trial } from './plan';

/** What became of a trial. */
export interface Outcome extends Omit<Attempt, 'ended'> {
  key: string;
  /** `failed`: after all attempts, it is tried anew the next time; `stopped`: by a search that expected nothing of it */
  status: 'done' | 'diverged' | 'refused' | 'failed' | 'interrupted' | 'stopped';
  /** what became of the attempts before the last one */
  earlier: Pick<Attempt, 'ended' | 'message' | 'seconds'>[];
  /** the machine that made the last attempt */
  machine: string;
}

/**
 * Makes a trial, again where it failed, and keeps its result.
 *
 * @param options - `signal` ends it without a result
 * @throws Error if the result cannot be kept
 */
export async function runTrial(
  plan: Plan,
  trial: Trial,
  options: Omit<AttemptOptions, 'limit'> = {},
): Promise<Outcome> {
  const earlier: Outcome['earlier'] = [];
  let made: Attempt;
  for (;;) {
    made = await attempt(trial.args, { ...options, limit: plan.limit });
    const { ended, message, seconds } = made;
    const again = ended === 'crashed' || ended === 'timed out';
    if (!again || earlier.length >= plan.retries) break;
    earlier.push({ ended, message, seconds });
  }
  const { ended, ...rest } = made;
  const status = ended === 'crashed' || ended === 'timed out' ? 'failed' : ended;
  const outcome: Outcome = { key: trial.key, status, ...rest, earlier, machine: os.hostname() };
  if (status !== 'interrupted') keepOutcome(plan, trial, outcome);
  return outcome;
}

/** Keeps an outcome: whole or not at all. */
export function keepOutcome(plan: Plan, trial: Trial, outcome: Outcome): void {
  const file = resultFile(plan, trial);
  try {
    makeFolder(path.dirname(file));
    replaceFile(file, `${JSON.stringify(outcome)}\n`);
  } catch (error) {
    const why = (error as Error).message;
    throw new Error(`Cannot keep the result of a trial: ${why}; free space, or name another folder: --out`);
  }
}

/** @returns the outcome that is kept of a trial, one that failed too; undefined if there is none, or half of one */
export function readOutcome(plan: Plan, trial: Trial): Outcome | undefined {
  try {
    const outcome: Outcome = JSON.parse(fs.readFileSync(resultFile(plan, trial), 'utf8'));
    return outcome.key === trial.key ? outcome : undefined;
  } catch {
    return undefined;
  }
}
