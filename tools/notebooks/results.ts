/** The results of experiments that come with the notebooks, in `notebooks/results`: stored with `run --save`, kept true by `test`. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { noteMimeType, projectRoot } from '../../lib/surroundings';
import { type Notebook, replaceFile } from './notebook-file';

/** A larger result is not stored: it is computed on each machine anew. */
const mostBytes = 200_000;
/** But two are that a page would compute for minutes, 17's GPT and 07's six networks: so many bytes each, once for all languages. */
const largeBytes = 2_000_000;
const large: readonly string[] = ['gpt-writer', 'model-seeds'];

/** What a file of a result holds. */
interface Entry {
  name: string;
  key: string;
  backend: string;
  /** in a stored file: whose result it is */
  notebook?: string;
}

/** The results of one notebook. */
export interface Results {
  /** the notebook's name */
  notebook: string;
  /** where the results that come with the notebooks lie */
  stored: string;
  /** where this run kept those that it computed */
  kept: string;
}

/** The files of an execution's experiments: what it read, as its notes tell, and what it computed since it began. */
function usedFiles(executed: Notebook, { kept }: Results, began: number): string[] {
  const notes = executed.cells.flatMap(({ outputs = [] }) =>
    outputs.flatMap(({ data }) => (data?.[noteMimeType] as { file?: string } | undefined)?.file ?? []),
  );
  const computed = jsonFiles(kept).filter((file) => fs.statSync(file).mtimeMs >= began);
  return [...notes.map((file) => path.resolve(projectRoot(), file)), ...computed];
}

function jsonFiles(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => path.join(folder, name));
}

const entryOf = (file: string): Entry => JSON.parse(fs.readFileSync(file, 'utf8'));
const isTranslation = ({ notebook }: Results) => notebook.includes('/');
const isStored = (results: Results) => (file: string) =>
  fs.statSync(file).size <=
  (large.includes(entryOf(file).name) && !isTranslation(results) ? largeBytes : mostBytes);

/** The stored files of a notebook. */
const ownFiles = ({ notebook, stored }: Results) =>
  jsonFiles(stored).filter((file) => entryOf(file).notebook === notebook);

/**
 * Stores the results that an execution used, and removes those of the same notebook that it did not.
 *
 * @param executed - as it came from the kernel, with its notes
 * @param began - when the execution began, in milliseconds
 */
export function storeResults(executed: Notebook, results: Results, began: number): void {
  const used = usedFiles(executed, results, began);
  const names = new Set(used.map((file) => path.basename(file)));
  for (const file of ownFiles(results)) if (!names.has(path.basename(file))) fs.rmSync(file);
  for (const file of used.filter(isStored(results))) {
    const target = path.join(results.stored, path.basename(file));
    if (path.resolve(file) === path.resolve(target)) continue;
    fs.mkdirSync(results.stored, { recursive: true });
    const { name, key, ...rest } = entryOf(file);
    replaceFile(target, `${JSON.stringify({ name, key, notebook: results.notebook, ...rest })}\n`);
  }
}

/**
 * What is stored but not used, or used but not stored. With another backend than that of the stored results nothing is
 * stale: a notebook then computes its own.
 *
 * @param executed - as it came from the kernel, with its notes
 * @param began - when the execution began, in milliseconds
 * @returns a sentence for each
 */
export function staleResults(executed: Notebook, results: Results, began: number): string[] {
  const { notebook, stored } = results;
  const { dir: language, base: name } = path.posix.parse(notebook);
  const which = `${name.slice(0, 2)}${language && ` --lang ${language}`}`;
  const remedy = `\`npm run notebooks -- run ${which} --save\` stores what is used.`;
  const backends = new Set(jsonFiles(stored).map((file) => entryOf(file).backend));
  const used = usedFiles(executed, results, began).filter(isStored(results));
  const computed = used.filter((file) => path.resolve(path.dirname(file)) !== path.resolve(stored));
  const foreign = computed.filter((file) => !backends.has(entryOf(file).backend));
  if (backends.size > 0 && foreign.length > 0) return [];
  const names = new Set(used.map((file) => path.basename(file)));
  const unused = ownFiles(results).filter((file) => !names.has(path.basename(file)));
  return [
    ...computed.map((file) => `No result of '${entryOf(file).name}' is stored for this code. ${remedy}`),
    ...unused.map((file) => `The stored result ${path.basename(file)} is of other code. ${remedy}`),
  ];
}
