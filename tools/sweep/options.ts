/** What the command line of `npm run sweep` may say. */
import * as path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { refusals, whole } from '../options/checked';
import { root } from '../setup/project.mjs';

export const engines = ['local', 'slurm', 'ray'] as const;
export const searches = ['grid', 'random', 'tpe', 'asha'] as const;

/** The options, checked. */
export interface SweepOptions {
  set: string[];
  seeds?: number;
  on: (typeof engines)[number];
  search: (typeof searches)[number];
  /** trials in all, at most */
  trials?: number;
  /** seconds that the whole sweep may take */
  maxTime?: number;
  /** seconds that one trial may take */
  trialTime: number;
  retries: number;
  jobs?: number;
  by?: string;
  searchSeed: number;
  out: string;
  name?: string;
  cache: boolean;
  notebook: boolean;
  /** where the trials of the sweep are written, of which none is made then */
  plan?: string;
  /** where the table is written that a notebook reads */
  study?: string;
  /** further lines for sbatch */
  sbatch: string[];
  address?: string;
}

/** More trials than this are meant only by who says so. */
export const mostUnasked = 1000;

/** In the folder of results: no report takes their place. */
const ownFolders = ['trials', 'notebooks'];

/**
 * @param run - what to do with the program's name and the options
 * @returns the command; it refuses what is out of range in one line
 */
export function sweepCommand(run: (program: string, options: SweepOptions) => Promise<void>): Command {
  return new Command('sweep')
    .description('Tries many settings of a training, or of the knobs of a notebook, and compares them.')
    .argument('<program>', 'mnist, gpt, or the number of a notebook')
    .option(
      '--set <name=values>',
      'values of a knob (repeatable): 0.1,0.2 or, to draw from, 8..64 or log:0.001..0.1',
      append,
      [],
    )
    .option('--seeds <count>', 'each setting with the seeds 1 to this', whole(1, 1000))
    .addOption(new Option('--on <engine>', 'where trials run').choices(engines).default('local'))
    .addOption(new Option('--search <way>', 'which settings are tried').choices(searches).default('grid'))
    .option('--trials <count>', 'at most so many trials, seeds included', whole(1, 100_000))
    .option('--max-time <time>', 'for the whole sweep: 90s, 10m, 2h', duration)
    .option('--trial-time <time>', 'for one trial, until it counts as hanging', duration, 3600)
    .option('--retries <count>', 'how often a trial that failed is made again', whole(0, 100), 2)
    .option('--jobs <count>', 'trials at a time (default: one a core)', whole(1, 10_000))
    .option('--by <figure>', 'what settings are compared by (default: validationLoss)')
    .option('--search-seed <number>', 'decides what is drawn', whole(0, 2 ** 32 - 1), 1)
    .option('--out <folder>', 'where results are kept', path.join(root, 'out', 'sweep'))
    .option('--name <name>', 'the folder there for the report (default: by what is swept)', folderName)
    .option('--no-cache', 'make all trials anew')
    .option('--no-notebook', 'write no notebook of the results')
    .option('--plan <file>', 'only write the trials there, for who makes them by other means')
    .option('--study <file>', 'also write there how each trial fell, as a table for a notebook')
    .option('--sbatch <option>', 'a further option for sbatch, such as --partition=short', append, [])
    .option('--address <host:port>', 'a Ray that runs already')
    .allowExcessArguments(false)
    .configureOutput(refusals('npm run sweep -- --help'))
    .action((program: string, options: SweepOptions, command: Command) => {
      const why = conflictIn(options);
      if (why) command.error(`error: ${why}`);
      return run(program, options);
    });
}

/** Options that do not go together. */
function conflictIn({ on, search, trials, seeds, address, sbatch, plan }: SweepOptions): string | undefined {
  const learns = search === 'tpe' || search === 'asha';
  if (learns && on !== 'ray') return `'--search ${search}' needs '--on ray'`;
  if (learns && seeds !== undefined) {
    return `'--search ${search}' trains each setting once: drop '--seeds', and sweep the best ones again with '--search grid'`;
  }
  if (search !== 'grid' && trials === undefined) return `'--search ${search}' needs '--trials <count>'`;
  if (learns && plan !== undefined) {
    return `'--search ${search}' finds its trials on the way, so there is no plan of them`;
  }
  if (address !== undefined && on !== 'ray') return "'--address' is that of a Ray: add '--on ray'";
  if (sbatch.length > 0 && on !== 'slurm') return "'--sbatch' is for '--on slurm'";
  return undefined;
}

const append = (text: string, list: string[]) => [...list, text];

function duration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text) ?? [];
  const seconds = Number(number) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h'];
  if (seconds > 0 && seconds <= 1e7) return seconds;
  throw new InvalidArgumentError('It must be a time such as 90s, 10m or 2h.');
}

function folderName(text: string): string {
  if (ownFolders.includes(text))
    throw new InvalidArgumentError('What sweeps keep for themselves lies there; take another name.');
  if (/^[\w][\w.-]*$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a name of letters, digits, points and hyphens.');
}
