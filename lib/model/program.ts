/** The course's program from end to end, as `npm run mnist` runs it. */
import { requireKnownOptions } from '../base/checks';
import type { BackendName } from '../base/host';
import { loadMnist } from '../data/mnist';
import { type BackendChoice, startTensorflow } from '../tensorflow/backend';
import type { TrainingHistory } from '../training/history';
import { requireWritable, saveModel } from './files';
import {
  type CompileOptions,
  compileModel,
  createModel,
  evaluateModel,
  type TrainOptions,
  trainModel,
} from './mnist-model';

/** The program's settings; all have the course's values by default. */
export interface ProgramOptions extends Omit<TrainOptions, 'validation'>, CompileOptions {
  /** what runs the tensors; the fastest that this machine has */
  backend?: BackendChoice;
  hiddenUnits?: number;
  /** only so many training digits, the first ones */
  limit?: number;
  /** how many digits the model is measured on after each epoch in place of learning from them; none */
  validation?: number;
  /** a folder to save the trained model in; without it, the model is not kept */
  save?: string;
  /** where the lines go; the console */
  print?: (line: string) => void;
}

const known: Record<keyof ProgramOptions, true> = {
  backend: true,
  batchSize: true,
  epochs: true,
  hiddenUnits: true,
  learningRate: true,
  limit: true,
  optimizer: true,
  print: true,
  save: true,
  seed: true,
  shuffle: true,
  signal: true,
  validation: true,
  view: true,
  weightDecay: true,
};

/** What the program comes to. */
export interface ProgramResult {
  /** mean over the test digits, in nats */
  loss: number;
  /** share of the test digits that are read correctly, 0 … 1 */
  accuracy: number;
  parameters: number;
  history: TrainingHistory;
  backend: BackendName;
}

/**
 * The program: loads MNIST, creates, compiles, trains and evaluates the model, and prints
 * `Loss: …, Accuracy: …`. A training that is interrupted is evaluated and saved all the same, one
 * that diverged is not saved.
 *
 * @param options - its settings
 * @returns the figures
 * @throws RangeError if an option is unknown or out of range; Error if the data, the backend or the
 *   folder cannot be had; all but a full disk before the training begins
 */
export async function main(options: ProgramOptions = {}): Promise<ProgramResult> {
  const { optimizer, learningRate, weightDecay, hiddenUnits, limit, save, ...others } = options;
  const { backend: choice, print = console.log, validation = 0, ...how } = others;
  requireKnownOptions(options, Object.keys(known), 'run the program');
  if (save === '') throw new RangeError('Cannot run the program: save must name a folder, got nothing');
  const { backend, reason } = await startTensorflow(choice);
  const model = createModel({ hiddenUnits, seed: how.seed });
  try {
    compileModel(model, { optimizer, learningRate, weightDecay });
    if (save) await requireWritable(save);
    const { train, validation: chosenBy, test, description } = await loadMnist({ limit, validation });
    const limited = limit ? ` Of those to learn from only the first ${train.count}.` : '';
    print(`${description}${limited} ${reason}`);

    const seen = validation > 0 ? { validation: chosenBy } : {};
    const history = await trainModel(model, train, { ...how, ...seen });
    const { loss, accuracy } = await evaluateModel(model, test);
    // The last update of all is measured here alone.
    const keep = save && history.stopped?.why !== 'diverged' && Number.isFinite(loss);
    if (keep) await saveModel(model, save);
    if (keep) print(`The model is saved in ${save}.`);
    print(`Loss: ${loss.toFixed(4)}, Accuracy: ${accuracy.toFixed(4)}`);
    return { loss, accuracy, parameters: model.countParams(), history, backend };
  } finally {
    model.dispose();
  }
}
