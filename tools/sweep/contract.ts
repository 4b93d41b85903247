/**
 * What a program that can be a trial of a sweep tells whoever runs it: JSON Lines on standard output, each written as
 * soon as it is known, and how it ended as its exit status. All else that it prints goes to standard error.
 */
import { type Command, CommanderError } from 'commander';

/** How a trial ended, as its exit status. What is refused or diverges once does so each time. */
export const statuses = { done: 0, crashed: 1, refused: 2, diverged: 3, interrupted: 130 } as const;

/** Why a trial has no result. */
export type Failing = Exclude<keyof typeof statuses, 'done'>;

/** Measured numbers by their names; only what a training may be chosen by, so nothing of test digits. */
export type Figures = Record<string, number | string | undefined>;

/** One line. The last one is `done` or `failed`. */
export type TrialLine =
  | { type: 'progress'; done: number; of: number; figures: Figures }
  /** `names`: sentences that say what the figures are */
  | { type: 'done'; figures: Figures; backend?: string; names?: Record<string, string> }
  | { type: 'failed'; why: Failing; message: string };

/** Writes a line at once: to a pipe or a file Node writes before it goes on. */
export function tell(line: TrialLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Tells why there is no result, and ends with that status. */
export function tellFailure(why: Failing, message: string): void {
  tell({ type: 'failed', why, message });
  process.exitCode = statuses[why];
}

/** @returns whether what was asked for can never work, or something failed that may work another time */
export function failingOf(error: unknown): 'refused' | 'crashed' {
  return error instanceof RangeError ? 'refused' : 'crashed';
}

/**
 * Runs a program's command line. An error is one line on standard error; the exit status is 2 for an option that is
 * refused, by the command line or by what it calls, and 1 for all else.
 *
 * @param command - with its actions
 */
export async function runCommand(command: Command): Promise<void> {
  for (const one of [command, ...command.commands]) one.exitOverride();
  try {
    await command.parseAsync();
  } catch (error) {
    // The command line has said already what is wrong; help is no error.
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? statuses.done : statuses.refused;
      return;
    }
    console.error((error as Error).message);
    process.exitCode = statuses[failingOf(error)];
  }
}
