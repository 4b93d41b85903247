/** `npm run mnist`: trains the course's network on MNIST, and says how well it reads digits. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { main, type OptimizerName, optimizers, type ProgramResult } from '../lib/model';
import type { BackendChoice } from '../lib/tensorflow';
import { trainingView } from '../lib/training-view';

interface Options {
  epochs: number;
  batchSize: number;
  learningRate: number;
  hiddenUnits: number;
  optimizer: OptimizerName;
  seed: number;
  backend: BackendChoice;
  limit?: number;
  save?: string;
  json: boolean;
}

const most = { epochs: 10_000, hiddenUnits: 100_000, seed: 2 ** 32 - 1, limit: 60_000 };

function program(): Command {
  return new Command('mnist')
    .description('Trains a network of one hidden layer to read the handwritten digits of MNIST.')
    .option('--epochs <count>', 'passes over the training digits', whole(1, most.epochs), 10)
    .option('--batch-size <count>', 'digits per update', whole(1, most.limit), 32)
    .option('--learning-rate <rate>', 'how far each update goes', positive, 0.001)
    .option(
      '--hidden-units <count>',
      'neurons of the hidden layer',
      whole(1, most.hiddenUnits),
      128,
    )
    .addOption(choice('--optimizer <name>', 'how a gradient becomes an update', optimizers, 'adam'))
    .option('--seed <number>', 'decides the first weights and the order', whole(0, most.seed), 1)
    .addOption(
      choice('--backend <name>', 'what computes', ['auto', 'native', 'wasm', 'js'], 'auto'),
    )
    .option('--limit <count>', 'only so many training digits', whole(1, most.limit))
    .option('--save <folder>', 'where to save the trained model')
    .option('--json', 'print the figures as one line of JSON', false)
    .allowExcessArguments(false)
    .configureOutput({
      // One line, with the remedy.
      outputError: (text, write) => {
        const line = text.trim().replace(/\s*\n\s*/g, ' ');
        write(`${line}${/[.)]$/.test(line) ? '' : '.'} See: npm run mnist -- --help\n`);
      },
    })
    .action(run);
}

function choice(flags: string, what: string, choices: readonly string[], value: string): Option {
  return new Option(flags, what).choices(choices).default(value);
}

function whole(least: number, greatest: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= greatest) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${greatest}.`);
  };
}

function positive(text: string): number {
  const value = text.trim() ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0, such as 0.001.');
}

async function run({ json, ...options }: Options): Promise<void> {
  const { signal, dismiss } = stopOnInterrupt();
  try {
    const print = json ? console.error : console.log;
    const result = await main({ ...options, signal, print, view: trainingView() });
    if (json) console.log(JSON.stringify(report(result)));
    if (result.history.stopped?.why === 'diverged') process.exitCode = 1;
  } finally {
    dismiss();
  }
}

/** The first Ctrl-C ends the training, which is then evaluated and saved; the second ends the program. */
function stopOnInterrupt(): { signal: AbortSignal; dismiss: () => void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop);
  return { signal: controller.signal, dismiss: () => process.off('SIGINT', stop) };
}

/** What `--json` prints. */
function report({ loss, accuracy, parameters, history, backend, dataset }: ProgramResult): object {
  const { seconds, epochs, stopped } = history;
  return { loss, accuracy, parameters, seconds, epochs, backend, dataset, stopped };
}

program()
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
