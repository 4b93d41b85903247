/** What the command line of `npm run mnist` may say. */
import { Command, Option } from 'commander';
import { type OptimizerName, optimizers } from '../../lib/model';
import type { BackendChoice } from '../../lib/tensorflow';
import { notNegative, positive, refusals, whole } from '../options/checked';

/** The options, checked. */
export interface MnistOptions {
  epochs: number;
  batchSize: number;
  learningRate: number;
  weightDecay?: number;
  hiddenUnits: number;
  optimizer: OptimizerName;
  seed: number;
  backend: BackendChoice;
  limit?: number;
  validation: number;
  save?: string;
  json: boolean;
  /** a line an epoch, to choose by */
  jsonl: boolean;
}

const most = { epochs: 10_000, hiddenUnits: 100_000, seed: 2 ** 32 - 1, limit: 60_000 };

/**
 * @param run - what to do with the options
 * @returns the command; it refuses what is out of range in one line
 */
export function mnistCommand(run: (options: MnistOptions) => Promise<void>): Command {
  return new Command('mnist')
    .description('Trains a network of one hidden layer to read the handwritten digits of MNIST.')
    .option('--epochs <count>', 'passes over the training digits', whole(1, most.epochs), 10)
    .option('--batch-size <count>', 'digits per update', whole(1, most.limit), 32)
    .option('--learning-rate <rate>', 'how far each update goes', positive(0.001), 0.001)
    .option('--hidden-units <count>', 'neurons of the hidden layer', whole(1, most.hiddenUnits), 128)
    .addOption(choice('--optimizer <name>', 'how a gradient becomes an update', optimizers, 'adam'))
    .option('--weight-decay <share>', 'share of the weights that adamw takes away', notNegative(0.004))
    .option('--seed <number>', 'decides the first weights and the order', whole(0, most.seed), 1)
    .addOption(
      choice('--backend <name>', 'what computes', ['auto', 'native', 'wasm', 'js', 'webgpu'], 'auto'),
    )
    .option('--limit <count>', 'only so many training digits', whole(1, most.limit))
    .option('--validation <count>', 'training digits kept back to choose by', whole(0, 59_999), 0)
    .option('--save <folder>', 'where to save the trained model')
    .option('--json', 'print the figures as one line of JSON', false)
    .addOption(
      new Option(
        '--jsonl',
        'to choose by: a line of JSON after each epoch, and the test digits are left alone',
      )
        .default(false)
        .conflicts(['json', 'save']),
    )
    .allowExcessArguments(false)
    .configureOutput(refusals('npm run mnist -- --help'))
    .action((options: MnistOptions, command: Command) => {
      if (options.weightDecay !== undefined && options.optimizer !== 'adamw') {
        command.error("error: option '--weight-decay <share>' needs '--optimizer adamw'");
      }
      if (options.jsonl && options.validation === 0) {
        command.error(
          "error: option '--jsonl' needs '--validation <count>', since nothing is chosen by test digits",
        );
      }
      return run(options);
    });
}

function choice(flags: string, what: string, choices: readonly string[], value: string): Option {
  return new Option(flags, what).choices(choices).default(value);
}
