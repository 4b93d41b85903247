/**
 * `node --import tsx tools/sweep/make-trial.ts PLAN.json INDEX`: one trial of a plan, on whatever machine this is. With
 * `--setting JSON` in place of the index a trial that is not in the plan; it tells its progress, and last its outcome.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import { Command } from 'commander';
import { runCommand, statuses, tell } from './contract';
import { type Plan, planTrials, requireSameCode, type Trial } from './plan';
import { findProgram } from './programs';
import { keepOutcome, type Outcome, readOutcome, runTrial } from './run-trial';
import type { Setting } from './space';

async function run(file: string, index: string | undefined, options: { setting?: string }): Promise<void> {
  const plan: Plan = JSON.parse(fs.readFileSync(file, 'utf8'));
  if (options.setting !== undefined) return makeSetting(plan, JSON.parse(options.setting));
  const trial = plan.trials[Number(index)];
  if (!trial) throw new RangeError(`Cannot make trial ${index}: ${file} has ${plan.trials.length}`);
  try {
    requireSameCode(plan, findProgram(plan.program));
  } catch (error) {
    // As one that failed, not as one that was refused: that would be kept.
    keepOutcome(plan, trial, failed(trial, (error as Error).message));
    throw error;
  }
  const { status, message } = await runTrial(plan, trial);
  console.log(`${status}${message ? `: ${message}` : ''}`);
  if (status === 'failed') process.exitCode = statuses.crashed;
}

async function makeSetting(plan: Plan, setting: Setting): Promise<void> {
  const program = findProgram(plan.program);
  try {
    requireSameCode(plan, program);
  } catch (error) {
    tellOutcome({ status: 'failed', message: (error as Error).message });
    throw error;
  }
  const whole = planTrials(program, [setting], plan);
  const [trial] = whole.trials;
  const known = readOutcome(whole, trial);
  if (known && known.status !== 'failed') {
    const of = known.progress.length;
    for (const [at, figures] of known.progress.entries())
      tell({ type: 'progress', done: at + 1, of, figures });
    return tellOutcome(known);
  }
  const onProgress = (done: number, of: number, figures: Outcome['progress'][number]) =>
    tell({ type: 'progress', done, of, figures });
  tellOutcome(await runTrial(whole, trial, { onProgress }));
}

function tellOutcome({ status, figures, message }: Pick<Outcome, 'status' | 'figures' | 'message'>): void {
  process.stdout.write(`${JSON.stringify({ type: 'outcome', status, figures, message })}\n`);
}

function failed({ key }: Trial, message: string): Outcome {
  return { key, status: 'failed', message, seconds: 0, progress: [], earlier: [], machine: os.hostname() };
}

runCommand(
  new Command('make-trial').argument('<plan>').argument('[index]').option('--setting <json>').action(run),
);
