/** A sweep as a table for a notebook: what was set, and how the figure that is compared fell from line to line. */
import * as path from 'node:path';
import { makeFolder, replaceFile } from '../setup/project.mjs';
import type { Plan } from './plan';
import type { Outcome } from './run-trial';

/** A table that `readStudy` reads. */
export interface SweepStudy {
  /** that makes it again */
  command: string;
  /** all that made trials, such as `native` */
  backends: string[];
  /** hash of the code that made them */
  code: string;
  /** the figure in `values` */
  measure: string;
  trials: StudyTrial[];
}

/** A trial of the table. */
export interface StudyTrial {
  /** numbers where they are ones */
  setting: Record<string, number | string>;
  seed?: number;
  status: Outcome['status'];
  /** after each epoch, or each measurement; six digits */
  values: number[];
}

/**
 * @param command - that makes it again
 * @param measure - a figure of each line
 * @returns the table of all trials that have an outcome, in the order of the plan
 */
export function studyOf(
  plan: Plan,
  outcomes: ReadonlyMap<string, Outcome>,
  command: string,
  measure: string,
): SweepStudy {
  const made = plan.trials.flatMap(({ setting, seed, key }) => {
    const outcome = outcomes.get(key);
    return outcome ? [{ setting, seed, outcome }] : [];
  });
  const trials = made.map(({ setting, seed, outcome: { status, progress } }): StudyTrial => {
    const written = Object.entries(setting).map(([name, value]) => [name, asNumber(value)]);
    return { setting: Object.fromEntries(written), seed, status, values: valuesOf(progress, measure) };
  });
  const backends = [...new Set(made.flatMap(({ outcome }) => outcome.backend ?? []))].sort();
  return { command, backends, code: plan.code, measure, trials };
}

const asNumber = (text: string) =>
  text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;

function valuesOf(progress: Outcome['progress'], measure: string): number[] {
  return progress.flatMap((figures) => {
    const value = figures[measure];
    return typeof value === 'number' && Number.isFinite(value) ? [Number(value.toPrecision(6))] : [];
  });
}

/** Writes a table, a trial a line. @throws Error if the file cannot be written */
export function saveSweepStudy({ trials, ...head }: SweepStudy, file: string): void {
  const lines = trials.map((trial) => `  ${JSON.stringify(trial)}`).join(',\n');
  const text = `${JSON.stringify(head, null, 1).replace(/\n\}$/, '')},\n "trials": [\n${lines}\n ]\n}\n`;
  try {
    makeFolder(path.dirname(path.resolve(file)));
    replaceFile(file, text);
  } catch (error) {
    throw new Error(
      `Cannot write the table ${file}: ${(error as Error).message}; the trials are kept; name another file: --study`,
    );
  }
}
