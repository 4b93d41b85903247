/** What the command line of `npm run hub` may say. */
import { Command, Option } from 'commander';
import { positive, refusals, whole } from '../options/checked';
import { defaultFolder } from './class';
import { mostLearners } from './names';

/** The options of `npm run hub`, checked. */
export interface ServeOptions {
  users: number;
  /** a file with their names */
  learners?: string;
  folder: string;
  port?: number;
  spawner: 'linux' | 'simple';
  /** in GB */
  memory: number;
  /** in minutes */
  idle: number;
  lang?: string;
}

/** The options of `npm run hub -- accounts`, checked. */
export interface AccountsOptions {
  folder: string;
  remove: boolean;
}

/** The options of `npm run hub -- progress`, checked. */
export interface ProgressOptions {
  run: boolean;
  only: string[];
  csv: boolean;
  json: boolean;
  lang?: string;
}

/** The options of `npm run hub -- load`, checked. */
export interface LoadOptions {
  users: number;
  notebook: string;
  memoryOf: string[];
  /** what stands for a learner: a program that speaks to his kernel, or a browser */
  in: 'kernel' | 'chromium';
}

/** Whether learners can be system users of their own: only root makes and becomes them. */
const canBeUsers = process.platform === 'linux' && process.getuid?.() === 0;

const list = (text: string): string[] => text.split(',').filter(Boolean);

const classFolder = () =>
  new Option('--folder <folder>', 'where the class lies: secrets, and the homes of the learners').default(
    defaultFolder,
  );

const edition = () =>
  new Option('--lang <language>', 'an edition of the course, such as zh; English unless told');

/**
 * @param run - what to do with the options of each command
 * @returns the command; it refuses what is out of range in one line
 */
export function hubCommand(run: {
  serve: (options: ServeOptions) => Promise<void>;
  accounts: (options: AccountsOptions) => Promise<void>;
  progress: (folder: string, options: ProgressOptions) => Promise<void>;
  load: (options: LoadOptions) => Promise<void>;
}): Command {
  const program = new Command('hub').description('The course for a class, on JupyterHub.');
  program
    .command('serve', { isDefault: true })
    .description('Starts a hub on this machine, with learners to try it out or with those of a class.')
    .option('--users <count>', 'how many learners, to try it out', whole(1, mostLearners), 2)
    .addOption(
      new Option(
        '--learners <file>',
        'the learners of a class, a name a line; their system users stay when the hub ends',
      ).conflicts('users'),
    )
    .addOption(classFolder())
    .option('--port <port>', 'where the hub listens (default: the next free one from 8000)', whole(1, 65535))
    .addOption(
      new Option(
        '--spawner <name>',
        'linux: each learner a system user; simple: all are you, nothing keeps them apart',
      )
        .choices(['linux', 'simple'])
        .default(canBeUsers ? 'linux' : 'simple'),
    )
    .option('--memory <gigabytes>', "what a learner's server and kernels may take together", positive(2.5), 3)
    .option(
      '--idle <minutes>',
      'until an idle kernel is ended; a server takes twice as long',
      positive(2.5),
      30,
    )
    .addOption(edition())
    .action((options: ServeOptions, command: Command) => {
      if (options.spawner === 'linux' && !canBeUsers) {
        command.error("error: option '--spawner linux' needs root, on Linux: only root makes system users");
      }
      if (options.learners && options.spawner === 'simple') {
        command.error(
          "error: option '--learners <file>' needs root, on Linux: each gets a system user of his own",
        );
      }
      return run.serve(options);
    });
  program
    .command('accounts')
    .description("Tells which system users a class's learners are, or removes them when it is over.")
    .addOption(classFolder())
    .option('--remove', 'remove them; their homes stay, and are root’s', false)
    .action((options: AccountsOptions) => run.accounts(options));
  program
    .command('progress')
    .description('Tells which exercises the learners of a class have solved.')
    .argument('<folder>', 'the folder that holds a folder for each learner')
    .option(
      '--run',
      "execute the notebooks anew with the course's own checks, for an output can be edited",
      false,
    )
    .option('--only <notebooks>', 'some notebooks, such as 02,04', list, [])
    .addOption(new Option('--csv', 'for a spreadsheet').default(false).conflicts('json'))
    .addOption(new Option('--json', 'for a program').default(false))
    .addOption(edition())
    .action(run.progress);
  program
    .command('load')
    .description('Measures what a class needs: memory, times, and many learners at once.')
    .option('--users <count>', 'learners who run a notebook at once', whole(1, 100), 10)
    .option('--notebook <notebook>', 'which they run', '02')
    .option('--memory-of <notebooks>', "after which a learner's memory is measured", list, ['02', '07', '17'])
    .addOption(
      new Option('--in <name>', 'what stands for a learner who runs it: a program at his kernel, or his page')
        .choices(['kernel', 'chromium'])
        .default('kernel'),
    )
    .action(run.load);
  for (const command of [program, ...program.commands]) {
    const own = command === program ? '' : `${command.name()} `;
    command.allowExcessArguments(false).configureOutput(refusals(`npm run hub -- ${own}--help`));
  }
  return program;
}
