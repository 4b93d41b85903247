/** The trials of a sweep, each with the key under which its result is kept. */
import * as path from 'node:path';
import { projectRoot, settings } from '../../lib/surroundings';
import { hashOf, hashOfFiles } from '../hashes';
import type { Program } from './programs';
import type { Setting } from './space';

/** One training, or one execution of a notebook. */
export interface Trial {
  /** its place in the sweep, from 0 */
  index: number;
  setting: Setting;
  seed?: number;
  /** of code, data and arguments: the name of its result */
  key: string;
  /** Node's, relative to the project */
  args: string[];
}

/** What every process that makes trials must know; it is written as JSON for those on other machines. */
export interface Plan {
  program: string;
  /** hash of the code that makes the trials; a machine with other code refuses them */
  code: string;
  trials: Trial[];
  /** the folder where results are kept, absolute */
  store: string;
  /** seconds that a trial may take */
  limit: number;
  /** how often a trial that failed is made again */
  retries: number;
}

/** How a plan is made. */
export interface PlanOptions {
  store: string;
  limit: number;
  retries: number;
  /** how many seeds each setting is trained with: 1, 2, …; without it the program's own seed */
  seeds?: number;
  /** throws where the program refuses a setting, the program's own values and the seed included */
  check?(setting: Setting): void;
}

/**
 * Plans each setting with each seed, the seeds of a setting one after the other.
 *
 * @throws what `check` throws
 */
export function planTrials(program: Program, settings: readonly Setting[], options: PlanOptions): Plan {
  const code = hashOfFiles(program.code);
  const seeds = options.seeds ? Array.from({ length: options.seeds }, (_, index) => index + 1) : [undefined];
  const data = new Map<string, string>();
  const dataHash = (setting: Setting) => {
    const places = program.data(setting);
    const name = places.join('\n');
    if (!data.has(name)) data.set(name, hashOfFiles(places));
    return data.get(name);
  };
  const trials = settings.flatMap((setting) =>
    seeds.map((seed) => {
      const whole = { ...program.defaults, ...setting, ...(seed !== undefined && { seed: String(seed) }) };
      options.check?.(whole);
      const args = program.args(whole);
      return { setting, seed, args, key: hashOf([code, dataHash(whole), environmentOf(), args]) };
    }),
  );
  const { store, limit, retries } = options;
  const places = trials.map((trial, index) => ({ index, ...trial }));
  return { program: program.name, code, trials: places, store, limit, retries };
}

/** @throws Error if this machine's course is not the one that the sweep was planned with */
export function requireSameCode(plan: Plan, program: Program): void {
  const here = hashOfFiles(program.code);
  if (here === plan.code) return;
  throw new RangeError(
    `Cannot make trials of this sweep in ${projectRoot()}: its course is another version (${here}) than the one that planned them (${plan.code}). Bring both to the same state`,
  );
}

/** @returns the file of a trial's result */
export function resultFile(plan: Plan, { key }: Trial): string {
  return path.join(plan.store, `${key}.json`);
}

/** @returns settings of the environment that decide what a trial computes */
function environmentOf(): string {
  return process.env[settings.backend] ?? '';
}
