/** What the command line of `npm run gpt` may say. */
import { Command, Option } from 'commander';
import type { CorpusName } from '../../lib/language';
import type { BackendChoice } from '../../lib/tensorflow';
import { notNegative, positive, refusals, whole } from '../options/checked';

/** The options of `npm run gpt`, checked. */
export interface WriteOptions {
  /** what the text begins with; if it is not given, the end of a line */
  prompt?: string;
  /** the GPT; if it is not given, the last one trained, or else the course's */
  model?: string;
  letters: number;
  temperature: number;
  topK?: number;
  seed: number;
}

/** The options of `npm run gpt -- train`, checked. */
export interface TrainOptions {
  corpus: CorpusName;
  text?: string;
  steps: number;
  batchSize: number;
  learningRate: number;
  weightDecay: number;
  layers: number;
  heads: number;
  width: number;
  context: number;
  every: number;
  seed: number;
  backend: BackendChoice;
  /** where the GPT is saved; nowhere only with `jsonl` */
  save?: string;
  int8: boolean;
  resume: boolean;
  /** a line a measurement, to choose by */
  jsonl: boolean;
}

/** The options of `npm run gpt -- study`. */
export interface StudyOptions {
  save: string;
}

/** Where a training puts its GPT, and where one is looked for first. */
export const defaultModel = 'out/gpt/model.gpt';

/** What the course keeps of its study. */
const studyFile = 'data/gpt/study.json';

/** Options that a training which is resumed has already. */
const fixed = [
  ...['corpus', 'text', 'steps', 'batchSize', 'learningRate', 'weightDecay', 'layers', 'heads'],
  ...['width', 'context', 'every', 'seed'],
];

const most = { steps: 1_000_000, batchSize: 4096, layers: 48, width: 4096, context: 4096, seed: 2 ** 32 - 1 };

/**
 * @param run - what to do with the options of either command
 * @returns the command; it refuses what is out of range in one line
 */
export function gptCommand(run: {
  write: (options: WriteOptions) => Promise<void>;
  train: (options: TrainOptions) => Promise<void>;
  study: (options: StudyOptions) => Promise<void>;
}): Command {
  const program = new Command('gpt').description('Trains a small GPT, and has it write.');
  program
    .command('write', { isDefault: true })
    .description('Has a GPT continue a text.')
    .option('--prompt <text>', 'what the text begins with (default: the end of a line)')
    .option('--model <file>', `the GPT (default: ${defaultModel}, or else the course's own)`)
    .option('--letters <count>', 'how many to write', whole(1, 1_000_000), 400)
    .option('--temperature <number>', 'below 1 the likely becomes likelier', positive(0.8), 0.8)
    .option('--top-k <count>', 'only the likeliest can come', whole(1, 1_000_000))
    .option('--seed <number>', 'decides what is drawn', whole(0, most.seed), 1)
    .action(run.write);
  program
    .command('train')
    .description('Trains a GPT on letters; it is saved at each measurement, and can be resumed.')
    .addOption(
      new Option('--corpus <name>', 'a text of the course')
        .choices(['moby-dick', 'names', 'quatrains'])
        .default('moby-dick'),
    )
    .addOption(new Option('--text <file>', 'a text of your own').conflicts('corpus'))
    .option('--steps <count>', 'updates', whole(1, most.steps), 1800)
    .option('--batch-size <count>', 'texts per update', whole(1, most.batchSize), 24)
    .option('--learning-rate <rate>', 'the greatest rate of AdamW', positive(0.8), 0.01)
    .option('--weight-decay <share>', 'share of the weights that AdamW takes away', notNegative(0.1), 0.1)
    .option('--layers <count>', 'blocks of attention and network', whole(1, most.layers), 3)
    .option('--heads <count>', 'of each attention; they divide the width', whole(1, most.width), 4)
    .option('--width <count>', 'numbers per position', whole(1, most.width), 96)
    .option('--context <count>', 'letters that are seen at a time', whole(1, most.context), 64)
    .option('--every <count>', 'steps between two measurements', whole(1, most.steps), 100)
    .option('--seed <number>', 'decides the first weights and the order', whole(0, most.seed), 1)
    .addOption(
      new Option('--backend <name>', 'what computes')
        .choices(['auto', 'native', 'wasm', 'js', 'webgpu'])
        .default('auto'),
    )
    .option('--save <file>', 'where to save the GPT', defaultModel)
    .option('--int8', 'at the end save it in a quarter of the room, with weights of 8 bits', false)
    .option('--resume', 'go on with the training that was saved there', false)
    .addOption(
      new Option('--jsonl', 'to choose by: a line of JSON a measurement; saves only with --save')
        .default(false)
        .conflicts('resume'),
    )
    .action((options: TrainOptions, command: Command) => {
      const given = fixed.find((name) => command.getOptionValueSource(name) === 'cli');
      if (options.resume && given) {
        const flag = given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        command.error(`error: option '--${flag}' does not go with '--resume', which takes it from the file`);
      }
      if (options.width % options.heads !== 0) {
        command.error(`error: '--heads ${options.heads}' must divide '--width ${options.width}'`);
      }
      const isAsked = command.getOptionValueSource('save') === 'cli';
      return run.train(options.jsonl && !isAsked ? { ...options, save: undefined } : options);
    });
  program
    .command('study')
    .description('Trains the GPTs whose losses notebook 17 reads: two of its own size, 27 smaller ones.')
    .option('--save <file>', 'where to save what they came to', studyFile)
    .action(run.study);
  for (const command of [program, ...program.commands]) {
    const own = ['train', 'study'].includes(command.name()) ? `${command.name()} ` : '';
    command.allowExcessArguments(false).configureOutput(refusals(`npm run gpt -- ${own}--help`));
  }
  return program;
}
