/** What a sweep came to: a row a trial, and the settings from the best to the worst. */
import type { Figures } from './contract';
import type { Plan, Trial } from './plan';
import type { Outcome } from './run-trial';
import { type Setting, writeSetting } from './space';

/** A trial and what became of it. */
export interface Row {
  setting: Setting;
  seed?: number;
  /** `not tried`: the sweep ended before */
  status: Outcome['status'] | 'not tried';
  figures: Figures;
  message?: string;
  seconds?: number;
  /** attempts in all */
  attempts: number;
  backend?: string;
}

/** A setting over its seeds. */
export interface Ranked {
  setting: Setting;
  /** trials of it, and those of them that were done */
  trials: number;
  done: number;
  /** of the measure, over those that were done */
  mean: number;
  /** standard deviation of a single seed, NaN for fewer than two */
  deviation: number;
}

/** A finished sweep, as `results.json` holds it. */
export interface Results {
  program: string;
  /** that makes it again */
  command: string;
  engine: string;
  search: string;
  /** what is compared, and whether more is better; undefined where nothing is */
  measure?: string;
  more: boolean;
  code: string;
  rows: Row[];
  best: Ranked[];
  /** what a notebook's figures are */
  names: Record<string, string>;
}

/** @returns a row for each trial, in the order of the plan */
export function rowsOf(plan: Plan, outcomes: ReadonlyMap<string, Outcome>): Row[] {
  return plan.trials.map((trial) => rowOf(trial, outcomes.get(trial.key)));
}

function rowOf({ setting, seed }: Trial, outcome?: Outcome): Row {
  if (!outcome) return { setting, seed, status: 'not tried', figures: {}, attempts: 0 };
  const { status, figures = {}, message, seconds, backend, earlier } = outcome;
  return { setting, seed, status, figures, message, seconds, backend, attempts: earlier.length + 1 };
}

/** @returns the names of all figures that were measured, in their order */
export function figureNames(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
}

/** Names of figures of which more is better. */
export const isBetterHigh = (measure: string) => /accuracy$/i.test(measure);

/**
 * Ranks the settings by the mean of a figure over their seeds. Settings of which a trial has no result come after those
 * that are whole, since what is missing may be the worst.
 */
export function rank(rows: readonly Row[], measure: string, more = isBetterHigh(measure)): Ranked[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = writeSetting(row.setting);
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const ranked = [...groups.values()].map((group): Ranked => {
    const values = group.flatMap(({ status, figures }) => {
      const value = figures[measure];
      return status === 'done' && typeof value === 'number' ? [value] : [];
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const deviation = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : Number.NaN;
    return { setting: group[0].setting, trials: group.length, done: values.length, mean, deviation };
  });
  const sign = more ? -1 : 1;
  const lacks = ({ done, trials }: Ranked) => (done === 0 ? 2 : done < trials ? 1 : 0);
  return ranked.sort((a, b) => lacks(a) - lacks(b) || sign * (a.mean - b.mean) || 0);
}

/** @returns the names of the knobs that were set */
export function knobNames(rows: readonly Row[]): string[] {
  return Object.keys(rows[0]?.setting ?? {});
}

/** @returns the knobs of which there is more than one value */
export function variedKnobs(rows: readonly Row[]): string[] {
  return knobNames(rows).filter((name) => new Set(rows.map(({ setting }) => setting[name])).size > 1);
}

/** The table as CSV: what was set, what came of it and what was measured; no times, so it is the same each time. */
export function csvOf(rows: readonly Row[]): string {
  const [knobs, figures] = [knobNames(rows), figureNames(rows)];
  const lines = rows.map((row) => [
    ...knobs.map((name) => row.setting[name]),
    row.seed ?? '',
    row.status,
    ...figures.map((name) => row.figures[name] ?? ''),
  ]);
  return [[...knobs, 'seed', 'status', ...figures], ...lines]
    .map((line) => `${line.map((cell) => csvCell(String(cell))).join(',')}\n`)
    .join('');
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @returns the heads and the rows of a table of the best settings; a figure that JSON does not hold is a dash */
export function bestTable({ best, measure }: Results, most = 10): { heads: string[]; rows: string[][] } {
  const known = best.filter(({ done }) => done > 0);
  const rows = known.slice(0, most).map(({ setting, mean, deviation, done, trials }) => {
    const [middle, spread] = [mean, deviation].map((value) => written(value ?? Number.NaN));
    return [writeSetting(setting), middle, spread, `${done} of ${trials}`];
  });
  return { heads: ['setting', `mean ${measure}`, 'deviation of a seed', 'seeds'], rows };
}

/** @returns a number with five digits, as the report and the page have it */
export function written(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(5))) : '–';
}
