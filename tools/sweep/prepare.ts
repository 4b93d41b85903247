/** From the command line to the trials of a sweep; whatever cannot be done is refused here, before anything runs. */
import * as path from 'node:path';
import { checkSetting } from './checks';
import { mostUnasked, type SweepOptions } from './options';
import { type Plan, planTrials } from './plan';
import { findProgram, type Program, requireKnobs } from './programs';
import { drawSettings, gridOf, gridSize, readSpace, type Setting, type Space } from './space';

/** A sweep that can begin. */
export interface Prepared {
  program: Program;
  space: Space;
  /** without trials where a search finds them on its way */
  plan: Plan;
  /** trials in all */
  count: number;
  /** whether what is tried depends on what came before */
  learns: boolean;
}

/**
 * @param name - `mnist`, `gpt`, or a notebook's number or name
 * @throws RangeError if a knob is unknown, a value does not fit, there is nothing to try, or too much
 */
export function prepare(name: string, options: SweepOptions): Prepared {
  const program = findProgram(name);
  requireFigure(program, options.by);
  const space = spaceOf(program, options);
  const { search, searchSeed, trialTime: limit, retries, seeds, trials = 0 } = options;
  const learns = search === 'tpe' || search === 'asha';
  const settings = learns ? drawSettings(space, 20, searchSeed) : settingsOf(space, options);
  const check = (setting: Setting) => checkSetting(program, setting);
  const store = path.resolve(options.out, 'trials');
  const plan = planTrials(program, settings, { store, limit, retries, seeds, check });
  if (!learns) return { program, space, plan, count: plan.trials.length, learns };
  // What was drawn here was only to see whether the program takes it.
  return { program, space, plan: { ...plan, trials: [] }, count: trials, learns };
}

/** @throws RangeError if it is known that nothing of that name is measured */
function requireFigure({ name, figures }: Program, by?: string): void {
  if (by === undefined || !figures || figures.includes(by)) return;
  throw new RangeError(`Cannot compare by ${by}: what a trial of ${name} measures is ${figures.join(', ')}`);
}

/** @throws RangeError if there is nothing to try, or a knob that there is not */
function spaceOf(program: Program, { set, seeds }: SweepOptions): Space {
  const space = readSpace(set);
  requireKnobs(program, [...Object.keys(space), ...(seeds ? ['seed'] : [])]);
  if (Object.keys(space).length === 0 && !seeds) {
    throw new RangeError(
      `Cannot sweep ${program.name}: nothing is set. Write --set knob=value,value; its knobs are:\n${program.help}`,
    );
  }
  if (seeds && space.seed) throw new RangeError('Cannot sweep seed: --seeds sets it already');
  return space;
}

/** @throws RangeError if there are more trials than are allowed */
function settingsOf(space: Space, { search, trials, seeds = 1, searchSeed }: SweepOptions): Setting[] {
  if (search === 'random') {
    const count = Math.floor((trials as number) / seeds);
    if (count > 0) return drawSettings(space, count, searchSeed);
    throw new RangeError(`Cannot sweep: --trials ${trials} has no room for a setting with ${seeds} seeds`);
  }
  const size = (gridSize(space) ?? 0) * seeds;
  const most = trials ?? mostUnasked;
  if (size > most) {
    const each = seeds > 1 ? ` (${size / seeds} settings, ${seeds} seeds each)` : '';
    const unasked = trials === undefined ? `; if it is meant, say --trials ${size}` : '';
    throw new RangeError(
      `Cannot sweep: the grid has ${size} trials${each}, more than ${most}${unasked}. Take fewer values, or --search random`,
    );
  }
  return gridOf(space);
}
